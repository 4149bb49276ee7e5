import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  strictEqual as equal,
} from "node:assert/strict";
import {
  decodePoints,
  encodeImages,
  encodePosteriors,
  evaluator,
  reconstruct,
} from "../../../src/analysis/reconstruction/inference.ts";
import { sliceSplit } from "../../../src/data/parts.ts";
import { assertClose } from "../../support/close.ts";
import { identityModel, imagesOf, modelOf, randomImages, untrained, wasm as engine } from "../hand_models.ts";

/** More rows than one batch has, and no multiple of it. */
const MANY = randomImages(300, 35);
const NOISE = {
  corruption: { kind: "masking", share: 0.5 },
  key: { seed: 1, stream: "evaluation", epoch: 0 },
} as const;

for (const kind of ["ae", "vae"] as const) {
  Deno.test(`encodeImages and decodePoints of an ${kind} together reconstruct, over more rows than one batch`, () => {
    const model = untrained({ kind, encoder: [35, 9], latent: 2, activation: "tanh", initialiser: "he" });
    const points = encodeImages(engine, model, MANY);
    equal(points.length, 300 * 2);
    const { targets, inputs, outputs } = reconstruct(evaluator(engine, model, MANY), 300);
    assertClose(decodePoints(engine, model, points), outputs, { absolute: 1e-6 }, "outputs");
    assertClose(targets, Float32Array.from(MANY.values, (byte) => byte / 255), { absolute: 1e-7 }, "targets");
    deepEqual(inputs, targets);
    // The last image lies in the second batch.
    const last = encodeImages(engine, model, sliceSplit(MANY, 35, 299, 300));
    assertClose(points.subarray(598), last, { absolute: 1e-6 }, "the last point");
  });
}

Deno.test("encodeImages of a VAE gives the means, without the log-variances", () => {
  // Means: the sum and the difference of the pixels; log-variances: 5 and -5.
  const model = modelOf(
    { kind: "vae", encoder: [2], latent: 2 },
    [1, 1, 0, 0, 1, -1, 0, 0, 0, 0, 5, -5, 0, 0, 0, 0, 0, 0],
  );
  deepEqual([...encodeImages(engine, model, imagesOf([1, 0], [1, 1]))], [1, 1, 2, 0]);
});

Deno.test("encodePosteriors gives the means and the bounded log-variances, over more rows than one batch", () => {
  const model = modelOf(
    { kind: "vae", encoder: [2], latent: 2 },
    [1, 1, 0, 0, 1, -1, 0, 0, 0, 0, 5, -5, 0, 0, 0, 0, 0, 0],
  );
  const { mean, logVariance } = encodePosteriors(engine, model, imagesOf(...Array(300).fill([1, 0])));
  deepEqual([mean.length, logVariance.length], [600, 600]);
  deepEqual([...mean.subarray(598)], [1, 1]);
  const bounded = 10 * Math.tanh(0.5);
  assertClose(logVariance.subarray(598), [bounded, -bounded], { absolute: 1e-5 }, "log-variances");
});

Deno.test("encodePosteriors draws the pixels of images that are resampled, as encodeImages does", () => {
  const model = untrained({ kind: "vae", encoder: [35, 9], latent: 2 });
  const drawn = { ...MANY, resampled: 3 }, { mean } = encodePosteriors(engine, model, drawn);
  deepEqual(mean, encodeImages(engine, model, drawn));
  notDeepEqual(mean, encodeImages(engine, model, MANY));
});

Deno.test("decodePoints takes plain lists and reads only the decoder's parameters", () => {
  const model = identityModel(3, [0.5, 0, 0]);
  deepEqual([...decodePoints(engine, model, [1, 2, 3, -1, 0, 0])], [1.5, 2, 3, -0.5, 0, 0]);
});

Deno.test("reconstruct returns the noisy input with the clean target, drawn again for each sample", () => {
  const split = imagesOf(Array(35).fill(1), Array(35).fill(1));
  const evaluation = evaluator(engine, identityModel(35), split);
  const { targets, inputs, outputs } = reconstruct(evaluation, 2, NOISE);
  deepEqual([...targets], Array(70).fill(1));
  deepEqual(outputs, inputs);
  const masked = inputs.filter((value) => value === 0).length;
  equal(masked > 15 && masked < 55, true, `${masked} of 70 pixels are masked`);
  notDeepEqual(inputs.slice(0, 35), inputs.slice(35));
  deepEqual(reconstruct(evaluation, 2, NOISE).inputs, inputs);
  deepEqual(reconstruct(evaluation, 2).inputs, targets);
});

Deno.test("reconstruct uses a VAE's mean, also after its latent was drawn", () => {
  const model = untrained({ kind: "vae", encoder: [35, 9], latent: 2, initialiser: "he" });
  const evaluation = evaluator(engine, model, MANY), before = reconstruct(evaluation, 300);
  const drawn: number[] = [];
  const sampled = { seed: 1, stream: "evaluationLatent", epoch: 1 } as const;
  evaluation.forEachBatch(
    { samples: 300, sampled },
    () => drawn.push(evaluation.program.output("output")[0]),
  );
  notDeepEqual(drawn[0], before.outputs[0]);
  deepEqual(reconstruct(evaluation, 300), before);
});
