/** What `evaluate` reports for corrupted images: intervals, and the best possible result. @module */
import { plural } from "../../core/amounts.ts";
import { meanOf } from "../../core/statistics.ts";
import { nounsOf, pictureShape, pixelCount, type SampleNouns } from "../../core/shape.ts";
import { type DenoisingDraws, measureDenoising } from "../../analysis/reconstruction/denoising.ts";
import {
  type DenoisingRules,
  nearestGlyph,
  posteriorMean,
  type RuleOptions,
  threshold,
  withinOnePixelRule,
} from "../../analysis/reconstruction/limits.ts";
import type { Estimate } from "../../analysis/statistics/intervals.ts";
import { stratifiedDifference, stratifiedShare } from "../../analysis/statistics/strata.ts";
import type { MeasureOptions } from "../../analysis/reconstruction/measure.ts";
import type { InputNoise } from "../../analysis/reconstruction/inference.ts";
import type { Split } from "../../data/dataset.ts";
import { scaledValues } from "../../data/scale.ts";
import type { NoiseLevel } from "./levels.ts";
import {
  estimated,
  measuredMetrics,
  type Metric,
  metric,
  type MetricInfo,
  type Metrics,
} from "../../pipeline/metric.ts";

/** Options for {@link denoisingMetrics}, besides the data. */
export interface NoiseLevelOptions extends MeasureOptions {
  readonly noise: InputNoise;
  /** Whether to compute what rules without a model reach on the same draws. */
  readonly limits: boolean;
  /** How often an image goes through the model. */
  readonly passes: number;
  /** The weight of what was made in what is fed back. */
  readonly blend: number;
  /** The weight of the corrupted image in what is thresholded after the last pass. */
  readonly inputWeight: number;
}

/** How numbers at a noise level are estimated, as text. */
export function drawsText(draws: number, { sample }: SampleNouns): string {
  return draws === 1
    ? `one draw of each ${sample}`
    : `mean over ${draws.toLocaleString("en-US")} draws of each ${sample}`;
}

const PIXELS = { unit: "share of pixels", direction: "higher" } as const;
const SAMPLES = { unit: "share of samples", direction: "higher" } as const;

/** The metrics of a level besides the plain ones: intervals, limits, and `repeated.` those after all passes (of what was seen, too). */
export function denoisingMetrics(
  { name, corruption }: NoiseLevel,
  { limits, ...options }: NoiseLevelOptions,
): Metrics {
  const { split, passes, copies = 1 } = options, shape = pictureShape(options.model.shape);
  const pixels = pixelCount(shape), images = split.count;
  const hasFlips = corruption.kind === "flips", nouns = nounsOf(options.model.shape);
  // The rules are the best for values one by one; a pixel in colour is right only if its three values are.
  const isLimited = limits && shape.channels !== 3 && (!hasFlips || isBinary(split));
  const rules = isLimited ? (hasFlips ? flipRules : gaussianRules)({ split, pixels, corruption }) : {};
  const draws = measureDenoising({ ...options, rules });
  const metrics: Record<string, Metric | undefined> = {};
  for (const [prefix, wrong] of [["", draws.model], ["repeated.", draws.repeated]] as const) {
    if (prefix !== "" && passes === 1 && options.inputWeight === 0) continue;
    const model = { accuracy: accuracy(wrong, pixels), within: withinOne(wrong) };
    const estimator = prefix === ""
      ? drawsText(copies, nouns)
      : `${passesText(options)}, ${drawsText(copies, nouns)}`;
    const add = (
      what: string,
      estimate: Estimate | undefined,
      info: Pick<MetricInfo, "unit" | "direction">,
    ) => {
      metrics[`${prefix}${what}@${name}`] = estimated(estimate, { ...info, split: "test", estimator });
    };
    add("pixelAccuracy", stratifiedShare(model.accuracy, images), PIXELS);
    add("withinOnePixel", stratifiedShare(model.within, images), SAMPLES);
    if (!isLimited) continue;
    const best = accuracy(draws.rules.posteriorMean, pixels), direction = "lower";
    const below = stratifiedDifference(best, model.accuracy, images);
    add("pixelAccuracyBelowBest", below, { ...PIXELS, direction });
    if (!hasFlips) continue;
    const bestWithin = withinOne(draws.rules.withinOnePixel);
    const withinBelow = stratifiedDifference(bestWithin, model.within, images);
    add("withinOnePixelBelowBest", withinBelow, { ...SAMPLES, direction });
  }
  const measured = measuredMetrics(metrics);
  return isLimited
    ? { ...measured, ...limitMetrics(name, draws.rules, pixels, drawsText(copies, nouns)) }
    : measured;
}

/** How the numbers of `repeated.` come about. */
function passesText({ passes, inputWeight }: NoiseLevelOptions | Omit<NoiseLevelOptions, "limits">): string {
  const through = `${plural(passes, "pass", "passes")} through the model`;
  return inputWeight === 0 ? through : `${through}, input weight ${inputWeight}`;
}

const gaussianRules = (options: RuleOptions): DenoisingRules => ({
  threshold,
  posteriorMean: posteriorMean(options),
});

const flipRules = (options: RuleOptions): DenoisingRules => ({
  ...gaussianRules(options),
  nearestGlyph: nearestGlyph(options),
  withinOnePixel: withinOnePixelRule(options),
});

/** What rules without a model reach on the same draws. */
function limitMetrics(
  name: string,
  rules: DenoisingDraws["rules"],
  pixels: number,
  estimator: string,
): Metrics {
  const mean = (values: Float64Array, info: typeof PIXELS | typeof SAMPLES) =>
    metric(meanOf(values), { ...info, split: "test", estimator });
  const metrics = {
    [`thresholdPixelAccuracy@${name}`]: mean(accuracy(rules.threshold, pixels), PIXELS),
    [`bestPixelAccuracy@${name}`]: mean(accuracy(rules.posteriorMean, pixels), PIXELS),
  };
  if (rules.nearestGlyph === undefined) return metrics;
  const exact = Float64Array.from(rules.nearestGlyph, (count) => count === 0 ? 1 : 0);
  return {
    ...metrics,
    [`nearestGlyphExact@${name}`]: mean(exact, SAMPLES),
    [`nearestGlyphWithinOnePixel@${name}`]: mean(withinOne(rules.nearestGlyph), SAMPLES),
    [`posteriorMeanWithinOnePixel@${name}`]: mean(withinOne(rules.posteriorMean), SAMPLES),
    [`bestWithinOnePixel@${name}`]: mean(withinOne(rules.withinOnePixel), SAMPLES),
  };
}

function accuracy(wrong: Uint16Array, pixels: number): Float64Array {
  return Float64Array.from(wrong, (count) => 1 - count / pixels);
}

function withinOne(wrong: Uint16Array): Float64Array {
  return Float64Array.from(wrong, (count) => count <= 1 ? 1 : 0);
}

/** Whether all pixels are off or on: a flipped pixel of another grey would be recognisable. */
function isBinary(split: Split): boolean {
  return scaledValues(split).every((value) => value === 0 || value === 1);
}
