/**
 * From a pipeline and the command line's settings to what will run: every option checked, all faults together.
 *
 * @module
 */
import { z } from "zod";
import { valueText } from "../core/arguments.ts";
import { shortened, UsageError } from "../core/errors.ts";
import { type Fault, faultText } from "../core/fault.ts";
import { shown } from "./fault_text.ts";
import { faultsOf, unknownKey } from "./faults.ts";
import { invalidNames, stageNames } from "./names.ts";
import { type Override, parseOverride, withOverrides } from "./overrides.ts";
import type { StepWork } from "../core/parts.ts";
import type { AnyPipeline } from "./pipeline.ts";
import { planChain, type PlanNode } from "./plan_chain.ts";
import { type AnyDefinition, definitionOf, isStage } from "./stage.ts";

/** A stage whose options are checked and complete. */
export interface ResolvedStage {
  /** Unique in the pipeline: its `name` option, or its kind, the second of a kind with a 2. */
  readonly name: string;
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly definition: AnyDefinition;
  /** The lines of its plan. */
  readonly lines: readonly string[];
  /** The work of a step of its training. */
  readonly step?: StepWork;
  /** What is measured of each epoch of its training. */
  readonly epochMetrics?: readonly string[];
}

/** A pipeline that is ready to run. */
export interface ResolvedPipeline {
  readonly name: string;
  readonly seed: number;
  readonly stages: readonly ResolvedStage[];
  /** Whether its runs write event files for TensorBoard. No result depends on it, so it is no part of the spec. */
  readonly tensorboard: boolean;
  /** The most threads that pay for a step of any stage. */
  readonly threads: number;
  /** An estimate of the work of its trainings, in floating-point operations; 0 without a training of a known size. */
  readonly cost: number;
}

/** The plain-data form of a pipeline: what is recorded and shown. */
export interface PipelineSpec {
  readonly name: string;
  readonly seed: number;
  readonly stages: readonly {
    name: string;
    kind: string;
    version: number;
    options: Readonly<Record<string, unknown>>;
  }[];
}

/** What the command line adds to a pipeline. */
export interface Settings {
  /** `stage.path=value`, in order. @default {[]} */
  readonly overrides?: readonly string[];
  /** Instead of the pipeline's own. */
  readonly seed?: number;
  /** What messages call the settings. @default {"--set"} */
  readonly called?: string;
}

const Head = z.strictObject({
  name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,79}$/u, {
    error:
      "must be 1 to 80 letters, digits, blanks, dots, dashes or underscores and begin with a letter or digit",
  }),
  seed: z.int().min(0),
  tensorboard: z.boolean(),
});

/**
 * Checks a pipeline under some settings.
 *
 * @throws {UsageError} With all faults of all stages at once.
 */
export function resolvePipeline(pipeline: AnyPipeline, settings: Settings = {}): ResolvedPipeline {
  const memo = resolveMemo();
  return plannedPipeline(checkOptions(pipeline, settings, memo), memo);
}

/**
 * What settings of one pipeline share, so that a sweep of thousands checks and plans only what differs: the checked options of each stage
 * under its own settings, what its stages have read of the data under these options, and the plans of chains of stages that begin alike.
 */
export interface ResolveMemo {
  readonly options: Map<string, CheckedOptions>;
  /** By the checked options. */
  readonly inspections: Map<object, Promise<void> | undefined>;
  readonly plans: PlanNode;
}

/** An empty memo. */
export function resolveMemo(): ResolveMemo {
  return { options: new Map(), inspections: new Map(), plans: { next: new Map() } };
}

interface CheckedOptions {
  readonly data: Record<string, unknown>;
  readonly faults: readonly Fault[];
}

/**
 * {@link resolvePipeline} after its stages have read what their plans state of the data: the columns of a table, and what does not fit them.
 *
 * @throws {UsageError} With all faults of all stages at once.
 */
