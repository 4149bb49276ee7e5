/**
 * Metrics: a value with its unit, its direction, and what it was measured on and how. A stage states all of it where it measures, so that
 * screens, reports and comparisons need to know no metric by its name.
 *
 * @module
 */
import { z } from "zod";
import { valueText } from "../core/arguments.ts";
import { UsageError } from "../core/errors.ts";

/** A unit as it is shown. */
interface UnitInfo {
  /** The unit with its reduction, where the short form does not state it. @default {the short form} */
  readonly long?: string;
  /** Whether it is a share of a whole, which reports show in percent. */
  readonly isShare?: true;
  /** Whether it is a difference of two metrics: 0 is no difference. */
  readonly isDifference?: true;
  /** Whether it depends on the machine and the moment: runs are not compared by it. */
  readonly isOfMachine?: true;
}

/** All units, by their short forms. */
export const UNITS = {
  "nats/sample": { long: "nats/sample (sum over values and latent dimensions, mean over samples)" },
  "nats": {},
  "bits/dimension": {
    long: "bits/dimension (mean over values and samples; a colour pixel has three values)",
  },
  "squared error/pixel": {
    long: "squared error/pixel (mean over pixels, of colour over their channels, and samples)",
  },
  "squared error/feature": { long: "squared error/feature (mean over features and samples, as scaled)" },
  "share of pixels": { isShare: true },
  "share of samples": { isShare: true },
  "share of images": { isShare: true },
  "share of pairs": { long: "share of pairs in the right order", isShare: true },
  "share of variance": { isShare: true },
  "share difference": { long: "difference of two shares", isDifference: true },
  "percent": {},
  "ratio": {},
  "from -1 to 1": {},
  "from 0 to 1": {},
  "z": {},
  "score": {},
  "pixels": {},
  "pixel distance": { long: "Euclidean distance, pixels in [0, 1]" },
  "squared distance": { long: "squared Euclidean distance, sum over images" },
  "latent units": {},
  "latent units squared": {},
  "latent dimensions": {},
  "images": {},
  "samples": {},
  "groups": {},
  "cells": {},
  "codes": {},
  "epochs": {},
  "epoch": {},
  "parameters": {},
  "seconds": { isOfMachine: true },
  "samples/s": { isOfMachine: true },
} as const satisfies Record<string, UnitInfo>;

/** The unit of a metric, in its short form: one of {@link UNITS}, or an own one by {@link unit}. */
export type Unit = keyof typeof UNITS | OwnUnit;

/** A unit that is not in {@link UNITS}. No text is one by itself, so that a misspelt unit does not compile. */
export type OwnUnit = string & { readonly isOwnUnit: true };

/**
 * A unit of one's own, for metrics of own stages: `unit("mm")`. Results, tables and plots show it as it is written.
 *
 * @throws {UsageError} When it is no short text.
 */
export function unit(name: string): OwnUnit {
  if (typeof name === "string" && /^[\p{L}\p{N}\p{S}%][\p{L}\p{N}\p{P}\p{S} ]{0,59}$/u.test(name)) {
    return name as OwnUnit;
  }
  throw new UsageError(`unit must be a text of 1 to 60 characters such as "mm", got ${valueText(name)}`);
}

/** Which values are better; `none` for metrics that only describe. */
export type Direction = "lower" | "higher" | "none";

