/** What a sweep must be, as a pipeline file is not always type-checked. @module */
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { type Fault, faultText } from "../../core/fault.ts";
import { faultsOf } from "../faults.ts";
import { EarlyStop } from "./early_stop_schema.ts";
import { isListOfSettings, type Sweep } from "./sweep.ts";

/** The most trials of a sweep: more than most clusters get through, and few enough to list. */
const MOST_TRIALS = 100_000;

/** The path that stands for the pipeline's seed. */
export const SEED_PATH = "seed";

const Seeds = z.array(z.int().min(0)).min(1);

const Axes = z.union([
  z.array(z.strictObject({ label: z.string().min(1), set: z.record(z.string(), z.unknown()).optional() }))
    .min(1),
  z.record(z.string(), z.array(z.unknown()).min(1)),
], { error: "must be an object of lists, or a list of { label, set }" });

const Options = z.strictObject({
  seeds: z.int().min(1).optional(),
  metric: z.string().nullish(),
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
  if (faults.length === 0) faults = seedFaults(sweep);
  if (faults.length === 0) faults = sizeFaults(sweep);
  if (faults.length > 0) throw new UsageError(faults.map(faultText).join("\n"));
}

/** What is wrong with an axis of seeds. */
function seedFaults({ axes, options }: Sweep): Fault[] {
  if (isListOfSettings(axes) || !Object.hasOwn(axes, SEED_PATH)) return [];
  const path = `sweep.axes.${SEED_PATH}`, { error } = Seeds.safeParse(axes[SEED_PATH]);
  if (error !== undefined) return faultsOf(error, Seeds, path, axes[SEED_PATH]);
  if (options.seeds === undefined) return [];
  return [{ path: "sweep.options.seeds", message: `must not be given with ${path}, got ${options.seeds}` }];
}

/** That a sweep is too large. */
function sizeFaults({ axes, options: { seeds = 1 } }: Sweep): Fault[] {
  const settings = isListOfSettings(axes)
    ? axes.length
    : Object.values(axes).reduce((product, values) => product * values.length, 1);
  const trials = settings * seeds;
  if (trials <= MOST_TRIALS) return [];
  const message =
    `must have at most ${MOST_TRIALS} trials, got ${trials} (${settings} settings with ${seeds} seeds)`;
  return [{ path: "sweep", message }];
}
