import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import {
  ae,
  anomaly,
  type Dataset,
  discretisedLogistic,
  evaluate,
  exportRun,
  gaussian,
  generate,
  load,
  minMax,
  mnist,
  type ModelOptions,
  type ReconstructionLoss,
  standardize,
  train,
  type TrainedModel,
  vae,
} from "../../mod.ts";
import { sliceSplit } from "../../src/data/parts.ts";
import { scaleDataset } from "../../src/data/scale.ts";
import { modelTensors } from "../../src/models/tensors.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { assertClose } from "../support/close.ts";
import { GLYPHS, mustRun, runStage } from "./fake_run.ts";

const LOSSES: readonly ReconstructionLoss[] = [
  gaussian({ variance: "shared" }),
  gaussian({ variance: "pixel" }),
  gaussian({ variance: 0.05 }),
  "continuousBernoulli",
  "discretisedLogistic",
  discretisedLogistic({ scale: "pixel" }),
];

/** Glyphs of two grey levels, 20 to train on and 12 to test on. */
const GREY: Dataset = (() => {
  const grey = { ...GLYPHS.train, values: GLYPHS.train.values.map((byte) => byte === 0 ? 40 : 220) };
  return { ...GLYPHS, train: sliceSplit(grey, 35, 0, 20), test: sliceSplit(grey, 35, 20, 32) };
})();

async function trained(model: ModelOptions, dataset = GREY, epochs = 60): Promise<TrainedModel> {
  const { result } = await mustRun(
    train(model, { epochs, batchSize: 10, optimizer: { kind: "adam", learningRate: 0.01 } }),
    {
      inputs: { dataset },
    },
  );
  return result.outputs.model as TrainedModel;
}

for (const loss of LOSSES) {
  Deno.test(`a VAE with the loss ${JSON.stringify(loss)} learns, is evaluated, scored, drawn from and exported`, async () => {
    const options = vae({ encoder: [16], latent: 3, activation: "tanh", loss });
    const [early, late] = [await trained(options, GREY, 1), await trained(options)];
    const measured = async (model: TrainedModel) =>
      (await mustRun(evaluate({ importanceSamples: 20 }), { inputs: { dataset: GREY, model } })).result
        .metrics!;
    const [before, after] = [await measured(early), await measured(late)];
    ok(after["train.elbo"] > before["train.elbo"], `${before["train.elbo"]} to ${after["train.elbo"]}`);
    ok(after["train.mse"] < before["train.mse"], `${before["train.mse"]} to ${after["train.mse"]}`);
    const { kind } = late.spec.loss as { kind: string }, name = kind ?? late.spec.loss;
    assertClose([after.elboAtMean], [-after[name] - after.kl], { relative: 1e-12 }, "elboAtMean");
    if (name === "discretisedLogistic") {
      equal(after.bitsPerDimension, -after.elbo / (35 * Math.LN2));
      equal(after.bitsPerDimensionLow, -after.elboHigh / (35 * Math.LN2));
      equal(after.importanceBitsPerDimension, -after.importanceBound / (35 * Math.LN2));
    } else equal(after.bitsPerDimension, undefined);
    const inputs = { dataset: GREY, model: late };
    const labelled = {
      ...GREY,
      labelNames: ["a", "b"],
      train: withLabels(GREY.train, 0),
      test: withLabels(GREY.test, 1),
    };
    const scores = await mustRun(anomaly({ score: "likelihood" }), {
      inputs: { ...inputs, dataset: labelled },
    });
    ok(scores.result.metrics !== undefined);
    const { generated } = (await mustRun(generate({ count: 5 }), { inputs })).result.outputs;
    ok((generated as Float32Array).every(Number.isFinite));
    const exported = await mustRun(exportRun({ formats: ["safetensors", "onnx", "pytorch", "tfjs"] }), {
      inputs,
    });
    ok(exported.files.has("model/onnx/decoder.onnx") && exported.files.has("model/model.py"));
    equal(exported.files.has("model/tfjs/decoder/model.json"), name === "gaussian");
  });
}

function withLabels(split: Dataset["train"], odd: number): Dataset["train"] {
  return { ...split, labels: Uint16Array.from({ length: split.count }, (_, row) => odd * (row % 2)) };
}

Deno.test("the variance that is shared is the mean squared error after one epoch, as the sigma-VAE's optimum", async () => {
  const model = ae({ encoder: [16], latent: 4, loss: gaussian({ variance: "shared" }) });
  // All else stays, so that the error does.
  const { result } = await mustRun(
    train(model, { epochs: 1, batchSize: 10, freeze: ["encoder", "decoder"] }),
    { inputs: { dataset: GREY } },
  );
  const trained = result.outputs.model as TrainedModel;
  const raw = modelTensors(trained).find(({ name }) => name === "likelihood.logVariance")!.data;
  const inputs = { dataset: GREY, model: trained };
  const { metrics } = (await mustRun(evaluate({ splits: ["train"] }), { inputs })).result;
  equal(raw.length, 1);
  const variance = Math.exp(10 * Math.tanh(raw[0] / 10));
  // The second of both batches counts a little more than the first.
  assertClose([variance], [metrics!["train.mse"]], { relative: 0.01 }, "variance");
});

Deno.test("train refuses the discretised logistic for values between levels, and takes bytes and their shares", async () => {
  const model = ae({ encoder: [8], latent: 2, loss: "discretisedLogistic" });
  const refused = async (dataset: Dataset) =>
    (await runStage(train(model, { epochs: 1 }), { inputs: { dataset } })).error;
  const shares = Float32Array.from(GLYPHS.train.values, (byte) => byte / 255);
  const floats = { ...GLYPHS.train, values: shares };
  equal(await refused(GLYPHS), undefined);
  equal(await refused({ ...GLYPHS, train: floats, test: floats }), undefined);
  const between = { ...floats, values: shares.map((value, at) => at === 77 ? 0.3 : value) };
  match(
    (await refused({ ...GLYPHS, train: between }))!.message,
    /^model\.loss must be another one than "discretisedLogistic" for values that are not k \/ 255, k from 0 to 255, got 0\.300 \(pixels of 8 bits/,
  );
  match((await refused(scaleDataset(GREY, minMax({ per: "all" }))))?.message ?? "taken", /^taken$/);
  match((await refused(scaleDataset(GREY, standardize())))!.message, /got -?\d/);
});

Deno.test("train plans a fault where standardized data meet a likelihood of values in [0, 1]", () => {
  const planned = (loss: ReconstructionLoss) => {
    const { plan, schema } = definitionOf(train(vae({ encoder: [400], latent: 20, loss })));
    const stage = train(vae({ encoder: [400], latent: 20, loss }));
    const source = load(mnist(), { scale: standardize({ per: "all" }) }), loading = definitionOf(source);
    const { facts } = loading.plan!(loading.schema.parse(source.options), {});
    return plan!(schema.parse(stage.options), facts!).faults!.map(({ path }) => path);
  };
  deepEqual(planned("bce"), ["model.outputActivation"]);
  deepEqual(planned("continuousBernoulli"), ["model.outputActivation"]);
  deepEqual(planned("discretisedLogistic"), ["model.loss"]);
  deepEqual(planned(gaussian({ variance: "pixel" })), []);
});
