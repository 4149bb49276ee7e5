import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import {
  nearestGlyph,
  posteriorMean,
  withinOnePixelRule,
} from "../../../src/analysis/reconstruction/limits.ts";
import { glyphDataset } from "../../../src/data/glyphs.ts";
import { assertClose } from "../../support/close.ts";
import { gaussianLimits, rulesOnDraws } from "../../support/limits.ts";
import { normalDistribution } from "../../support/normal_distribution.ts";
import { imagesOf } from "../hand_models.ts";

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
  Deno.test(`posteriorMean of the glyphs at ${std}: ${threshold} % by a threshold, ${best} % at best`, () => {
    const limits = gaussianLimits(GLYPHS, 35, std, 100, key(1));
    // Four standard errors of a share of 112,000 pixels; those of one glyph go wrong together.
    assertClose([100 * limits.threshold], [threshold], { absolute: 0.55 }, "threshold");
    assertClose([100 * limits.best], [best], { absolute: std < 0.6 ? 0.06 : 0.5 }, "best");
  });
}

Deno.test("posteriorMean of an empty and a full image: pixels together determine what each alone cannot", () => {
  // The best guess is by the mean of 4 pixels, so it is right as often as N(0, 1) stays below 2 * 0.5 / std.
  const split = imagesOf([0, 0, 0, 0], [1, 1, 1, 1]);
  const { threshold, best } = gaussianLimits(split, 4, 1, 5000, key(2));
  assertClose([threshold], [normalDistribution(0.5)], { absolute: 0.01 }, "threshold");
  assertClose([best], [normalDistribution(1)], { absolute: 0.015 }, "best");
});

Deno.test("posteriorMean of nine full pixels and an empty one: on is the better guess, down to where the odds are even", () => {
  // 9 exp(-(x - 1)^2 / 2) = exp(-x^2 / 2) at x = 0.5 - log 9.
  const { best } = gaussianLimits(imagesOf([0], ...Array(9).fill([1])), 1, 1, 2000, key(5));
  const cut = 0.5 - Math.log(9);
  const expected = (normalDistribution(cut) + 9 * normalDistribution(1 - cut)) / 10;
  assertClose([best], [expected], { absolute: 0.008 }, "best");
});

Deno.test("posteriorMean of single pixels: nothing beats the threshold", () => {
  const { threshold, best } = gaussianLimits(imagesOf([0], [1]), 1, 0.7, 500, key(3));
  equal(best, threshold);
});

Deno.test("posteriorMean at next to no noise: all is right, and no weight overflows", () => {
  deepEqual(gaussianLimits(GLYPHS, 35, 1e-4, 2, key(4)), { threshold: 1, best: 1 });
});

Deno.test("posteriorMean and threshold follow from the key", () => {
  const at = (seed: number) => gaussianLimits(GLYPHS, 35, 0.5, 3, key(seed));
  deepEqual(at(1), at(1));
  notDeepEqual(at(1), at(2));
});

const share = (wrong: number[], most: number) => wrong.filter((count) => count <= most).length / wrong.length;

// Published: a nearest-glyph decoder is exactly right for 98.0, 94.1 and 85.2 %. 16,000 letters are drawn at each level.
for (const [p, exact] of [[0.1, 98], [0.15, 94.1], [0.2, 85.2]]) {
  Deno.test(`nearestGlyph of the glyphs with ${100 * p} % flipped pixels: ${exact} % exactly right, and each rule best at its own`, () => {
    const wrong = rulesOnDraws(GLYPHS, 35, { kind: "flips", share: p }, 500, key(6));
    assertClose([100 * share(wrong.nearest, 0)], [exact], { absolute: 1.2 }, "exact");
    ok(share(wrong.nearest, 0) >= share(wrong.withinOne, 0));
    ok(share(wrong.withinOne, 1) >= share(wrong.nearest, 1));
    ok(share(wrong.withinOne, 1) > share(wrong.best, 1));
  });
}

Deno.test("withinOnePixelRule guesses an image between two when neither is as likely as both", () => {
  // 00000, 00011 and 11100 with 3 of 10 pixels flipped, seen 01001: distances 2, 2, 3; 00001 or 00010 covers the first two at once.
  const split = imagesOf([0, 0, 0, 0, 0], [0, 0, 0, 1, 1], [1, 1, 1, 0, 0]);
  const options = { split, pixels: 5, corruption: { kind: "flips", share: 0.3 } as const };
  const guess = new Uint8Array(5);
  withinOnePixelRule(options)(Float64Array.of(0, 1, 0, 0, 1), 0, guess);
  deepEqual([[...guess.subarray(0, 3)], guess[3] + guess[4]], [[0, 0, 0], 1]);
  nearestGlyph(options)(Float64Array.of(1, 1, 0, 0, 0), 0, guess);
  deepEqual([...guess], [1, 1, 1, 0, 0]);
});

Deno.test("posteriorMean of flipped pixels follows the odds to the power of the distance", () => {
  // 00, 10 and 11, one pixel in five flipped: of 10 the weights are 1/4 : 1 : 1/4, so the second pixel is on by 1/6 and the first by 5/6.
  const split = imagesOf([0, 0], [1, 0], [1, 1]);
  const rule = posteriorMean({ split, pixels: 2, corruption: { kind: "flips", share: 0.2 } });
  const guess = new Uint8Array(2);
  rule(Float64Array.of(1, 0), 0, guess);
  deepEqual([...guess], [1, 0]);
  // Of 01 they are 1/4 : 1/16 : 1/4, and 10 turns the scale for the first pixel only: 5/9 against 4/9.
  rule(Float64Array.of(0, 1), 0, guess);
  deepEqual([...guess], [1, 0]);
});

Deno.test("posteriorMean refuses noise that it has no likelihood for", () => {
  const corruption = { kind: "gaussian", std: 0.2, maximumStd: 0.5 } as const;
  throws(
    () => posteriorMean({ split: GLYPHS, pixels: 35, corruption }),
    /^RangeError: noise must be Gaussian of one std, or flips, got \{/,
  );
});
