/** What `evaluate` reports for corrupted images: intervals, and the best possible result. @module */
import { inputSize } from "../../models/spec.ts";
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
import type { Corruption } from "../../engine/engine.ts";
import { addEstimate } from "../estimate.ts";

/** A kind and amount of noise, and what its numbers end with: `0.3`, `flips0.1`. */
export interface NoiseLevel {
  readonly name: string;
  readonly corruption: Corruption;
}

/** All levels of an evaluation: standard deviations, then shares of flipped pixels. */
export function noiseLevels(
  { noise, flips }: { noise: readonly number[]; flips: readonly number[] },
): NoiseLevel[] {
  return [
    ...noise.map((std): NoiseLevel => ({
      name: String(std),
      corruption: { kind: "gaussian", std, maximumStd: std },
    })),
    ...flips.map((share): NoiseLevel => ({ name: `flips${share}`, corruption: { kind: "flips", share } })),
  ];
}

/** Options for {@link denoisingNumbers}, besides the data. */
export interface DenoisingNumbersOptions extends MeasureOptions {
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

/** The numbers of a level beside the plain ones: intervals, limits, and `repeated.` those after all passes (of what was seen, too). */
export function denoisingNumbers(
  { name, corruption }: NoiseLevel,
  { limits, ...options }: DenoisingNumbersOptions,
): Record<string, number> {
  const { split, passes } = options, pixels = inputSize(options.model.spec), images = split.count;
  const hasFlips = corruption.kind === "flips";
  const isLimited = limits && (!hasFlips || isBinary(split));
  const rules = isLimited ? (hasFlips ? flipRules : gaussianRules)({ split, pixels, corruption }) : {};
  const draws = measureDenoising({ ...options, rules });
  const metrics: Record<string, number> = {};
  for (const [prefix, wrong] of [["", draws.model], ["repeated.", draws.repeated]] as const) {
    if (prefix !== "" && passes === 1 && options.inputWeight === 0) continue;
    const model = { accuracy: accuracy(wrong, pixels), within: withinOne(wrong) };
    const add = (what: string, estimate: Estimate) =>
      addEstimate(metrics, `${prefix}${what}@${name}`, estimate);
    add("pixelAccuracy", stratifiedShare(model.accuracy, images));
    add("withinOnePixel", stratifiedShare(model.within, images));
    if (!isLimited) continue;
    const best = accuracy(draws.rules.posteriorMean, pixels);
    add("pixelAccuracyBelowBest", stratifiedDifference(best, model.accuracy, images));
    if (!hasFlips) continue;
    const bestWithin = withinOne(draws.rules.withinOnePixel);
    add("withinOnePixelBelowBest", stratifiedDifference(bestWithin, model.within, images));
  }
  return isLimited ? { ...metrics, ...limitNumbers(name, draws.rules, pixels) } : metrics;
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

function limitNumbers(name: string, rules: DenoisingDraws["rules"], pixels: number): Record<string, number> {
  const metrics = {
    [`thresholdPixelAccuracy@${name}`]: meanOf(accuracy(rules.threshold, pixels)),
    [`bestPixelAccuracy@${name}`]: meanOf(accuracy(rules.posteriorMean, pixels)),
  };
  if (rules.nearestGlyph === undefined) return metrics;
  const exact = Float64Array.from(rules.nearestGlyph, (count) => count === 0 ? 1 : 0);
  return {
    ...metrics,
    [`nearestGlyphExact@${name}`]: meanOf(exact),
    [`nearestGlyphWithinOnePixel@${name}`]: meanOf(withinOne(rules.nearestGlyph)),
    [`posteriorMeanWithinOnePixel@${name}`]: meanOf(withinOne(rules.posteriorMean)),
    [`bestWithinOnePixel@${name}`]: meanOf(withinOne(rules.withinOnePixel)),
  };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function accuracy(wrong: Uint16Array, pixels: number): Float64Array {
  return Float64Array.from(wrong, (count) => 1 - count / pixels);
}

function withinOne(wrong: Uint16Array): Float64Array {
  return Float64Array.from(wrong, (count) => count <= 1 ? 1 : 0);
}

/** Whether all pixels are off or on: a flipped pixel of another grey would be recognisable. */
function isBinary({ images }: Split): boolean {
  return images.every((byte) => byte === 0 || byte === 255);
}
