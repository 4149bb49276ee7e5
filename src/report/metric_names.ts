/**
 * Parses the names of metrics, and formats metrics as text.
 *
 * @module
 */
import { type Direction, directionArrow, type RecordedInfo, unitInfo } from "../pipeline/metric.ts";
import { MEANINGS } from "./metric_dictionary.ts";
import { numberText, percentText } from "./numbers.ts";

/** A parsed metric name: `train.mse@0.3` is the mse of the train split at noise 0.3. */
export interface MetricName {
  readonly name: string;
  readonly base: string;
  /** The qualifier of the name, where it has one: `auroc.elbo`, `inverted.mse`. */
  readonly of?: string;
  /** The standard deviation of the noise that was added, in pixel units. */
  readonly level?: number;
  /** The share of flipped pixels. */
  readonly flips?: number;
  /** What it means, where that is known. */
  readonly meaning?: string;
}

/** A metric's name with what the metric states of itself; a file may lack some of it. */
export type NamedMetric = MetricName & Partial<RecordedInfo>;

/** A metric's name, parsed, with what the metric states of itself. */
export function namedMetric(name: string, info: Partial<RecordedInfo> = {}): NamedMetric {
  const { unit, direction, split, estimator, interval } = info;
  return { ...parseMetric(name), unit, direction, split, estimator, interval };
}

const SPLITS = ["train", "validation", "test"];

/** Parses a metric's name. */
export function parseMetric(name: string): MetricName {
  const [, stem, kind, level] = /^(.+)@(flips)?(\d+(?:\.\d+)?)$/.exec(name) ?? [undefined, name];
  const dot = stem.indexOf(".");
  const hasSplit = dot > 0 && SPLITS.includes(stem.slice(0, dot));
  return {
    name,
    level: level === undefined || kind !== undefined ? undefined : Number(level),
    flips: level === undefined || kind === undefined ? undefined : Number(level),
    ...knownPart(hasSplit ? stem.slice(dot + 1) : stem),
  };
}

/** The known part of a name and its qualifier: the whole name, the part before its first dot, or the part after its last. */
function knownPart(name: string): Pick<MetricName, "base" | "of" | "meaning"> {
  const whole = meaningOf(name);
  if (whole !== undefined) return { base: name, meaning: whole };
  const first = name.indexOf("."), last = name.lastIndexOf(".");
  const parts: [string, string][] = first < 0
    ? []
    : [[name.slice(0, first), name.slice(first + 1)], [name.slice(last + 1), name.slice(0, last)]];
  const known = parts.find(([part]) => meaningOf(part) !== undefined);
  if (known === undefined) return { base: name };
  const [base, of] = known;
  return { base, of, meaning: `${meaningOf(base)}, ${of}` };
}

/** The meaning of a base name. */
function meaningOf(base: string): string | undefined {
  if (Object.hasOwn(MEANINGS, base)) return MEANINGS[base];
  return /^size\d+$/.test(base) ? MEANINGS.size : undefined;
}

/** The split as text. */
export function splitText({ split }: Pick<NamedMetric, "split">): string {
  return split ?? "–";
}

/** The unit as text, with its reduction. */
export function unitText({ unit }: Pick<NamedMetric, "unit">): string {
  return unit === undefined ? "–" : unitInfo(unit).long;
}

/** Whether a metric is a share, which is shown in percent. */
export function isShare({ unit }: Pick<NamedMetric, "unit">): boolean {
  return unit !== undefined && unitInfo(unit).isShare === true;
}

/** A metric's value as text. */
export function metricText(metric: Pick<NamedMetric, "unit">, value: number | null | undefined): string {
  return isShare(metric) ? percentText(value) : numberText(value, 5);
}

/** A metric's value as text, with its interval. */
export function estimateText(metric: NamedMetric, value: number | null | undefined): string {
  const { interval } = metric, text = metricText(metric, value);
  if (interval === undefined) return text;
  return `${text} (${metricText(metric, interval.low)} to ${metricText(metric, interval.high)})`;
}

/** The direction as an arrow and a word. */
export function directionText(direction: Direction | undefined): string {
  return direction === undefined || direction === "none" ? "–" : `${directionArrow(direction)} ${direction}`;
}
