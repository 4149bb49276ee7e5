/** What a sweep must be, as a pipeline file is not always type-checked. @module */
import { z } from "zod";
import { valueText } from "../../core/arguments.ts";
import { UsageError } from "../../core/errors.ts";
import { type Fault, faultText } from "../../core/fault.ts";
import { faultsOf } from "../faults.ts";
import { EarlyStop } from "./early_stop_schema.ts";
import { isRange, listedValues, SampledAxisSchema, sampledPaths, SEED_PATH, type SweepAxes } from "./axes.ts";
import { isListOfSettings, samplerOf, SAMPLERS, type Sweep } from "./sweep.ts";

/** The most trials of a sweep: more than most clusters get through, and few enough to list. */
const MOST_TRIALS = 100_000;

/** A metric: the stage's name, and its own. */
const Address = z.string().regex(/^[^.]+\../, { error: 'must be STAGE.METRIC as in "evaluate.mse"' });

const Seeds = z.array(z.int().min(0)).min(1);

const Axes = z.union([
  z.array(z.strictObject({ label: z.string().min(1), set: z.record(z.string(), z.unknown()).optional() }))
    .min(1),
  z.record(z.string(), z.union([z.array(z.unknown()).min(1), SampledAxisSchema])),
], { error: "must be an object of lists and ranges, or a list of { label, set }" });

const Options = z.strictObject({
  seeds: z.int().min(1).optional(),
  trials: z.int().min(1).optional(),
  sampler: z.enum(SAMPLERS).optional(),
  metric: Address.nullish(),
  earlyStop: EarlyStop.nullish(),
  success: z.string().nullish(),
  metrics: z.array(z.string()).optional(),
  baseline: z.string().nullish(),
  each: z.boolean().optional(),
});

/**
 * Checks all of a sweep but its settings' paths and values, which the pipeline's own stages check.
 *
 * @throws {UsageError} When it is no sweep, or would have more than {@link MOST_TRIALS} trials.
 */
export function checkSweep(sweep: Sweep): void {
  const { axes, options } = sweep;
  let faults: Fault[] = ([["axes", Axes, axes], ["options", Options, options]] as const).flatMap(
    ([path, schema, value]) => {
      const { error } = schema.safeParse(value);
      return error === undefined ? [] : faultsOf(error, schema, `sweep.${path}`, value);
    },
  );
  for (const check of [dataFaults, seedFaults, samplerFaults, sizeFaults]) {
    if (faults.length === 0) faults = check(sweep);
  }
  if (faults.length > 0) throw new UsageError(faults.map(faultText).join("\n"));
}

/** The values that JSON would change: as settings, they reach the pipeline as JSON. */
function dataFaults({ axes }: Sweep): Fault[] {
  const values: [path: string, value: unknown][] = isListOfSettings(axes)
    ? axes.flatMap(({ set = {} }, at) =>
      Object.entries(set).map(([path, value]): [string, unknown] => [`${at}.set.${path}`, value])
    )
    : Object.entries(axes).flatMap(([path, axis]) =>
      isRange(axis) ? [] : listedValues(axis).map((value, at): [string, unknown] => [`${path}.${at}`, value])
    );
  return values.filter(([, value]) => !isData(value)).map(([path, value]) => ({
    path: `sweep.axes.${path}`,
    message: `must be plain data, as JSON has it, got ${valueText(value)}`,
  }));
}

/** Whether a value is the same after JSON; properties that are undefined count as missing. */
function isData(value: unknown, around: readonly unknown[] = []): boolean {
  if (typeof value !== "object" || value === null) {
    return value === null || typeof value === "string" || typeof value === "boolean" ||
      Number.isFinite(value);
  }
  if (around.includes(value)) return false;
  const inner = [...around, value], isIn = (part: unknown) => isData(part, inner);
  if (Array.isArray(value)) return Array.from(value).every(isIn);
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) &&
    Object.values(value).every((part) => part === undefined || isIn(part));
}

/** What is wrong with an axis of seeds. */
function seedFaults({ axes, options }: Sweep): Fault[] {
  if (isListOfSettings(axes) || !Object.hasOwn(axes, SEED_PATH)) return [];
  const path = `sweep.axes.${SEED_PATH}`, { error } = Seeds.safeParse(axes[SEED_PATH]);
  if (error !== undefined) return faultsOf(error, Seeds, path, axes[SEED_PATH]);
  if (options.seeds === undefined) return [];
  return [{ path: "sweep.options.seeds", message: `must not be given with ${path}, got ${options.seeds}` }];
}

/** What does not fit of the way in which settings are chosen. */
function samplerFaults({ axes, options }: Sweep): Fault[] {
  const { trials, sampler } = options,
    fault = (path: string, message: string) => [{ path: `sweep.${path}`, message }];
  if (isListOfSettings(axes)) {
    if (trials === undefined && (sampler ?? "grid") === "grid") return [];
    const [name, value] = trials === undefined ? ["sampler", sampler] : ["trials", trials];
    return fault(
      `options.${name}`,
      `must not be given with listed settings, which are all run, got ${value}`,
    );
  }
  const range = Object.keys(axes).find((path) => isRange(axes[path]));
  if (samplerOf({ axes, options }) === "grid") {
    if (trials !== undefined) {
      return fault("options.trials", `must not be given with a grid, which runs all, got ${trials}`);
    }
    if (range === undefined) return [];
    return sampler === undefined
      ? fault(
        "options.trials",
        `must say how many settings are drawn, as axis "${range}" is a range, got none`,
      )
      : fault("options.sampler", `must be random, sobol or tpe, as axis "${range}" is a range, got grid`);
  }
  if (trials === undefined) {
    return fault("options.trials", `must say how many settings ${sampler} draws, got none`);
  }
  if (sampler === "tpe" && options.metric == null) {
    return fault("options.metric", 'must be given for the sampler tpe, as in "evaluate.mse", got none');
  }
  return sampledPaths(axes).length > 0 ? [] : fault("axes", "must have something to draw from, got none");
}

/** That a sweep is too large. */
function sizeFaults({ axes, options }: Sweep): Fault[] {
  const { seeds = 1, trials } = options;
  const settings = isListOfSettings(axes) ? axes.length : trials ?? gridSize(axes);
  const listed = isListOfSettings(axes) || !Object.hasOwn(axes, SEED_PATH)
    ? seeds
    : (axes[SEED_PATH] as unknown[]).length;
  const total = settings * listed;
  if (total <= MOST_TRIALS) return [];
  const message =
    `must have at most ${MOST_TRIALS} trials, got ${total} (${settings} settings with ${listed} seeds)`;
  return [{ path: "sweep", message }];
}

/** The number of combinations of a grid. */
function gridSize(axes: SweepAxes): number {
  return sampledPaths(axes).reduce((product, path) => {
    const axis = axes[path];
    return product * (isRange(axis) ? 1 : listedValues(axis).length);
  }, 1);
}
