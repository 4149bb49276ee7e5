/**
 * Names of metrics taken apart, and their values as text.
 *
 * @module
 */
import { type Direction, type MetricWords, WORDS } from "./metric_dictionary.ts";
import { numberText, percentText } from "./numbers.ts";

/** A metric's name taken apart: `train.mse@0.3` is the mse of the train split at noise 0.3. */
export interface MetricName {
  readonly name: string;
  readonly base: string;
  /** What it is measured of or by, where the name says that: `auroc.elbo`, `inverted.mse`. */
  readonly of?: string;
  /** The split, where the name says one. */
  readonly split?: string;
  /** The standard deviation of the noise that was added, in pixel units. */
  readonly level?: number;
  /** The share of pixels that were turned over. */
  readonly flips?: number;
  readonly words?: MetricWords;
}

const SPLITS = ["train", "validation", "test"];

/** Takes a metric's name apart. */
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

/** The part of a name that is known, and what it is of: the whole of it, what is before its first dot, or what is after its last. */
function knownPart(name: string): Pick<MetricName, "base" | "of" | "words"> {
  const whole = wordsOf(name);
  if (whole !== undefined) return { base: name, words: whole };
  const first = name.indexOf("."), last = name.lastIndexOf(".");
  const parts: [string, string][] = first < 0
    ? []
    : [[name.slice(0, first), name.slice(first + 1)], [name.slice(last + 1), name.slice(0, last)]];
  const known = parts.find(([part]) => wordsOf(part) !== undefined);
  if (known === undefined) return { base: name };
  const [base, of] = known, words = wordsOf(base);
  // `aurocDifference.neighboursLow`: the end of the interval of a difference from something.
  const [, middle, end] = words?.isDifference ? /^(.+)(Low|High)$/.exec(of) ?? [] : [];
  return { base, of, words: words && middle ? endWords(words, end, `${base}.${middle}`) : words };
}

/** The words of an end of an interval. */
function endWords(words: MetricWords, end: string, of: string): MetricWords {
  const meaning = `${end === "Low" ? "lower" : "upper"} end of the 95 % interval of ${of}`;
  return { ...words, meaning, better: "none", isDifference: false };
}

/** What is known of a base name; an end of an interval has the words of its middle. */
function wordsOf(base: string): MetricWords | undefined {
  if (Object.hasOwn(WORDS, base)) return WORDS[base];
  if (/^size\d+$/.test(base)) return WORDS.size;
  const [, middle, end] = /^(.+)(Low|High)$/.exec(base) ?? [];
  if (middle === undefined || !Object.hasOwn(WORDS, middle)) return undefined;
  return endWords(WORDS[middle], end, middle);
}

/** The split in words; `evaluate` measures on the test split unless a name says otherwise. */
export function splitText({ split, words }: MetricName): string {
  if (split !== undefined) return split;
  return words?.ofSplit ? "test" : "–";
}

/** A metric's value as text. */
export function metricText({ words }: MetricName, value: number | null | undefined): string {
  return words?.share ? percentText(value) : numberText(value, 5);
}

/** The direction as a sign and a word. */
export function directionText(better: Direction | undefined): string {
  return better === "lower" ? "↓ lower" : better === "higher" ? "↑ higher" : "–";
}
