/**
 * What a sweep varies: lists of values, and ranges that a sampler draws from.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf, valueText } from "../../core/arguments.ts";
import { UsageError } from "../../core/errors.ts";
import { unknownKey } from "../faults.ts";

/** Options of a range. */
export interface RangeOptions {
  /** Whether only whole numbers are drawn; both bounds must then be some. @default {false} */
  integer?: boolean;
}

/** A number between two bounds, all equally likely. */
export interface UniformAxis {
  /** Distinguishes it from other axes. */
  readonly kind: "uniform";
  /** The least value. */
  readonly low: number;
  /** The largest value, above the least. */
  readonly high: number;
  /** Whether only whole numbers are drawn. */
  readonly integer: boolean;
}

/** A positive number between two bounds, whose logarithm is uniform: for rates and weights. */
export interface LogUniformAxis {
  /** Distinguishes it from other axes. */
  readonly kind: "logUniform";
  /** The least value, above 0. */
  readonly low: number;
  /** The largest value, above the least. */
  readonly high: number;
  /** Whether only whole numbers are drawn. */
  readonly integer: boolean;
}

/** One of some values, in no order. */
export interface ChoiceAxis {
  /** Distinguishes it from other axes. */
  readonly kind: "choice";
  /** At least one value. */
  readonly values: readonly unknown[];
}

/** An axis that a sampler draws from. */
export type SampledAxis = UniformAxis | LogUniformAxis | ChoiceAxis;

/**
 * The axes of a sweep: the path of an option, as `--set` takes it, to its values: a list, or a range to draw from. The path `seed` stands
 * for the seed of the pipeline, and takes a list.
 */
export type SweepAxes = Readonly<Record<string, readonly unknown[] | SampledAxis>>;

/** The path that stands for the pipeline's seed. */
export const SEED_PATH = "seed";

/** The paths of all axes but that of the seed. */
export function sampledPaths(axes: SweepAxes): string[] {
  return Object.keys(axes).filter((path) => path !== SEED_PATH);
}

/**
 * A range of a sweep whose numbers are equally likely: `{ "noise.std": uniform(0.1, 0.5) }`. It needs `trials` in the options of the sweep.
 *
 * @throws {UsageError} When the bounds are no numbers, or the upper one is not above the lower one.
 */
export function uniform(low: number, high: number, options: RangeOptions = {}): UniformAxis {
  return checked("uniform", { kind: "uniform", low, high, ...rangeOptions("uniform", options) });
}

/**
 * A range of a sweep whose logarithms are equally likely, as rates and weights need it:
 * `{ "train.optimizer.learningRate": logUniform(1e-4, 1e-1) }`. It needs `trials` in the options of the sweep.
 *
 * @throws {UsageError} When the bounds are no positive numbers, or the upper one is not above the lower one.
 */
export function logUniform(low: number, high: number, options: RangeOptions = {}): LogUniformAxis {
  return checked("logUniform", { kind: "logUniform", low, high, ...rangeOptions("logUniform", options) });
}

/**
 * Values of a sweep of which a sampler draws one: what a list is to a sampler. In a grid it is the same as a list.
 *
 * @throws {UsageError} When it is no list, or an empty one.
 */
export function choice(values: readonly unknown[]): ChoiceAxis {
  return checked("choice", { kind: "choice", values });
}

function rangeOptions(who: string, options: RangeOptions): { integer: boolean } {
  const { integer = false, ...unknown } = optionsOf(who, options);
  for (const key of Object.keys(unknown)) {
    throw new UsageError(`${who}: option ${key} ${unknownKey(key, ["integer"])}`);
  }
  return { integer };
}

/** An axis without faults. @throws {UsageError} */
function checked<Axis extends SampledAxis>(who: string, axis: Axis): Axis {
  const fault = faultOfAxis(axis);
  if (fault === undefined) return axis;
  throw new UsageError(`${who}: ${[fault.path, fault.message].filter((part) => part !== "").join(" ")}`);
}

/** What is wrong with an axis that a sampler draws from, as far as its schema cannot say it; the path begins within the axis. */
function faultOfAxis(
  axis: SampledAxis,
): { readonly path: string; readonly message: string } | undefined {
  if (axis.kind === "choice") {
    if (!Array.isArray(axis.values)) {
      return { path: "values", message: `must be a list, got ${valueText(axis.values)}` };
    }
    return axis.values.length === 0
      ? { path: "values", message: "must have at least 1 entry, got none" }
      : undefined;
  }
  const { kind, low, high, integer } = axis;
  for (const [path, bound] of [["low", low], ["high", high]] as const) {
    if (!Number.isFinite(bound)) return { path, message: `must be a finite number, got ${valueText(bound)}` };
    if (integer && !Number.isSafeInteger(bound)) {
      return { path, message: `must be a whole number, got ${bound}` };
    }
  }
  if (kind === "logUniform" && low <= 0) return { path: "low", message: `must be above 0, got ${low}` };
  return low < high
    ? undefined
    : { path: "high", message: `must be above the lower bound ${low}, got ${high}` };
}

const range = { low: z.number(), high: z.number(), integer: z.boolean().default(false) };

/** The schema of an axis that a sampler draws from. */
export const SampledAxisSchema: z.ZodType<SampledAxis> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("uniform"), ...range }),
  z.strictObject({ kind: z.literal("logUniform"), ...range }),
  z.strictObject({ kind: z.literal("choice"), values: z.array(z.unknown()) }),
]).superRefine((axis, context) => {
  const fault = faultOfAxis(axis);
  if (fault !== undefined) context.addIssue({ code: "custom", path: [fault.path], message: fault.message });
});

/** Whether an axis is a range, which only a sampler can draw from. */
export function isRange(axis: readonly unknown[] | SampledAxis): axis is UniformAxis | LogUniformAxis {
  return !isListed(axis) && axis.kind !== "choice";
}

/** The values of an axis that is no range. */
export function listedValues(axis: readonly unknown[] | ChoiceAxis): readonly unknown[] {
  return isListed(axis) ? axis : axis.values;
}

function isListed(axis: readonly unknown[] | SampledAxis): axis is readonly unknown[] {
  return Array.isArray(axis);
}
