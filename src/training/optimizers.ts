/**
 * Optimizers as data, and their updates as rules that engines run.
 *
 * @module
 */
import { z } from "zod";
import { UPDATE, type UpdateRule } from "../engine/update_rule.ts";
import { graphBuilder } from "../graph/builder.ts";
import { averageShare, nextAverage } from "./average.ts";
import KINDS, { type OptimizerOptions } from "./optimizers/kinds.ts";
import type { OptimizerKind, Step } from "./optimizers/optimizer.ts";

const SCHEMAS = Object.values(KINDS).map(({ schema }) => schema);

/** An optimizer with all defaults filled in. */
export type OptimizerSpec = {
  [Kind in keyof typeof KINDS]: z.output<typeof KINDS[Kind]["schema"]>;
}[keyof typeof KINDS];

/** The schema of an optimizer. */
export const OptimizerSpec: z.ZodType<OptimizerSpec, OptimizerOptions> = z.discriminatedUnion(
  "kind",
  SCHEMAS as [typeof SCHEMAS[number]],
);

/** The kind of an optimizer. The compiler does not know that a spec goes with the entry of its own kind. */
function kindOf(spec: OptimizerSpec): OptimizerKind<OptimizerSpec> {
  return KINDS[spec.kind] as unknown as OptimizerKind<OptimizerSpec>;
}

/** Whether a schedule can change the momentum of an optimizer. */
export function hasMomentum(spec: OptimizerSpec): boolean {
  return kindOf(spec).momentum !== undefined;
}

/** How many numbers an optimizer keeps for each parameter; `averages`: with a moving average of it. */
export function slotsOf(spec: OptimizerSpec, averages: boolean): number {
  return kindOf(spec).slots + Number(averages);
}

/**
 * How an optimizer changes parameters, for an engine.
 *
 * @param averages Whether the rule also keeps a moving average of the parameters: in its last slot, by its last scalar.
 */
export function ruleOf(spec: OptimizerSpec, averages = false): UpdateRule {
  const kind = kindOf(spec), build = graphBuilder();
  const input = (name: string) => build.input(name, ["batch", 1]);
  const scalar = (at: number) => build.input(UPDATE.scalar(at), [1, 1]);
  const names = kind.scalars.map((name, at) => [name, scalar(at)]);
  const { parameter, slots } = kind.update({
    build,
    p: input(UPDATE.parameter),
    g: input(UPDATE.gradient),
    slots: Array.from({ length: kind.slots }, (_, slot) => input(UPDATE.slot(slot))),
    scalars: Object.fromEntries(names),
  }, spec);
  const average = averages
    ? nextAverage(build, input(UPDATE.slot(kind.slots)), parameter, scalar(kind.scalars.length))
    : [];
  const changed = [slots, average].flat().map((slot, at) => [UPDATE.slot(at), slot]);
  const name = kind.rule?.(spec) ?? spec.kind;
  return {
    name: averages ? `${name}+average` : name,
    slots: changed.length,
    scalars: kind.scalars.length + Number(averages),
    ...averages && { averages: ruleOf(spec) },
    graph: build.finish({ outputs: { [UPDATE.parameter]: parameter, ...Object.fromEntries(changed) } }),
  };
}

/**
 * The scalars of each step of a training, in one block that is written again for each.
 *
 * @param ema The decay of the moving average of the parameters. @default {there is none}
 */
export function scalarsOf(
  spec: OptimizerSpec,
  ema?: number,
): { readonly scalars: Float64Array; set(step: Step): void } {
  const kind = kindOf(spec), own = kind.scalars.length;
  const scalars = new Float64Array(own + Number(ema !== undefined));
  const current: OptimizerSpec & Partial<Record<"momentum" | "beta1", number>> = { ...spec };
  function set(step: Step): void {
    if (step.momentum !== undefined && kind.momentum !== undefined) current[kind.momentum] = step.momentum;
    kind.setScalars(scalars, current, step);
    if (ema !== undefined) scalars[own] = averageShare(ema, step.step);
  }
  return { scalars, set };
}
