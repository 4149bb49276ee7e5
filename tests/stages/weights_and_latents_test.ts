import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { parse as parseCsv } from "csv-parse/sync";
import { ae, evaluate, exportRun, glyphs, load, pipeline, train } from "../../mod.ts";
import { encodeModel } from "../../src/models/tensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { stageKeys } from "../../src/pipeline/keys.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import { glyphDataset } from "../../src/data/glyphs.ts";
import { encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { wasm } from "../analysis/hand_models.ts";
import { runStage } from "./fake_run.ts";

const MODEL = ae({ encoder: [35, 9], latent: 2, activation: "tanh" });

async function trainedModel(options: object = {}): Promise<TrainedModel> {
  const { result, error } = await runStage(train(MODEL, { epochs: 2, ...options }), {
    inputs: { dataset: glyphDataset() },
  });
  if (error !== undefined) throw error;
  return result!.outputs.model as TrainedModel;
}

Deno.test("train() starts from the weights of a file, and a key depends on its content and not on its name", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const first = await trainedModel(),
      keyOf = async (initial: string | null) => {
        const whole = pipeline("p").pipe(load(glyphs())).pipe(train(MODEL, { initial }));
        return (await stageKeys(resolvePipeline(whole), "wasm")).get("train")!.identity.content;
      };
    const [a, b] = ["a", "b"].map((name) => `${folder}/${name}.safetensors`);
    await Deno.writeFile(a, encodeModel(first));
    await Deno.writeFile(b, encodeModel(first));
    equal(await keyOf(a), await keyOf(b));
    equal(await keyOf(null), undefined);
    await Deno.writeFile(
      b,
      encodeModel({ ...first, parameters: first.parameters.map((value) => value * 2) }),
    );
    ok(await keyOf(a) !== await keyOf(b));
    const frozen = await trainedModel({ initial: a, freeze: ["encoder"] }), half = 35 * 9 + 9 + 9 * 2 + 2;
    deepEqual(frozen.parameters.subarray(0, half), first.parameters.subarray(0, half));
    ok(frozen.parameters.some((value, at) => value !== first.parameters[at]));
    const wrong = await runStage(train(MODEL, { freeze: ["encodr"] }), {
      inputs: { dataset: glyphDataset() },
    });
    match(wrong.error!.message, /freeze must be some of encoder, decoder, encoder\.0, .*got "encodr"/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("train() records what using its model needs: kind of values, classes, quantiles of scores, moments of latents", async () => {
  const model = await trainedModel(), { use } = model;
  equal(use!.values, "bytes");
  equal(use!.held!.split, "train");
  equal(use!.held!.count, 32);
  const { reconstruction } = use!.held!.scores;
  equal(reconstruction.length, 32);
  deepEqual(reconstruction, reconstruction.toSorted((one, other) => one - other));
  equal(use!.latents!.mean.length, 2);
});

Deno.test("exportRun() writes the latent points of whole splits, and a module for PyTorch with its weights", async () => {
  const model = await trainedModel(), dataset = glyphDataset();
  const run = async (options: object) =>
    (await runStage(exportRun({ formats: [], pictures: false, ...options }), { inputs: { dataset, model } }))
      .files;
  const points = encodeImages(wasm, model, dataset.train);
  const npy = (await run({ latents: "npy" })).get("latents/train.npy")!;
  deepEqual(new Float32Array(npy.slice(npy.length - points.byteLength).buffer), points);
  const csv = parseCsv((await run({ latents: "csv" })).get("latents/train.csv")!, {
    columns: true,
  }) as Record<string, string>[];
  equal(csv.length, 32);
  deepEqual(
    csv.map(({ z1 }) => Math.fround(Number(z1))),
    Array.from({ length: 32 }, (_, row) => points[row * 2 + 1]),
  );
  ok((await run({ latents: "parquet" })).get("latents/train.parquet")!.length > 100);
  const files = await run({ formats: ["pytorch"] });
  deepEqual([...files.keys()].sort(), ["model/model.py", "model/model.pytorch.safetensors"]);
});

Deno.test("evaluate() writes the errors of each sample where it is asked to", async () => {
  const model = await trainedModel(), dataset = glyphDataset();
  const { files } = await runStage(evaluate({ perSample: true }), { inputs: { dataset, model } });
  const rows = parseCsv(files.get("evaluate-samples.csv")!, { columns: true }) as Record<string, string>[];
  equal(rows.length, 32);
  deepEqual(Object.keys(rows[0]), ["split", "sample", "label", "reconstruction", "crossEntropy"]);
  const { result } = await runStage(evaluate(), { inputs: { dataset, model } });
  const mean = rows.reduce((sum, row) => sum + Number(row.reconstruction), 0) / 32 / 35;
  ok(Math.abs(mean - result!.metrics!.mse) < 1e-6);
});
