/**
 * Parses the names of metrics, and formats their values.
 *
 * @module
 */
import { type Direction, type MetricInfo, METRICS } from "./metric_dictionary.ts";
import { numberText, percentText } from "./numbers.ts";

/** A parsed metric name: `train.mse@0.3` is the mse of the train split at noise 0.3. */
export interface MetricName {
  readonly name: string;
  readonly base: string;
  /** The qualifier of the name, where it has one: `auroc.elbo`, `inverted.mse`. */
  readonly of?: string;
  /** The split, where the name states it. */
  readonly split?: string;
  /** The standard deviation of the noise that was added, in pixel units. */
  readonly level?: number;
  /** The share of flipped pixels. */
  readonly flips?: number;
  readonly info?: MetricInfo;
}

const SPLITS = ["train", "validation", "test"];

/** Parses a metric's name. */
export function parseMetric(name: string): MetricName {
  // `accuracy@0.3Low`: the lower end of an interval is that of the number at its level.
  const [, before, kind, level, end] = /^(.+)@(flips)?(\d+(?:\.\d+)?)(Low|High)?$/.exec(name) ??
    [undefined, name];
  const stem = `${before}${end ?? ""}`;
  const dot = stem.indexOf(".");
  const split = SPLITS.find((split) => dot > 0 && split === stem.slice(0, dot));
  const base = split === undefined ? stem : stem.slice(dot + 1);
  return {
    name,
    split,
    level: level === undefined || kind !== undefined ? undefined : Number(level),
    flips: level === undefined || kind === undefined ? undefined : Number(level),
    ...knownPart(base),
  };
}

/** The known part of a name and its qualifier: the whole name, the part before its first dot, or the part after its last. */
function knownPart(name: string): Pick<MetricName, "base" | "of" | "info"> {
  const whole = infoOf(name);
  if (whole !== undefined) return { base: name, info: whole };
  const first = name.indexOf("."), last = name.lastIndexOf(".");
  const parts: [string, string][] = first < 0
    ? []
    : [[name.slice(0, first), name.slice(first + 1)], [name.slice(last + 1), name.slice(0, last)]];
  const known = parts.find(([part]) => infoOf(part) !== undefined);
  if (known === undefined) return { base: name };
  const [base, of] = known, info = infoOf(base);
  // `aurocDifference.neighboursLow`: the end of the interval of a difference from something.
  const [, middle, end] = info?.isDifference ? /^(.+)(Low|High)$/.exec(of) ?? [] : [];
  return { base, of, info: info && middle ? endInfo(info, end, `${base}.${middle}`) : info };
}

/** The description of an end of an interval. */
function endInfo(info: MetricInfo, end: string, of: string): MetricInfo {
  const meaning = `${end === "Low" ? "lower" : "upper"} end of the 95 % interval of ${of}`;
  return { ...info, meaning, better: "none", isDifference: false };
}

/** The description of a base name; an end of an interval has that of its middle. */
function infoOf(base: string): MetricInfo | undefined {
  if (Object.hasOwn(METRICS, base)) return METRICS[base];
  if (/^size\d+$/.test(base)) return METRICS.size;
  const [, middle, end] = /^(.+)(Low|High)$/.exec(base) ?? [];
  if (middle === undefined || !Object.hasOwn(METRICS, middle)) return undefined;
  return endInfo(METRICS[middle], end, middle);
}

/** The split as text; `evaluate` measures on the test split by default. */
export function splitText({ split, info }: MetricName): string {
  if (split !== undefined) return split;
  return info?.ofSplit ? "test" : "–";
}

/** A metric's value as text. */
export function metricText({ info }: MetricName, value: number | null | undefined): string {
  return info?.share ? percentText(value) : numberText(value, 5);
}

/** The direction as an arrow and a word. */
export function directionText(better: Direction | undefined): string {
  return better === "lower" ? "↓ lower" : better === "higher" ? "↑ higher" : "–";
}
