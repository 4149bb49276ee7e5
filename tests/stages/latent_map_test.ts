import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal, throws } from "node:assert/strict";
import {
  conv,
  evaluate,
  exportRun,
  generate,
  glyphs,
  interpolate,
  latentSpace,
  load,
  pipeline,
  train,
  vae,
} from "../../mod.ts";
import { encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { useModel } from "../../src/inference/load_model.ts";
import { readModel } from "../../src/models/model_file.ts";
import { encodeModel } from "../../src/models/tensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import { eventsOf, GLYPHS, mustRun } from "./fake_run.ts";

const wasm = await loadEngine("wasm");
// 7x5 to 4x3 positions with 2 channels each.
const MODEL = vae({ encoder: [conv(8, { stride: 2 })], latentChannels: 2, activation: "tanh" });
const adam = { kind: "adam", learningRate: 0.01 } as const;
const trained = await mustRun(train(MODEL, { epochs: 40, batchSize: 8, optimizer: adam }), {
  inputs: { dataset: GLYPHS },
});
const model = trained.result.outputs.model as TrainedModel, inputs = { dataset: GLYPHS, model };

Deno.test("train() of a model whose latent is a feature map learns, and its file holds the model again", async () => {
  const epochs = eventsOf(trained.events, "epoch");
  ok(epochs.at(-1)!.loss! < 0.9 * epochs[0].loss!, `${epochs[0].loss} to ${epochs.at(-1)!.loss}`);
  deepEqual([model.spec.latent, model.spec.latentChannels], [4 * 3 * 2, 2]);
  equal(eventsOf(trained.events, "health").at(-1)!.mean.length, 24);
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, encodeModel(model));
  const { spec, parameters } = readModel(file);
  await Deno.remove(file);
  deepEqual([spec, parameters], [model.spec, model.parameters]);
});

Deno.test("stages and exports treat a latent that is a feature map as a vector of its values", async () => {
  const { result } = await mustRun(evaluate(), { inputs });
  ok(Number.isFinite(result.metrics!.elbo) && result.metrics!.activeUnits > 0);
  for (
    const stage of [
      generate({ count: 9 }),
      interpolate({ from: { sample: 0 }, to: { sample: 1 }, steps: 3 }),
      latentSpace(),
      exportRun({ formats: ["tfjs", "onnx", "pytorch"], latents: "npy" }),
    ]
  ) {
    const { events } = await mustRun(stage, { inputs });
    deepEqual(eventsOf(events, "warning"), [], stage.kind);
  }
  const loaded = useModel(model, wasm, "a file");
  const points = await loaded.encode(GLYPHS.test.values as Uint8Array);
  deepEqual([loaded.latent, points.shape], [24, [32, 24]]);
  deepEqual(points.data, encodeImages(wasm, model, GLYPHS.test));
  deepEqual((await loaded.decode(points)).shape, [32, 7, 5, 1]);
});

Deno.test("resolvePipeline() plans the shape of a latent that is a feature map, and names what does not fit", () => {
  const chain = pipeline("p").pipe(load(glyphs())).pipe(train(MODEL));
  const { lines } = resolvePipeline(chain).stages[1];
  equal(lines[0], "vae 7x5-conv8/2-4x3x2-convT8-convT1/2, 213 parameters");
  ok(lines.includes("latent: a map of 4x3x2 = 24 latent dimensions"));
  ok(lines.some((line) => /^ +latent +conv +linear +4x3x4 +36$/.test(line)), lines.join("\n"));
  throws(
    () => resolvePipeline(chain, { overrides: ["train.model.latentChannels=3"] }),
    /train\.model\.latentChannels must give at most 35 latent dimensions, the values of a sample, got 36 \(at most 2 channels\)/,
  );
  throws(
    () => resolvePipeline(chain, { overrides: ["train.model.encoder=[9]"] }),
    /train\.model\.latentChannels needs an encoder that ends with a feature map, got one that ends with a vector of 9/,
  );
  // Settings also change what the file left out, here the optimizer.
  const overrides = ["train.optimizer.learningRate=0.01", "train.model.latentChannels=1"];
  ok(
    resolvePipeline(chain, { overrides }).stages[1].lines.includes(
      "latent: a map of 4x3 = 12 latent dimensions",
    ),
  );
  throws(
    () => resolvePipeline(chain, { overrides: ["train.model.latent=2"] }),
    /train\.model\.latentChannels must be left out where latent is given, got 2 and 2 \(set one of them to null\)/,
  );
  const vector = resolvePipeline(chain, {
    overrides: ["train.model.latent=2", "train.model.latentChannels=null"],
  });
  match(vector.stages[1].lines[0], /^vae 7x5-conv8\/2-2-/);
});
