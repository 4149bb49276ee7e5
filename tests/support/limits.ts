/** Rules that need no model, on draws of the plain random numbers: no engine has a part in it. @module */
import {
  type DenoisingRule,
  nearestGlyph,
  posteriorMean,
  threshold,
  withinOnePixelRule,
} from "../../src/analysis/reconstruction/limits.ts";
import { type DrawKey, fillNormal, fillUniform } from "../../src/core/random.ts";
import type { Split } from "../../src/data/dataset.ts";
import type { Corruption } from "../../src/engine/engine.ts";

/** The wrong pixels of each draw by each rule. */
export function rulesOnDraws(
  split: Split,
  pixels: number,
  corruption: Corruption,
  copies: number,
  key: DrawKey,
) {
  const options = { split, pixels, corruption };
  const rules = {
    threshold,
    best: posteriorMean(options),
    nearest: nearestGlyph(options),
    withinOne: withinOnePixelRule(options),
  };
  const wrong = { threshold: [], best: [], nearest: [], withinOne: [] } as Record<
    keyof typeof rules,
    number[]
  >;
  const random = new Float32Array(pixels), noisy = new Float64Array(pixels), guess = new Uint8Array(pixels);
  for (let sample = 0; sample < split.count * copies; sample++) {
    const target = (sample % split.count) * pixels;
    (corruption.kind === "flips" ? fillUniform : fillNormal)(random, 1, pixels, [sample], key);
    for (let d = 0; d < pixels; d++) {
      const clean = split.values[target + d] / 255;
      if (corruption.kind === "flips") noisy[d] = random[d] < corruption.share ? 1 - clean : clean;
      else if (corruption.kind === "gaussian") noisy[d] = clean + random[d] * corruption.std;
    }
    for (const [name, rule] of Object.entries(rules) as [keyof typeof rules, DenoisingRule][]) {
      rule(noisy, 0, guess);
      wrong[name].push(
        guess.reduce((sum, value, d) => sum + (value === split.values[target + d] / 255 ? 0 : 1), 0),
      );
    }
  }
  return wrong;
}

/** The pixel accuracies by a threshold and at best on Gaussian noise. */
export function gaussianLimits(split: Split, pixels: number, std: number, copies: number, key: DrawKey) {
  const { threshold, best } = rulesOnDraws(
    split,
    pixels,
    { kind: "gaussian", std, maximumStd: std },
    copies,
    key,
  );
  const accuracy = (wrong: number[]) =>
    1 - wrong.reduce((sum, count) => sum + count, 0) / (wrong.length * pixels);
  return { threshold: accuracy(threshold), best: accuracy(best) };
}
