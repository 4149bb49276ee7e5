import {
  deepStrictEqual as deepEqual,
  match,
  notStrictEqual as notEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import type { Dataset } from "../../src/data/dataset.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { stageKeys } from "../../src/pipeline/keys.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import {
  ae,
  glyphs,
  hallucinate,
  type HallucinateOptions,
  images,
  load,
  pipeline,
  train,
} from "../../mod.ts";
import { datasetOf, identityModel, imagesOf } from "../analysis/hand_models.ts";
import { assertClose } from "../support/close.ts";
import { GLYPHS, modelOf, mustRun, pngSize, runStage } from "./fake_run.ts";

async function show(
  options: HallucinateOptions = {},
  { dataset = GLYPHS, model = modelOf({ kind: "vae" }) }: { dataset?: Dataset; model?: TrainedModel } = {},
) {
  const { result, files } = await mustRun(hallucinate(options), { inputs: { dataset, model } });
  const metrics = result.metrics as Record<string, number>;
  for (const [name, value] of Object.entries(metrics)) ok(Number.isFinite(value), name);
  return {
    metrics,
    note: result.note!,
    files,
    errors: result.outputs.hallucinated as Record<string, Float64Array>,
  };
}

Deno.test("hallucinate shows four kinds of inputs, each with its numbers and its picture", async () => {
  const { metrics, note, files } = await show();
  const kinds = ["inverted", "glyphs", "noise", "constant"];
  deepEqual(Object.keys(metrics), [
    "mse",
    ...kinds.flatMap((kind) =>
      ["mse", "ratio", "auroc", "aurocLow", "aurocHigh"].map((name) => `${kind}.${name}`)
    ),
  ]);
  deepEqual([...files.keys()], kinds.map((kind) => `hallucinate-${kind}.png`));
  for (const file of files.values()) ok(pngSize(file)[0] > 100);
  match(
    note,
    /^squared error against the test images': inverted [\d.]+ times \(AUROC [\d.]+\), glyphs 1\.00 times \(AUROC 0\.500\), /,
  );
});

Deno.test("hallucinate compares errors by hand: an image that is reconstructed as it is but for 0.5 at each pixel", async () => {
  // A linear model that adds 0.5 to what it sees, in pictures of two pixels; bytes of 51 are 0.2.
  const model = identityModel(2, [0.5, 0]), dataset = datasetOf(imagesOf([0, 0.2], [0.2, 1]), 1, 2);
  const { metrics, errors } = await show({ inputs: ["inverted", "constant"] }, { dataset, model });
  assertClose([metrics.mse, metrics["inverted.ratio"], metrics["constant.auroc"]], [0.125, 1, 0.5], {
    absolute: 1e-6,
  }, "numbers");
  deepEqual(Object.keys(errors), ["test", "inverted", "constant"]);
  equal(errors.constant.length, 16);
});

Deno.test("hallucinate notices what is reconstructed worse than any test image", async () => {
  // All that this model makes is black.
  const model = identityModel(4), black = { ...model, parameters: model.parameters.map(() => 0) };
  const dataset = datasetOf(imagesOf([0.2, 0, 0, 0], [0, 0.4, 0, 0]), 2, 2);
  const { metrics } = await show({ inputs: ["inverted"] }, { dataset, model: black });
  assertClose([metrics["inverted.ratio"], metrics["inverted.auroc"]], [(3.64 + 3.36) / 0.2, 1], {
    relative: 1e-5,
  }, "numbers");
});

Deno.test("hallucinate leaves the ratio out where test images are reconstructed without any error", async () => {
  const { metrics, note } = await show({ inputs: ["noise"], count: 3 }, {
    model: identityModel(4),
    dataset: datasetOf(imagesOf([0, 1, 1, 0]), 2, 2),
  });
  deepEqual(Object.keys(metrics), ["mse", "noise.mse", "noise.auroc", "noise.aurocLow", "noise.aurocHigh"]);
  match(note, /noise 0\.00 against 0 \(AUROC 0\.500\)/);
});

Deno.test("hallucinate takes any other source, scaled, and gives a second one of a kind a name of its own", async () => {
  const dataset = datasetOf(imagesOf(new Array(64).fill(0.5), new Array(64).fill(0)), 8, 8);
  const { metrics, files } = await show({ inputs: [glyphs(), "glyphs"], shown: 3 }, {
    dataset,
    model: identityModel(64),
  });
  ok("glyphs.auroc" in metrics && "glyphs2.auroc" in metrics);
  equal(metrics["glyphs.mse"], metrics["glyphs2.mse"]);
  deepEqual([...files.keys()], ["hallucinate-glyphs.png", "hallucinate-glyphs2.png"]);
});

Deno.test("hallucinate works with one latent dimension, three images and constant ones", async () => {
  const three = imagesOf(new Array(35).fill(0.5), new Array(35).fill(0.5), new Array(35).fill(0.5));
  const { metrics } = await show({ count: 2 }, {
    dataset: datasetOf(three, 7, 5),
    model: modelOf({ kind: "vae", latent: 1 }),
  });
  equal(Object.keys(metrics).length, 21);
});

Deno.test("hallucinate fails with a clear word for a model that has diverged", async () => {
  const model = modelOf(), parameters = model.parameters.map(() => NaN);
  const { error } = await runStage(hallucinate(), {
    inputs: { dataset: GLYPHS, model: { ...model, parameters } },
  });
  equal(error!.name, "RunError");
  match(
    error!.message,
    /errors must be finite numbers, got NaN for test images; the training has diverged/,
  );
});

Deno.test("hallucinate stops between inputs on request", async () => {
  const { result } = await mustRun(hallucinate(), {
    inputs: { dataset: GLYPHS, model: modelOf() },
    stop: () => true,
  });
  deepEqual(Object.keys(result.metrics!), ["mse"]);
});

Deno.test("hallucinate plans what it shows, and refuses an unknown input", () => {
  const { schema, plan } = definitionOf(hallucinate({ inputs: ["noise", glyphs()] }));
  deepEqual(plan!(schema.parse({ inputs: ["noise", { source: "glyphs" }] }), {}).lines, [
    "noise, glyphs: at most 1000 images each",
  ]);
  equal(schema.safeParse({ inputs: ["nosie"] }).success, false);
  equal(schema.safeParse({ inputs: [] }).success, false);
});

Deno.test("hallucinate has another key when the files of a source change, and none for inputs that are drawn", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const keyOf = async (inputs: HallucinateOptions["inputs"]) => {
      const whole = pipeline("p").pipe(load(glyphs())).pipe(train(ae({ encoder: [9], latent: 2 })))
        .pipe(hallucinate({ inputs }));
      return (await stageKeys(resolvePipeline(whole), "wasm")).get("hallucinate")!;
    };
    const pictures = images(folder, { height: 7, width: 5 });
    await Deno.writeTextFile(`${folder}/a.pgm`, "P2 1 1 255 7");
    const before = await keyOf([pictures]);
    equal((await keyOf([pictures])).key, before.key);
    await Deno.writeTextFile(`${folder}/b.pgm`, "P2 1 1 255 9");
    notEqual((await keyOf([pictures])).key, before.key);
    equal((await keyOf(["inverted", "noise"])).identity.content, undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
