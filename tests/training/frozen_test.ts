import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { loadEngine } from "../../src/engine/load.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { conv, dropout, reshape } from "../../src/models/layers/kinds.ts";
import { residual } from "../../src/models/layers/table.ts";
import { ae } from "../../src/models/options.ts";
import { modelTensors } from "../../src/models/tensors.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { fit } from "../../src/training/fit.ts";
import { freezableNames, parameterRanges } from "../../src/training/frozen.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { GLYPHS, TINY } from "./tiny.ts";

const MODEL = ModelSpec.parse(TINY);
const WEIGHTS = initialParameters(MODEL, 3);

async function trained(
  freeze: string[],
  optimizer: object,
  engine = "wasm",
  { clipNorm = null, ema }: { clipNorm?: number | null; ema?: number } = {},
) {
  return fit({
    engine: await loadEngine(engine as "wasm"),
    model: MODEL,
    data: { train: GLYPHS, freshNoise: true },
    options: {
      optimizer: OptimizerSpec.parse(optimizer),
      schedule: { kind: "constant", warmupEpochs: 0 },
      epochs: 3,
      batchSize: 8,
      repeats: 1,
      shuffleBlock: null,
      patience: null,
      minDelta: 0,
      monitor: "loss",
      clipNorm,
      ema,
    },
    seed: 1,
    initial: WEIGHTS,
    freeze,
    signal: { aborted: false, reason: undefined },
    onEpoch() {},
  }).parameters;
}

/** The names of the tensors that differ from the weights at the start. */
function changed(parameters: Float32Array): string[] {
  const before = modelTensors({ spec: MODEL, parameters: WEIGHTS });
  return modelTensors({ spec: MODEL, parameters }).filter(({ data }, at) =>
    data.some((value, place) => value !== before[at].data[place])
  ).map(({ name }) => name);
}

const ENCODER = ["encoder.0.weight", "encoder.0.bias", "latent.weight", "latent.bias"];
const DECODER = ["decoder.0.weight", "decoder.0.bias", "output.weight", "output.bias"];

for (const engine of ["reference", "wasm", "native", "tfjs"]) {
  Deno.test(`freeze leaves parts as they are, bit for bit, and trains the others (${engine})`, async () => {
    const adam = { kind: "adamw", weightDecay: 0.1 };
    deepEqual(changed(await trained(["encoder"], adam, engine)), DECODER);
    deepEqual(changed(await trained(["decoder"], adam, engine)), ENCODER);
    deepEqual(changed(await trained(["encoder.0", "output"], { kind: "momentum" }, engine)), [
      ...ENCODER.slice(2),
      ...DECODER.slice(0, 2),
    ]);
    deepEqual(changed(await trained([], adam, engine)), [...ENCODER, ...DECODER]);
    deepEqual(changed(await trained(["encoder"], adam, engine, { ema: 0.9 })), DECODER);
  });
}

Deno.test("freeze takes frozen gradients out of the norm that is clipped", async () => {
  // Plain descent: a smaller norm of the others clips less, so they move further.
  const move = (parameters: Float32Array) =>
    parameters.reduce((sum, value, at) => sum + Math.abs(value - WEIGHTS[at]), 0);
  const sgd = { kind: "sgd", learningRate: 0.1 };
  const [start] = parameterRanges(MODEL, ["decoder"]);
  const decoder = (parameters: Float32Array) =>
    move(Float32Array.from(parameters, (value, at) => at < start.start ? WEIGHTS[at] : value));
  const frozen = await trained(["encoder"], sgd, "wasm", { clipNorm: 1e-3 }),
    free = await trained([], sgd, "wasm", { clipNorm: 1e-3 });
  ok(decoder(frozen) > decoder(free) * 1.0001, `${decoder(frozen)} ${decoder(free)}`);
});

Deno.test("freezableNames() are the parts and each layer, and parameterRanges() joins neighbours", () => {
  deepEqual(freezableNames(MODEL), ["encoder", "decoder", "encoder.0", "latent", "decoder.0", "output"]);
  const all = parameterRanges(MODEL, ["encoder", "decoder"]);
  deepEqual(all, [{ start: 0, end: WEIGHTS.length }]);
  equal(parameterRanges(MODEL, ["encoder.0", "output"]).length, 2);
});

Deno.test("freezableNames() are blocks as wholes and the layers in them, without layers that have nothing to freeze", () => {
  const model = ModelSpec.parse(ae({
    input: [7, 5, 1],
    encoder: [conv(2), dropout(0.1), residual([conv(3), dropout(0.1), conv(3)])],
    latent: 2,
    decoder: [35, reshape([7, 5, 1]), conv(1)],
  }));
  deepEqual(freezableNames(model), [
    "encoder",
    "decoder",
    "encoder.0",
    "encoder.2",
    "encoder.2.layers.0",
    "encoder.2.layers.2",
    "encoder.2.projection",
    "latent",
    "decoder.0",
    "output",
  ]);
  // 9 x 2 + 2 before the block; 9 x 2 x 3 + 3 and 9 x 3 x 3 + 3 in it, and a projection of 2 x 3 + 3.
  deepEqual(parameterRanges(model, ["encoder.2"]), [{ start: 20, end: 20 + 57 + 84 + 9 }]);
  deepEqual(parameterRanges(model, ["encoder.2.layers.2"]), [{ start: 77, end: 77 + 84 }]);
});
