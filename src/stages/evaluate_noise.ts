/** What `evaluate` tells of spoiled images: intervals, and what is possible at all. @module */
import { type DenoisingDraws, measureDenoising } from "../analysis/denoising.ts";
import {
  nearestGlyph,
  posteriorMean,
  type RuleOptions,
  type Rules,
  threshold,
  withinOnePixelRule,
} from "../analysis/limits.ts";
import { stratifiedDifference, stratifiedShare } from "../analysis/strata.ts";
import type { MeasureOptions } from "../analysis/measure.ts";
import type { InputNoise } from "../analysis/inference.ts";
import type { Split } from "../data/dataset.ts";
import type { Corruption } from "../engine/engine.ts";
import { addEstimate } from "./estimate.ts";

/** A kind and amount of noise, and what its numbers end with: `0.3`, `flips0.1`. */
export interface NoiseLevel {
  readonly name: string;
  readonly corruption: Corruption;
}

/** All levels of an evaluation: standard deviations, then shares of turned pixels. */
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

/** The numbers of a level beside the plain ones: intervals, and with `limits` what rules without a model reach on the same draws. */
export function denoisingNumbers(
  { name, corruption }: NoiseLevel,
  { limits, ...options }: MeasureOptions & { readonly noise: InputNoise; readonly limits: boolean },
): Record<string, number> {
  const { split } = options, pixels = options.model.spec.encoder[0];
  const hasFlips = corruption.kind === "flips";
  const isLimited = limits && (!hasFlips || isBinary(split));
  const rules = isLimited ? (hasFlips ? flipRules : gaussianRules)({ split, pixels, corruption }) : {};
  const draws = measureDenoising({ ...options, rules });
  const metrics: Record<string, number> = {};
  const add = (what: string, values: ArrayLike<number>) =>
    addEstimate(metrics, `${what}@${name}`, stratifiedShare(values, split.count));
  const accuracy = (wrong: Uint16Array) => Float64Array.from(wrong, (count) => 1 - count / pixels);
  add("pixelAccuracy", accuracy(draws.model));
  add("withinOnePixel", withinOne(draws.model));
  if (isLimited) addLimits(metrics, name, draws, accuracy, split.count);
  return metrics;
}

const gaussianRules = (options: RuleOptions): Rules => ({ threshold, posteriorMean: posteriorMean(options) });

const flipRules = (options: RuleOptions): Rules => ({
  ...gaussianRules(options),
  nearestGlyph: nearestGlyph(options),
  withinOnePixel: withinOnePixelRule(options),
});

function addLimits(
  metrics: Record<string, number>,
  name: string,
  { model, rules }: DenoisingDraws,
  accuracy: (wrong: Uint16Array) => Float64Array,
  images: number,
): void {
  const mean = (values: ArrayLike<number>) => stratifiedShare(values, images).value;
  const best = accuracy(rules.posteriorMean);
  metrics[`thresholdPixelAccuracy@${name}`] = mean(accuracy(rules.threshold));
  metrics[`bestPixelAccuracy@${name}`] = mean(best);
  addEstimate(
    metrics,
    `pixelAccuracyBelowBest@${name}`,
    stratifiedDifference(best, accuracy(model), images),
  );
  if (rules.nearestGlyph === undefined) return;
  const bestWithin = withinOne(rules.withinOnePixel);
  metrics[`nearestGlyphExact@${name}`] = mean(
    Float64Array.from(rules.nearestGlyph, (count) => count === 0 ? 1 : 0),
  );
  metrics[`nearestGlyphWithinOnePixel@${name}`] = mean(withinOne(rules.nearestGlyph));
  metrics[`bestWithinOnePixel@${name}`] = mean(bestWithin);
  addEstimate(
    metrics,
    `withinOnePixelBelowBest@${name}`,
    stratifiedDifference(bestWithin, withinOne(model), images),
  );
}

function withinOne(wrong: Uint16Array): Float64Array {
  return Float64Array.from(wrong, (count) => count <= 1 ? 1 : 0);
}

/** Whether all pixels are off or on: a turned pixel of another grey would tell that it was turned. */
function isBinary({ images }: Split): boolean {
  return images.every((byte) => byte === 0 || byte === 255);
}
