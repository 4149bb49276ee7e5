import { brightness, BYTES_SCALE, type Scale } from "../../src/core/scale.ts";
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { decodePoints } from "../../src/analysis/reconstruction/inference.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { decode, setClass, unpackDecoder } from "../../src/report/page/decoder.js";
import { packDecoder, weightsBeyondPage } from "../../src/report/explorer/packed_decoder.ts";
import { conditionSize, conditionsOf, isConditional } from "../../src/models/condition.ts";
import { modelTensors } from "../../src/models/tensors.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { inputSize, ModelSpec } from "../../src/models/spec.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { assertClose } from "../support/close.ts";
import { chooser } from "../support/numbers.ts";
import { MODELS } from "../support/models.ts";

const reference = await loadEngine("reference");

/** A model with nonzero biases, unlike initial weights. */
function modelWithBiases(spec: ModelSpec): TrainedModel {
  const choose = chooser(3),
    parameters = initialParameters(spec, 1).map((value) => value + (choose(200) - 100) / 1000);
  return { spec, parameters, shape: [1, inputSize(spec), 1], scale: BYTES_SCALE };
}

/** The largest difference between the page's decoder and the engine's, over some points. */
function worst(model: TrainedModel): { format: string; difference: number } {
  const packed = packDecoder(model, modelTensors(model))!;
  const decoder = unpackDecoder(JSON.parse(JSON.stringify(packed))), { latent } = model.spec;
  let difference = 0;
  for (let point = 0; point < 5; point++) {
    const z = Array.from({ length: latent }, (_, k) => Math.sin(1 + 7 * point + 3 * k) * 2);
    const place = point % Math.max(1, conditionSize(model.spec));
    setClass(decoder, place);
    const conditions = isConditional(model.spec) ? conditionsOf(model.spec, [place]) : undefined;
    const expected = decodePoints(reference, model, z, conditions), actual = decode(decoder, z);
    equal(actual.length, expected.length);
    actual.forEach((value, at) => difference = Math.max(difference, Math.abs(value - expected[at])));
  }
  return { format: packed.format, difference };
}

for (const [name, spec] of Object.entries(MODELS)) {
  Deno.test(`decode draws in the page what the engine decodes: ${name}`, () => {
    const { format, difference } = worst(modelWithBiases(spec));
    equal(format, "f32");
    ok(difference < 2e-6, `${difference}`);
  });
}

Deno.test("packDecoder chooses the most exact format that fits the page, and each is as exact as its bits allow", () => {
  const of = (encoder: number[], latent = 8) =>
    modelWithBiases(ModelSpec.parse({ kind: "ae", encoder, latent, activation: "tanh" }));
  const half = worst(of([1000, 600])), eighth = worst(of([1500, 1000])), sixth = worst(of([2000, 1200]));
  equal(half.format, "f16");
  ok(half.difference < 1 / 510, `${half.difference}`);
  equal(eighth.format, "i8");
  ok(eighth.difference < 0.02, `${eighth.difference}`);
  ok(half.difference > 0 && eighth.difference > half.difference);
  equal(sixth.format, "i6");
  ok(sixth.difference < 0.06 && sixth.difference > eighth.difference, `${sixth.difference}`);
  const large = of([3000, 1500]);
  equal(packDecoder(large, modelTensors(large)), undefined);
  // 8 x 1500 + 1500 x 3000
  deepEqual(weightsBeyondPage(large), { weights: 4_512_000, most: 2_900_000 });
  equal(weightsBeyondPage(of([2000, 1200])), undefined);
});

Deno.test("packDecoder returns undefined when a tensor is missing or has another size", () => {
  const model = modelWithBiases(ModelSpec.parse({ kind: "ae", encoder: [6, 4], latent: 2 }));
  const tensors = modelTensors(model);
  ok(packDecoder(model, tensors) !== undefined);
  equal(packDecoder(model, tensors.filter(({ name }) => name !== "output.bias")), undefined);
  equal(packDecoder({ ...model, spec: { ...model.spec, latent: 3 } }, tensors), undefined);
});

Deno.test("packDecoder draws brightness, whatever scale the model was trained under", () => {
  const spec = ModelSpec.parse({ kind: "ae", encoder: [3, 4], latent: 2, outputActivation: "linear" });
  const scales: Scale[] = [
    {
      spec: { kind: "standardize", per: "feature" },
      shift: [10, 20, 30],
      divisor: [1, 2, 3],
      drawn: [0, 50],
    },
    { spec: { kind: "standardize", per: "all" }, shift: [100], divisor: [60], drawn: [0, 255] },
  ];
  for (const scale of scales) {
    const model = { ...modelWithBiases(spec), scale };
    const decoder = unpackDecoder(JSON.parse(JSON.stringify(packDecoder(model, modelTensors(model)))));
    const z = [0.3, -1.2], expected = brightness(scale, decodePoints(reference, model, z));
    assertClose(decode(decoder, z), Array.from(expected), { absolute: 1e-6 }, scale.spec.kind);
  }
});