export async function resolveInspected(
  pipeline: AnyPipeline,
  settings: Settings = {},
  memo: ResolveMemo = resolveMemo(),
): Promise<ResolvedPipeline> {
  const checked = checkOptions(pipeline, settings, memo);
  await Promise.all(checked.stages.map(({ definition, options }) => {
    const { inspections } = memo;
    if (!inspections.has(options)) inspections.set(options, definition.inspect?.(options));
    return inspections.get(options);
  }));
  return plannedPipeline(checked, memo);
}

/** A pipeline whose options are checked, stage by stage. */
interface CheckedPipeline extends Omit<ResolvedPipeline, "stages" | "threads" | "cost"> {
  readonly stages: readonly CheckedStage[];
}

function checkOptions(
  pipeline: AnyPipeline,
  { overrides = [], seed = pipeline.seed, called = "--set" }: Settings,
  memo: ResolveMemo,
): CheckedPipeline {
  const faults: Fault[] = [];
  const { tensorboard = false } = pipeline, written = { name: pipeline.name, seed, tensorboard };
  const head = Head.safeParse(written);
  if (!head.success) faults.push(...faultsOf(head.error, Head, "pipeline", written));
  if (pipeline.stages.length === 0) {
    faults.push({ path: "pipeline", message: "must have at least one stage" });
  }

  const unknown = nonStages(pipeline);
  // Entries that are not stages have no options to check.
  if (unknown.length > 0) refuse(String(pipeline.name), [...faults, ...unknown]);

  const names = stageNames(pipeline);
  faults.push(...invalidNames(names), ...missingInputs(pipeline, names), ...doubleKinds(pipeline, names));
  const settings = parseOverrides(overrides, { names, called }, faults);
  const checked = pipeline.stages.map((stage, position) => {
    const name = names[position];
    const definition = definitionOf(stage);
    const mine = settings.filter((setting) => setting.stage === name);
    const key = JSON.stringify([position, ...mine.map(({ text }) => text)]);
    const found = memo.options.get(key) ?? check(definition.schema, name, stage.options, mine);
    memo.options.set(key, found);
    faults.push(...found.faults);
    return { name, kind: stage.kind, definition, options: found.data };
  });
  refuse(pipeline.name, faults);
  return { ...written, stages: checked };
}

/** What the stages say of themselves, and what does not fit together. */
function plannedPipeline(checked: CheckedPipeline, memo: ResolveMemo): ResolvedPipeline {
  const { stages, faults, threads, cost } = planChain(checked.stages, memo.plans);
  refuse(checked.name, faults);
  return { ...checked, stages, threads, cost };
}

/** The plain data of a resolved pipeline. */
export function specOf({ name, seed, stages }: ResolvedPipeline): PipelineSpec {
  return {
    name,
    seed,
    stages: stages.map(({ name, kind, definition, options }) => ({
      name,
      kind,
      version: definition.version,
      options,
    })),
  };
}

/** Entries that are not stages: a function whose parentheses were forgotten, a number, nothing. */
function nonStages({ stages }: AnyPipeline): Fault[] {
  return [...stages as readonly unknown[]].flatMap((stage, position) => {
    if (isStage(stage)) return [];
    const name = typeof stage === "function" ? shortened(stage.name) : "";
    return [{
      path: name === "" ? `stage ${position + 1}` : name,
      message: `must be a stage, got ${valueText(stage)}${name === "" ? "" : ` (write ${name}(...))`}`,
    }];
  });
}

/** Stages whose input no earlier stage makes. */
function missingInputs(pipeline: AnyPipeline, names: readonly string[]): Fault[] {
  const available = new Set<string>();
  return pipeline.stages.flatMap((stage, position) => {
    const definition = definitionOf(stage);
    const missing = definition.inputs.filter((need) => !available.has(need));
    definition.outputs.forEach((name) => available.add(name));
    return missing.map((need) => ({
      path: names[position],
      message: `needs "${need}", which no earlier stage makes`,
    }));
  });
}

