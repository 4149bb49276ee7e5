// n = train samples, d = a feature (a value's position in its sample); x = values in the units of the data.

/**
 * Chooses how the values of a dataset become what a model sees, by its train split alone. The formulas are those of scikit-learn.
 *
 * A new kind is a variant of `ScaleSpec` and one entry of the table {@link KINDS}.
 *
 * @module
 */
import { optionsOf } from "../core/arguments.ts";
import {
  BYTES_SCALE,
  PLAIN_SCALE,
  rawBrightness,
  type Scale,
  scaled,
  type ScaleSpec,
} from "../core/scale.ts";
import { sampleSize, type ValueKind } from "../core/shape.ts";
import { type Dataset, kindOfSamples, mapSplits, type Samples, scaleOf, type Split } from "./dataset.ts";
import type { SeenValue } from "./contract.ts";
import { forEachSample } from "./each_sample.ts";

/** `x / 255`: pixels of 8 bits become shares of white. What bytes get where no scale is chosen. */
export function bytes(): ScaleSpec {
  return { kind: "bytes" };
}

/** `(x - min) / (max - min)`: values from `min` to `max`, in the units of the data, become values from 0 to 1. */
export function range(min: number, max: number): ScaleSpec {
  return { kind: "range", min, max };
}

/** Options for {@link minMax} and {@link standardize}. */
export interface ScaleOptions {
  /** Whether each feature has numbers of its own, or all values share one pair. @default {"feature"} */
  per?: "feature" | "all";
}

/**
 * `(x - min) / (max - min)` with the least and the largest value of the train split: train values lie in [0, 1]. A feature that is constant
 * becomes 0 (its divisor is 1), as in scikit-learn's `MinMaxScaler`.
 */
export function minMax(options: ScaleOptions = {}): ScaleSpec {
  return { kind: "minMax", per: "feature", ...optionsOf("minMax", options) };
}

/**
 * `(x - mean) / std` with the mean and the standard deviation (of the population, divided by n) of the train split. A feature that is
 * constant becomes 0 (its divisor is 1), as in scikit-learn's `StandardScaler`.
 */
export function standardize(options: ScaleOptions = {}): ScaleSpec {
  return { kind: "standardize", per: "feature", ...optionsOf("standardize", options) };
}

/** What is measured of the features of a split; each list has one number for each feature, or one for all of them together. */
interface FeatureStatistics {
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly mean: readonly number[];
  /** Of the population: the mean squared difference from the mean. */
  readonly variance: readonly number[];
}

/** A kind of scale. */
interface ScaleKind<Spec extends ScaleSpec> {
  /** Its numbers; `measure` reads the whole train split. */
  fit(spec: Spec, measure: (per: "feature" | "all") => FeatureStatistics): Omit<Scale, "spec">;
  describe(spec: Spec): string;
  /** Whether its numbers are those of its options, whatever the data are. @default {no} */
  readonly isFixed?: boolean;
  /** Why train values surely leave [0, 1], which is all that a sigmoid can give. @default {it depends on the data} */
  readonly leavesUnit?: string;
}

type SpecOf<Kind extends ScaleSpec["kind"]> = Extract<ScaleSpec, { kind: Kind }> & { kind: Kind };

const orOne = (divisor: number) => divisor === 0 ? 1 : divisor;

function drawnBy({ min, max }: Pick<FeatureStatistics, "min" | "max">): [number, number] {
  return [min.reduce((a, b) => Math.min(a, b)), max.reduce((a, b) => Math.max(a, b))];
}

const perText = (per: "feature" | "all") => per === "feature" ? "each feature" : "all values together";

/** All kinds of scales. */
const KINDS: { readonly [Kind in ScaleSpec["kind"]]: ScaleKind<SpecOf<Kind>> } = {
  bytes: { fit: () => BYTES_SCALE, describe: () => "bytes / 255", isFixed: true },
  range: {
    isFixed: true,
    fit: ({ min, max }) => ({ shift: [min], divisor: [max - min], drawn: [min, max] }),
    describe: ({ min, max }) => `${min} to ${max} scaled to 0 to 1`,
  },
  minMax: {
    fit({ per }, measure) {
      const { min, max } = measure(per);
      return {
        shift: min,
        divisor: min.map((least, d) => orOne(max[d] - least)),
        drawn: drawnBy({ min, max }),
      };
    },
    describe: ({ per }) => `${perText(per)} scaled to 0 to 1 by the train split`,
  },
  standardize: {
    fit({ per }, measure) {
      const { mean, variance, ...limits } = measure(per);
      return {
        shift: mean,
        divisor: variance.map((square) => orOne(Math.sqrt(square))),
        drawn: drawnBy(limits),
      };
    },
    describe: ({ per }) => `${perText(per)} standardized by the train split`,
    leavesUnit: "standardize() makes their mean 0, so some are below it",
  },
};

// The type of the table holds each kind to its spec; a look-up by a union of kinds cannot say so.
function kindOfScale(spec: ScaleSpec): ScaleKind<ScaleSpec> {
  return KINDS[spec.kind] as ScaleKind<ScaleSpec>;
}

/** A scale as text: `each feature standardized by the train split`. */
export function describeScale(spec: ScaleSpec): string {
  return kindOfScale(spec).describe(spec);
}

/**
 * Why values under a scale leave [0, 1]: always, or by what was seen of floats; `undefined` where they do not, as far as it is known. `null` is
 * the scale of floats that stay as they are.
 */
