/**
 * The plan of a chain of stages: each states what it would do by what is known after those before it.
 *
 * @module
 */
import { type Fault, faultsAt } from "../core/fault.ts";
import type { StepWork } from "../core/parts.ts";
import type { AnyDefinition, PlanFacts } from "./stage.ts";

/** A stage whose options are checked. */
interface CheckedStage {
  readonly name: string;
  readonly definition: AnyDefinition;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The plans of the stages that may follow a chain, by their options: chains that begin alike share their beginning. */
export interface PlanNode {
  readonly next: Map<object, PlannedStage>;
}

/** A stage at the end of a chain, with what is known after it. */
interface PlannedStage extends PlanNode {
  readonly facts: PlanFacts;
  readonly lines: readonly string[];
  readonly cost: number;
  readonly step?: StepWork;
  readonly epochMetrics?: readonly string[];
  readonly faults: readonly Fault[];
}

/** A chain with the lines of its plan. */
interface PlannedChain<Checked> {
  readonly stages: (Checked & Pick<PlannedStage, "lines" | "step" | "epochMetrics">)[];
  readonly faults: readonly Fault[];
  /** The most threads that pay for a step of any stage. */
  readonly threads: number;
  /** An estimate of the work, in floating-point operations. */
  readonly cost: number;
}

/** Plans a chain; what `known` has already is not planned again. */
export function planChain<Checked extends CheckedStage>(
  checked: readonly Checked[],
  known: PlanNode,
): PlannedChain<Checked> {
  const faults: Fault[] = [];
  let node: PlanNode = known, facts: PlanFacts = {}, cost = 0;
  const stages = checked.map((stage) => {
    const planned = node.next.get(stage.options) ?? plannedStage(stage, facts);
    node.next.set(stage.options, planned);
    node = planned;
    ({ facts } = planned);
    cost += planned.cost;
    faults.push(...planned.faults);
    const { lines, step, epochMetrics } = planned;
    return { ...stage, lines, step, epochMetrics };
  });
  return { stages, faults, threads: facts.threads ?? 1, cost };
}

function plannedStage({ name, definition, options }: CheckedStage, before: PlanFacts): PlannedStage {
  const planned = definition.plan?.(options, before) ?? { lines: [] };
  const { lines, facts, cost = 0, step, epochMetrics, faults = [] } = planned;
  const refusal = before.model === undefined ? true : definition.models?.[before.model];
  return {
    facts: { ...before, ...facts },
    lines,
    cost,
    step,
    epochMetrics,
    faults: [
      ...typeof refusal === "string" ? [{ path: `${name}.model`, message: refusal }] : [],
      ...faultsAt(name, faults),
    ],
    next: new Map(),
  };
}