/** Own stages of one name that are not the same: their results could be confused. */
function doubleKinds({ stages }: AnyPipeline, names: readonly string[]): Fault[] {
  const known = new Map<string, AnyDefinition>();
  return stages.flatMap((stage, position) => {
    const definition = definitionOf(stage), first = known.get(stage.kind) ?? definition;
    known.set(stage.kind, first);
    if (first === definition || definition.ownCode === undefined) return [];
    return [{
      path: names[position],
      message:
        `must be of a kind of its own, got another stage that is defined as "${stage.kind}" (give it another name in stage({ name }))`,
    }];
  });
}

/** Refuses an unknown stage named by an option of the command line. @throws {UsageError} */
export function nameFault(option: string, name: string, names: readonly string[]): void {
  if (!names.includes(name)) {
    throw new UsageError(`${option} ${shortened(name)} ${unknownKey(name, names)}`);
  }
}

function parseOverrides(
  overrides: readonly string[],
  { names, called }: { readonly names: readonly string[]; readonly called: string },
  faults: Fault[],
): Override[] {
  return overrides.flatMap((text) => {
    const override = parseOverride(text);
    if (override === undefined) {
      faults.push({
        path: called,
        message: `must be STAGE.OPTION=VALUE as in train.epochs=5, got ${shown(text)}`,
      });
      return [];
    }
    if (override.path[0] === "name") {
      faults.push({
        path: called,
        message: `cannot rename a stage, as its name is its address: ${shown(text)}`,
      });
      return [];
    }
    if (names.includes(override.stage)) return [override];
    faults.push({
      path: `${called} ${shortened(override.stage)}`,
      message: unknownKey(override.stage, names),
    });
    return [];
  });
}

function check(
  schema: z.ZodType,
  name: string,
  options: unknown,
  settings: readonly Override[],
): CheckedOptions {
  const attempt = (before: unknown) => attemptOn(schema, name, before, settings);
  // First on what the file wrote, so that another `kind` brings its own defaults; else on the complete options, so that
  // `train.optimizer.learningRate` works on an optimizer that the file left out.
  const onWritten = attempt(options);
  const complete = onWritten.faults.length > 0 && settings.length > 0
    ? schema.safeParse(options).data
    : undefined;
  const onComplete = complete === undefined ? onWritten : attempt(complete);
  const better = onComplete.faults.length <= onWritten.faults.length ? onComplete : onWritten;
  return { data: better.data ?? {}, faults: better.faults };
}

interface Attempt {
  readonly data?: Record<string, unknown>;
  readonly faults: Fault[];
}

/** Options under settings; the schema decides whether `4` or `true` is a value or a text. */
function attemptOn(schema: z.ZodType, name: string, before: unknown, settings: readonly Override[]): Attempt {
  const under = (settings: readonly Override[]): Attempt => {
    const { value, faults } = withOverrides(before, settings, name);
    const { data, error } = schema.safeParse(value);
    if (error !== undefined) faults.push(...faultsOf(error, schema, name, value));
    return { data: data as Record<string, unknown> | undefined, faults };
  };
  let best = under(settings), chosen = settings;
  for (const [place, { written }] of settings.entries()) {
    if (best.faults.length === 0) break;
    if (written === undefined) continue;
    const asText = chosen.with(place, { ...chosen[place], value: written }), tried = under(asText);
    if (tried.faults.length < best.faults.length) [best, chosen] = [tried, asText];
  }
  return best;
}

type CheckedStage = Omit<ResolvedStage, "lines">;

function refuse(name: string, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const count = faults.length === 1 ? "1 setting is wrong" : `${faults.length} settings are wrong`;
  const lines = faults.map((fault) => `  ✖ ${faultText(fault)}`);
  throw new UsageError([`Cannot run pipeline "${shortened(name)}": ${count}`, ...lines].join("\n"));
}