/** The ends of a 95 % confidence interval. */
export interface Interval {
  /** Its lower end. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/** All of a metric but its value. */
export interface MetricInfo {
  /** Its unit. */
  readonly unit: Unit;
  /** Which values are better. */
  readonly direction: Direction;
  /** The split that it was measured on, where it was measured on one. */
  readonly split?: "train" | "validation" | "test";
  /** How it was estimated, where it is an estimate: `importance-weighted bound, 5,000 samples`. */
  readonly estimator?: string;
  /** Its 95 % confidence interval, where one is known. */
  readonly interval?: Interval;
}

/** A metric. */
export interface Metric extends MetricInfo {
  /** What was measured. */
  readonly value: number;
}

/** Metrics by name. */
export type Metrics = Readonly<Record<string, Metric>>;

/**
 * A metric of a stage: `metric(0.012, { unit: "squared error/pixel", direction: "lower", split: "test" })`. A value that is not finite is
 * left out of the results and listed in the stage's note.
 */
export function metric(value: number, info: MetricInfo): Metric {
  return { value, ...info };
}

/** Whether its value and the ends of its interval are finite. */
export function isFiniteMetric({ value, interval: { low, high } = { low: 0, high: 0 } }: Metric): boolean {
  return [value, low, high].every(Number.isFinite);
}

/** The metric of an estimate, with its interval where both ends are known; `undefined` without an estimate. */
export function estimated(
  estimate: { readonly value: number; readonly low?: number; readonly high?: number } | undefined,
  info: Omit<MetricInfo, "interval">,
): Metric | undefined {
  if (estimate === undefined) return undefined;
  const { value, low, high } = estimate;
  return { value, ...info, ...(low === undefined || high === undefined ? {} : { interval: { low, high } }) };
}

/** The metrics that were measured: those that are `undefined` are left out. */
export function measuredMetrics(metrics: Readonly<Record<string, Metric | undefined>>): Metrics {
  return Object.fromEntries(
    Object.entries(metrics).filter((entry): entry is [string, Metric] => entry[1] !== undefined),
  );
}

/** What the names of the ends of an interval end with. */
export const INTERVAL_ENDS = { low: "Low", high: "High" } as const;

/** The values alone, by name: each metric's, and after it the ends of its interval as `NAMELow` and `NAMEHigh`. */
export function metricValues(metrics: Metrics): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, { value, interval }]): [string, number][] => [
      [name, value],
      ...(interval === undefined ? [] : [
        [`${name}${INTERVAL_ENDS.low}`, interval.low] as [string, number],
        [`${name}${INTERVAL_ENDS.high}`, interval.high] as [string, number],
      ]),
    ]),
  );
}

/**
 * What metrics state of one of their values, by the name that {@link metricValues} gives it: an end of an interval has the unit of its
 * metric and no direction. `undefined` where there is no such value.
 */
export function infoOf<Info extends Partial<RecordedInfo>>(
  metrics: Readonly<Record<string, Info>>,
  name: string,
): Info | undefined {
  if (Object.hasOwn(metrics, name)) return metrics[name];
  const end = Object.values(INTERVAL_ENDS).find((end) => name.endsWith(end));
  const base = end === undefined ? name : name.slice(0, -end.length);
  const info = Object.hasOwn(metrics, base) ? metrics[base] : undefined;
  return info?.interval === undefined ? undefined : { ...info, direction: "none", interval: undefined };
}

const split = z.enum(["train", "validation", "test"]);
const direction = z.enum(["lower", "higher", "none"]);

/** The schema of {@link RecordedInfo}. */
export const RecordedInfo = z.object({
  /** A {@link Unit}; another version of this program may know others. */
  unit: z.string(),
  direction,
  split: split.optional(),
  estimator: z.string().optional(),
  interval: z.object({ low: z.number(), high: z.number() }).optional(),
});

/** All of a metric but its value, as it is read from a file. */
export type RecordedInfo = z.infer<typeof RecordedInfo>;

/** The schema of a metric in a file; JSON has no NaN or infinity: a value that is not finite is `null`. */
export const RecordedMetric = RecordedInfo.extend({ value: z.number().nullable() });

/** A metric as it is read from a file. */
export type RecordedMetric = z.infer<typeof RecordedMetric>;

/** What is known of a unit; of one that this version does not know, only its name. */
export function unitInfo(unit: string): UnitInfo & { readonly long: string } {
  const known: UnitInfo = Object.hasOwn(UNITS, unit) ? UNITS[unit as keyof typeof UNITS] : {};
  return { long: unit, ...known };
}

/** A direction as an arrow; empty for `none`. */
export function directionArrow(direction: Direction | undefined): string {
  return direction === "lower" ? "↓" : direction === "higher" ? "↑" : "";
}
