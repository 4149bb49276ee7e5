import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import {
  anomalyScorer,
  relativeDivergence,
  type ScorerOptions,
} from "../../../src/analysis/anomaly/anomaly_scores.ts";
import { encodeImages } from "../../../src/analysis/reconstruction/inference.ts";
import { measureBound, measureReconstruction } from "../../../src/analysis/reconstruction/measure.ts";
import { edgeMaps } from "../../../src/analysis/anomaly/edges.ts";
import { readPoints } from "../../../src/analysis/points/points.ts";
import { smoother } from "../../../src/analysis/anomaly/smooth.ts";
import type { Split } from "../../../src/data/dataset.ts";
import { sliceSplit } from "../../../src/data/parts.ts";
import { glyphDataset } from "../../../src/data/glyphs.ts";
import { assertClose } from "../../support/close.ts";
import { identityModel, imagesOf, untrained, wasm as engine } from "../hand_models.ts";

const GLYPHS = glyphDataset().train;
const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

Deno.test("smoother() spreads a pixel as a Gaussian does, and keeps its amount away from the edge", () => {
  const image = new Float32Array(15 * 15);
  image[7 * 15 + 7] = 2;
  const smoothed = smoother({ height: 15, width: 15 }, 1.2).smooth(image, 0);
  assertClose([smoothed.reduce((sum, value) => sum + value, 0)], [2], { absolute: 1e-12 }, "amount");
  const ratio = Math.exp(-1 / (2 * 1.2 ** 2));
  assertClose(
    [smoothed[7 * 15 + 8], smoothed[8 * 15 + 7], smoothed[8 * 15 + 8]],
    [ratio, ratio, ratio ** 2].map((r) => r * smoothed[112]),
    { relative: 1e-12 },
    "shape",
  );
});

Deno.test("smoother() sees nothing beyond the edge, reads from the given offset, and does nothing at 0", () => {
  const images = Float32Array.of(9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6);
  deepEqual([...smoother({ height: 2, width: 3 }, 0).smooth(images, 6)], [1, 2, 3, 4, 5, 6]);
  const flat = smoother({ height: 3, width: 3 }, 1).smooth(new Float32Array(9).fill(1), 0);
  ok(flat[0] < flat[1] && flat[1] < flat[4] && flat[4] < 1);
});

Deno.test("relativeDivergence() is the KL divergence of Bernoulli pixels for each unit of ink, worked out by hand", () => {
  const compare = relativeDivergence({ height: 1, width: 2 }, 0);
  const expected = (0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75) + Math.log(1 / 0.8)) / 1.5;
  assertClose([compare([0.5, 1], [0.25, 0.8], 0)], [expected], { absolute: 1e-5 }, "divergence");
  assertClose([compare([0.5, 1], [0.5, 1], 0)], [0], { absolute: 1e-12 }, "no difference");
  ok(Number.isFinite(compare([0, 0], [1, 1], 0)), "a black image");
});

/** The scores of `test` by a model of `train`. */
const anomalyScores = ({ test, ...options }: ScorerOptions & { test: Split }) => anomalyScorer(options)(test);

Deno.test("anomalyScorer() give the squared error, the bound at the mean and the latent distance of each image", () => {
  const model = untrained({ kind: "vae", encoder: [35, 9], latent: 3 });
  const train = sliceSplit(GLYPHS, 35, 0, 20), test = sliceSplit(GLYPHS, 35, 20, 32);
  const scores = anomalyScores({ engine, model, train, test, k: 2 });
  deepEqual([...scores.keys()].toSorted(), [
    "combined",
    "edgeDistance",
    "elbo",
    "latentDistance",
    "reconstruction",
    "relative",
  ]);
  const { mse, bce } = measureReconstruction({ engine, model, split: test });
  const { kl } = measureBound({ engine, model, split: test, seed: 1 });
  assertClose([mean(scores.get("reconstruction")!), mean(scores.get("elbo")!)], [mse * 35, bce! + kl], {
    relative: 1e-5,
  }, "means");
  const known = encodeImages(engine, model, train), asked = encodeImages(engine, model, test);
  const distances = Array.from({ length: 12 }, (_, row) => {
    const all = Array.from(
      { length: 20 },
      (_, other) => Math.hypot(...[0, 1, 2].map((j) => known[3 * other + j] - asked[3 * row + j])),
    );
    return mean(all.toSorted((a, b) => a - b).slice(0, 2));
  });
  assertClose(scores.get("latentDistance")!, distances, { relative: 1e-6 }, "distances");
});