export function leavesUnit(spec: ScaleSpec | null, seen: readonly SeenValue[] = []): string | undefined {
  if (spec !== null && kindOfScale(spec).leavesUnit !== undefined) return kindOfScale(spec).leavesUnit;
  const scale = fixedScale(spec);
  if (scale === undefined) return undefined;
  const isBeyond = (value: number) =>
    scaled(scale, [value]).some((y) => y < -UNIT_TOLERANCE || y > 1 + UNIT_TOLERANCE);
  const found = seen.find(({ value }) => isBeyond(value));
  return found && `${found.what} is ${found.value}`;
}

/** How far outside of [0, 1] rounding to single precision may take a value. */
export const UNIT_TOLERANCE = 1e-5;

/** A scale whose numbers do not depend on the data; that of floats without a scale. */
function fixedScale(spec: ScaleSpec | null): Scale | undefined {
  if (spec === null) return PLAIN_SCALE;
  return kindOfScale(spec).isFixed ? { spec, ...kindOfScale(spec).fit(spec, dependsOnData) } : undefined;
}

function dependsOnData(): never {
  throw new TypeError("A fixed scale must not measure data");
}

/** A scale with its numbers, by a train split. Reads the whole split where the kind depends on it. */
export function fitScale(spec: ScaleSpec, train: Split, size: number): Scale {
  return { spec, ...kindOfScale(spec).fit(spec, (per) => measureFeatures(train, size, per)) };
}

/** A dataset whose splits are scaled by the train split; `null` leaves the default of the kind of values. */
export function scaleDataset(dataset: Dataset, spec: ScaleSpec | null): Dataset {
  if (spec === null) return dataset;
  const scale = fitScale(spec, dataset.train, sampleSize(dataset.shape));
  return mapSplits(dataset, (split) => ({ ...split, scale }));
}

/** A dataset whose train split has changed: its scale is fitted again. */
export function rescaled(dataset: Dataset): Dataset {
  return scaleDataset(dataset, dataset.train.scale?.spec ?? null);
}

/** Measures the features of a split in one pass (Welford 1962), in double precision. */
function measureFeatures(split: Split, size: number, per: "feature" | "all"): FeatureStatistics {
  const min = new Array<number>(size).fill(Infinity), max = new Array<number>(size).fill(-Infinity);
  const mean = new Array<number>(size).fill(0), squares = new Array<number>(size).fill(0);
  let count = 0;
  forEachSample(split, size, (values) => {
    count++;
    for (let d = 0; d < size; d++) {
      const x = values[d], difference = x - mean[d];
      if (x < min[d]) min[d] = x;
      if (x > max[d]) max[d] = x;
      mean[d] += difference / count;
      squares[d] += difference * (x - mean[d]);
    }
  });
  if (per === "feature") return { min, max, mean, variance: squares.map((sum) => sum / count) };
  const all = mean.reduce((sum, one) => sum + one, 0) / size;
  // Of values in groups of one size: the squares within each group, and those of the groups' means.
  const total = squares.reduce((sum, own, d) => sum + own / count + (mean[d] - all) ** 2, 0);
  const [least, most] = drawnBy({ min, max });
  return { min: [least], max: [most], mean: [all], variance: [total / size] };
}

/** The least and the largest value of samples under a scale. */
export function scaledLimits(
  samples: Samples & { readonly count: number },
  { shift, divisor }: Scale,
  size: number,
): [number, number] {
  const features = shift.length;
  let least = Infinity, most = -Infinity;
  forEachSample(samples, size, (values) => {
    for (let at = 0; at < size; at++) {
      const y = (values[at] - shift[at % features]) / divisor[at % features];
      if (y < least) least = y;
      if (y > most) most = y;
    }
  });
  return [least, most];
}

/** How far from a level a value may be, in levels: what single precision and rounded decimals may add. */
const LEVEL_TOLERANCE = 0.01;

/** The first value, under a scale, that is none of the 256 levels `k / 255`; `undefined` where all are. */
export function firstOffLevels(
  samples: Samples & { readonly count: number },
  { shift, divisor }: Scale,
  size: number,
): number | undefined {
  const features = shift.length, ofBytes = shift.every((least, d) => least === 0 && divisor[d] === 255);
  if (ofBytes && kindOfSamples(samples) === "bytes") return undefined;
  let found: number | undefined;
  forEachSample(samples, size, (values) => {
    for (let at = 0; at < size && found === undefined; at++) {
      const y = (values[at] - shift[at % features]) / divisor[at % features], level = Math.round(255 * y);
      if (level < 0 || level > 255 || Math.abs(255 * y - level) > LEVEL_TOLERANCE) found = y;
    }
  });
  return found;
}

/** Whether all values of a kind lie in [0, 1] under a scale, whatever they are. */
export function isUnit({ shift, divisor }: Scale, kind: ValueKind): boolean {
  if (kind !== "bytes") return false;
  return shift.every((least, d) => -least / divisor[d] >= 0 && (255 - least) / divisor[d] <= 1);
}

/** The values of samples that lie in memory as a model sees them, in double precision. */
export function scaledValues(split: Split): Float64Array {
  return scaled(scaleOf(split), split.values);
}

/** The brightness of samples that lie in memory, from 0 (black) to 1 (white), value by value. */
export function brightnessOf(split: Split): Float64Array {
  return rawBrightness(scaleOf(split), split.values);
}
