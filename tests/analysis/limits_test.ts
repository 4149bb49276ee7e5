import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  strictEqual as equal,
} from "node:assert/strict";
import { denoisingLimits } from "../../src/analysis/limits.ts";
import { glyphDataset } from "../../src/data/glyphs.ts";
import { assertClose } from "../support/close.ts";
import { normalDistribution } from "../support/normal_distribution.ts";
import { imagesOf } from "./hand_models.ts";

const GLYPHS = glyphDataset().train;
const key = (seed: number) => ({ seed, stream: "evaluation", epoch: 1 } as const);

// The published table: threshold and best possible, in percent. 112,000 pixels are drawn at each level.
for (
  const [std, threshold, best] of [
    [0.2, 99.38, 100],
    [0.3, 95.22, 100],
    [0.4, 89.42, 99.95],
    [0.5, 84.16, 99.69],
    [0.8, 73.43, 94.9],
    [1, 69.1, 89.65],
  ]
) {
  Deno.test(`denoisingLimits of the glyphs at ${std}: ${threshold} % by a threshold, ${best} % at best`, () => {
    const limits = denoisingLimits(GLYPHS, 35, std, 100, key(1));
    // Four standard errors of a share of 112,000 pixels; those of one glyph go wrong together.
    assertClose([100 * limits.threshold], [threshold], { absolute: 0.55 }, "threshold");
    assertClose([100 * limits.best], [best], { absolute: std < 0.6 ? 0.06 : 0.5 }, "best");
  });
}

Deno.test("denoisingLimits of an empty and a full image: pixels together tell what each alone cannot", () => {
  // The best guess is by the mean of 4 pixels, so it is right as often as N(0, 1) stays below 2 * 0.5 / std.
  const split = imagesOf([0, 0, 0, 0], [1, 1, 1, 1]);
  const { threshold, best } = denoisingLimits(split, 4, 1, 5000, key(2));
  assertClose([threshold], [normalDistribution(0.5)], { absolute: 0.01 }, "threshold");
  assertClose([best], [normalDistribution(1)], { absolute: 0.015 }, "best");
});

Deno.test("denoisingLimits of nine full pixels and an empty one: on is the better guess, down to where the odds are even", () => {
  // 9 exp(-(x - 1)^2 / 2) = exp(-x^2 / 2) at x = 0.5 - log 9.
  const { best } = denoisingLimits(imagesOf([0], ...Array(9).fill([1])), 1, 1, 2000, key(5));
  const cut = 0.5 - Math.log(9);
  const expected = (normalDistribution(cut) + 9 * normalDistribution(1 - cut)) / 10;
  assertClose([best], [expected], { absolute: 0.008 }, "best");
});

Deno.test("denoisingLimits of single pixels: nothing beats the threshold", () => {
  const { threshold, best } = denoisingLimits(imagesOf([0], [1]), 1, 0.7, 500, key(3));
  equal(best, threshold);
});

Deno.test("denoisingLimits at next to no noise: all is right, and no weight overflows", () => {
  deepEqual(denoisingLimits(GLYPHS, 35, 1e-4, 2, key(4)), { threshold: 1, best: 1 });
});

Deno.test("denoisingLimits follow from the key", () => {
  const at = (seed: number) => denoisingLimits(GLYPHS, 35, 0.5, 3, key(seed));
  deepEqual(at(1), at(1));
  notDeepEqual(at(1), at(2));
});
