/**
 * What every known metric means: its unit with the reduction, its direction, its split and its noise level.
 *
 * @module
 */
import { numberText, percentText } from "./numbers.ts";

/** Which way is better; `none`: the number describes, it does not judge. */
export type Direction = "lower" | "higher" | "none";

/** What is known of a metric by its base name. */
export interface MetricWords {
  /** What it is, in a few words. */
  readonly meaning: string;
  /** The unit with its reduction; for a loss the training says it. */
  readonly unit: string;
  readonly better: Direction;
  /** Whether it is a share, which is shown in percent. */
  readonly share?: boolean;
  /** Whether it is a number of a data split, and not of the training or the machine. */
  readonly ofSplit?: boolean;
}

const nats = "nats a sample (sum over pixels and latent numbers, mean over samples)";
const perSplit = (
  meaning: string,
  unit: string,
  better: Direction,
  share = false,
): MetricWords => ({ meaning, unit, better, share, ofSplit: true });

const WORDS: Readonly<Record<string, MetricWords>> = {
  mse: perSplit("squared error", "a pixel (mean over pixels and samples)", "lower"),
  bce: perSplit("binary cross-entropy", "nats a sample (sum over pixels, mean over samples)", "lower"),
  pixelAccuracy: perSplit("pixels right after a cut at 0.5", "share of all pixels", "higher", true),
  worstWrongPixels: perSplit("wrong pixels of the worst sample", "pixels", "lower"),
  exactShare: perSplit("samples with no wrong pixel", "share of samples", "higher", true),
  elbo: perSplit("evidence lower bound, one latent sample an image", nats, "higher"),
  elboAtMean: perSplit(
    "bound at the posterior mean: about 9 nats too good on digits, no valid bound",
    nats,
    "higher",
  ),
  iwae: perSplit("importance-weighted bound", nats, "higher"),
  reconstruction: perSplit(
    "negative log-likelihood of the pixels, one latent sample an image",
    "nats a sample (sum over pixels, mean over samples)",
    "lower",
  ),
  kl: perSplit(
    "KL(posterior || prior)",
    "nats a sample (sum over latent numbers, mean over samples)",
    "none",
  ),
  activeUnits: perSplit("latent numbers whose mean varies (variance above 0.01)", "latent numbers", "none"),
  thresholdPixelAccuracy: perSplit(
    "reference: the noisy input cut at 0.5",
    "share of all pixels",
    "higher",
    true,
  ),
  bestPixelAccuracy: perSplit(
    "limit: posterior mean over the train images",
    "share of all pixels",
    "higher",
    true,
  ),
  auroc: perSplit("area under the ROC curve", "share of pairs in the right order", "higher", true),
  epochs: { meaning: "epochs trained", unit: "epochs", better: "none" },
  bestEpoch: { meaning: "epoch of the weights that were kept", unit: "epoch", better: "none" },
  bestLoss: { meaning: "best monitored loss", unit: "loss", better: "lower" },
  lastLoss: { meaning: "training loss of the last epoch", unit: "loss", better: "lower" },
  parameters: { meaning: "numbers that were learnt", unit: "parameters", better: "none" },
  seconds: { meaning: "time", unit: "seconds", better: "lower" },
  samplesPerSecond: { meaning: "speed of training", unit: "samples a second", better: "higher" },
};

/** A metric's name taken apart: `train.mse@0.3` is the mse of the train split at noise 0.3. */
export interface MetricName {
  readonly name: string;
  readonly base: string;
  /** The split, where the name says one. */
  readonly split?: string;
  /** The standard deviation of the noise that was added, in pixel units. */
  readonly level?: number;
  readonly words?: MetricWords;
}

const SPLITS = ["train", "validation", "test"];

/** Takes a metric's name apart. */
export function parseMetric(name: string): MetricName {
  const [, stem, level] = /^(.+)@(\d+(?:\.\d+)?)$/.exec(name) ?? [undefined, name, undefined];
  const dot = stem.indexOf(".");
  const split = SPLITS.find((split) => dot > 0 && split === stem.slice(0, dot));
  const base = split === undefined ? stem : stem.slice(dot + 1);
  return {
    name,
    base,
    split,
    level: level === undefined ? undefined : Number(level),
    words: Object.hasOwn(WORDS, base) ? WORDS[base] : undefined,
  };
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