Deno.test("anomalyScorer() combine what looks wrong with where there are no normal images", () => {
  const model = untrained({ kind: "ae", encoder: [35, 9], latent: 3 });
  const options = {
    engine,
    model,
    train: sliceSplit(GLYPHS, 35, 0, 20),
    test: sliceSplit(GLYPHS, 35, 20, 32),
  };
  const at = (latentWeight: number) => anomalyScores({ ...options, latentWeight }).get("combined")!;
  const order = (values: Float64Array) => [...values.keys()].sort((a, b) => values[a] - values[b]);
  const scores = anomalyScores(options);
  deepEqual(order(at(0)), order(scores.get("relative")!));
  deepEqual(order(at(1e9)), order(scores.get("latentDistance")!));
  const [none, half, one] = [at(0), at(0.5), at(1)];
  assertClose(half, none.map((value, row) => (value + one[row]) / 2), { absolute: 1e-9 }, "weights");
  equal(scores.has("elbo"), false);
});

Deno.test("anomalyScorer() add the distance of edge maps, by its mean and deviation over normal images without themselves", () => {
  const model = untrained({ kind: "ae", encoder: [35, 9], latent: 3 });
  const train = sliceSplit(GLYPHS, 35, 0, 20), test = sliceSplit(GLYPHS, 35, 20, 32);
  const options = { engine, model, train, test, k: 2, latentWeight: 0 };
  const [without, scores] = [anomalyScores(options), anomalyScores({ ...options, edgeWeight: 2 })];
  const maps = (split: Split) => {
    const points = edgeMaps(split, { height: 7, width: 5 }, 1);
    return Array.from({ length: points.count }, (_, row) => readPoints(points, row, 1));
  };
  const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((value, at) => value - b[at]));
  const nearest = (map: Float32Array, others: Float32Array[]) =>
    mean(others.map((other) => distance(map, other)).sort((a, b) => a - b).slice(0, 2));
  const known = maps(train), far = maps(test).map((map) => nearest(map, known));
  assertClose(scores.get("edgeDistance")!, far, { relative: 1e-6 }, "distances");
  deepEqual(without.get("edgeDistance"), scores.get("edgeDistance"));
  const own = known.map((map) => Math.log(nearest(map, known.filter((other) => other !== map))));
  const std = Math.sqrt(mean(own.map((value) => (value - mean(own)) ** 2)));
  const expected = without.get("combined")!.map((error, row) =>
    error + 2 * (Math.log(far[row]) - mean(own)) / std
  );
  assertClose(scores.get("combined")!, expected, { relative: 1e-5 }, "combined");
});

Deno.test("anomalyScorer() of images that are all the same, of one and of a perfect model are numbers", () => {
  for (const model of [identityModel(4), untrained({ kind: "vae", encoder: [4], latent: 1 })]) {
    const sized = { ...model, shape: [2, 2, 1] };
    for (const train of [imagesOf([1, 0, 0, 1]), imagesOf([0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0])]) {
      const scores = anomalyScores({
        engine,
        model: sized,
        train,
        test: imagesOf([0, 0, 0, 0], [1, 0, 0, 1]),
      });
      for (const [name, values] of scores) ok(values.every(Number.isFinite), name);
    }
  }
});

Deno.test("anomalyScorer() refuse a model that gives no numbers", () => {
  const model = untrained({ kind: "ae", encoder: [35], latent: 2 });
  model.parameters.fill(NaN);
  throws(
    () => anomalyScores({ engine, model, train: GLYPHS, test: GLYPHS }),
    /score "\w+" must be a finite number, got NaN at sample 0/,
  );
});

Deno.test("smoother() filters each channel of a colour image by itself", () => {
  const size = { height: 3, width: 4 };
  const channels = [0, 1, 2].map((channel) =>
    Float32Array.from({ length: 12 }, (_, pixel) => (7 * pixel + 5 * channel) % 11)
  );
  const colours = Float32Array.from({ length: 36 }, (_, at) => channels[at % 3][Math.floor(at / 3)]);
  const smoothed = smoother({ ...size, channels: 3 }, 0.8).smooth(Float32Array.of(9, ...colours), 1);
  for (const [channel, grey] of channels.entries()) {
    deepEqual([...smoothed].filter((_, at) => at % 3 === channel), [...smoother(size, 0.8).smooth(grey, 0)]);
  }
});

Deno.test("relativeDivergence() sums over all values of a colour image", () => {
  const size = { height: 1, width: 2 }, target = [0.9, 0.1, 0.5, 0.2, 0.6, 0.4];
  const output = [0.8, 0.2, 0.5, 0.1, 0.7, 0.3];
  const asRow = relativeDivergence({ height: 1, width: 6 }, 0)(target, output, 0);
  equal(relativeDivergence({ ...size, channels: 3 }, 0)(target, output, 0), asRow);
});
