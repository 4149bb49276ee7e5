import {
  deepStrictEqual as deepEqual,
  match,
  ok,
  rejects,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import {
  anomaly,
  arithmetic,
  clusters,
  conv,
  evaluate,
  exportRun,
  farthestSample,
  generate,
  glyphs,
  hallucinate,
  interpolate,
  latentSpace,
  load,
  novelty,
  pipeline,
  sharpness,
  train,
  vqvae,
} from "../../mod.ts";
import { codeUsage } from "../../src/analysis/latent/code_usage.ts";
import { encodeImages, evaluator, reconstruct } from "../../src/analysis/reconstruction/inference.ts";
import { decodeSafetensors } from "../../src/core/safetensors.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { useModel } from "../../src/inference/load_model.ts";
import { codePositions, hasCodebook } from "../../src/models/codebook.ts";
import { encodeModel } from "../../src/models/tensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import { assertClose } from "../support/close.ts";
import { eventsOf, GLYPHS, mustRun } from "./fake_run.ts";

const wasm = await loadEngine("wasm");
const adam = { kind: "adam", learningRate: 0.01 } as const;
const VECTORS = vqvae({ encoder: [24], latent: 12, codes: 16, dimensions: 3, activation: "tanh" });
const MAPS = vqvae({ encoder: [conv(8, { stride: 2 })], codes: 16, dimensions: 3 });
const trained = await mustRun(train(VECTORS, { epochs: 60, batchSize: 8, optimizer: adam }), {
  inputs: { dataset: GLYPHS },
});
const model = trained.result.outputs.model as TrainedModel;
const inputs = { dataset: GLYPHS, model };

Deno.test("train() of a VQ-VAE learns, reports its parts, and the use of its codes as health", () => {
  const epochs = eventsOf(trained.events, "epoch");
  ok(epochs.at(-1)!.loss! < 0.6 * epochs[0].loss!, `${epochs[0].loss} to ${epochs.at(-1)!.loss}`);
  deepEqual(Object.keys(epochs[0].parts!), ["reconstruction", "commitment", "perplexity"]);
  const { codes, mean } = eventsOf(trained.events, "health").at(-1)!;
  equal(codes!.total, 16);
  ok(codes!.used > 4 && codes!.perplexity! > 3, JSON.stringify(codes));
  equal(mean.length, 3);
  equal(eventsOf(trained.events, "training")[0].model.endsWith("by 4 of 16 codes"), true);
});

Deno.test("train() of a VQ-VAE warns at its end that it uses few of its codes, and is silent where it uses enough", async () => {
  // Steps so large that no unit of relu is above 0: the encoder gives its biases, whatever the sample.
  const model = vqvae({ encoder: [24], latent: 3, codes: 16, dimensions: 3 });
  const large = train(model, { epochs: 10, batchSize: 8, optimizer: { kind: "adam", learningRate: 1 } });
  const { events } = await mustRun(large, { inputs: { dataset: GLYPHS } });
  const [{ message }] = eventsOf(events, "warning"), last = eventsOf(events, "health").at(-1)!;
  match(
    message,
    /^the codebook has collapsed: 1 of 16 codes is used .*try a longer training .*a smaller learning rate/,
  );
  equal(last.collapse, message);
  deepEqual(eventsOf(trained.events, "warning"), []);
});

Deno.test("train() of a VQ-VAE of feature maps has a code at each position, and its file has the codebook", async () => {
  const { result } = await mustRun(train(MAPS, { epochs: 3, batchSize: 8 }), { inputs: { dataset: GLYPHS } });
  const { spec, parameters, ...rest } = result.outputs.model as TrainedModel;
  ok(hasCodebook(spec));
  equal(codePositions(spec), 4 * 3);
  const { tensors } = decodeSafetensors(encodeModel({ spec, parameters, ...rest }), "m");
  deepEqual(
    tensors.filter(({ name }) => name.startsWith("codebook")).map(({ name, shape }) => `${name} ${shape}`),
    ["codebook.codes 16,3", "codebook.usage 16", "codebook.sum 16,3"],
  );
});

Deno.test("resolvePipeline() plans the codes of a VQ-VAE, and refuses stages that need a prior or points", () => {
  const chain = pipeline("a").pipe(load(glyphs())).pipe(train(VECTORS));
  const lines = resolvePipeline(chain).stages[1].lines;
  ok(lines.includes("latent: 4 codes x 3 dimensions = 12 values/sample"));
  const maps = resolvePipeline(pipeline("a").pipe(load(glyphs())).pipe(train(MAPS))).stages[1].lines;
  ok(maps.includes("latent: 12 codes x 3 dimensions = 36 values/sample, a map of 4x3x3"));
  ok(maps.some((line) => /^ +codebook +12 x 3 +112$/.test(line)), maps.join("\n"));
  ok(lines.includes(
    "4 codes/sample from a codebook of 16 codes in 3 dimensions, commitment 0.25, decay 0.99, codes below 1 % of uniform use are restarted",
  ));
  const refused = [
    [generate(), /generate\.model must have a prior .* got a vqvae.*no prior to draw codes from/],
    [interpolate({ from: "a", to: "b" }), /interpolate\.model .*nothing between two codes/],
    [novelty(), /novelty\.model .*no prior/],
    [latentSpace(), /latentSpace\.model .*evaluate\(\) measures the use of codes/],
    [farthestSample(), /farthestSample\.model .*hallucinate/],
    [arithmetic(), /arithmetic\.model .*encode writes/],
    [clusters({ of: "test" }), /clusters\.model .*encode writes/],
  ] as const;
  for (const [stage, message] of refused) {
    throws(() => resolvePipeline(chain.pipe(stage as unknown as ReturnType<typeof evaluate>)), message);
  }
});

Deno.test("evaluate() measures the use of codes; other stages take a VQ-VAE as an autoencoder", async () => {
  const { metrics, result } = await mustRun(evaluate(), { inputs });
  const { usedCodes, deadCodes, codePerplexity } = result.metrics!;
  equal(usedCodes + deadCodes, 16);
  ok(codePerplexity > 1 && codePerplexity <= usedCodes);
  equal(metrics.deadCodes.direction, "lower");
  await mustRun(hallucinate({ count: 5 }), { inputs });
  await mustRun(sharpness(), { inputs });
  const one = {
    ...GLYPHS,
    labelNames: ["a", "b"],
    test: { ...GLYPHS.test, labels: new Uint16Array(32).map((_, at) => at % 2) },
    train: { ...GLYPHS.train, labels: new Uint16Array(32) },
  };
  await mustRun(anomaly({ trainImages: 20 }), { inputs: { dataset: one, model } });
});

Deno.test("codeUsage() counts used codes, and measures their perplexity", () => {
  const { total, used, perplexity } = codeUsage([0, 0, 3, 3, 5, 5], 8);
  deepEqual([total, used], [8, 3]);
  assertClose([perplexity], [3], { relative: 1e-12 }, "perplexity");
});

Deno.test("exportRun() writes a VQ-VAE as safetensors and ONNX, and names what cannot hold it", async () => {
  const { files, events } = await mustRun(
    exportRun({ formats: ["safetensors", "onnx", "tfjs", "pytorch"] }),
    { inputs },
  );
  deepEqual([...files.keys()].filter((name) => name.startsWith("model/")), [
    "model/model.safetensors",
    "model/onnx/autoencoder.onnx",
    "model/onnx/encoder.onnx",
    "model/onnx/decoder.onnx",
  ]);
  deepEqual(
    eventsOf(events, "warning").map(({ message }) => /no codebook.*use the format onnx/.test(message)),
    [true, true],
  );
});

Deno.test("LoadedModel of a VQ-VAE encodes to the numbers of codes, decodes them, and has no samples", async () => {
  const loaded = useModel(model, wasm, "a file"), values = GLYPHS.test.values as Uint8Array;
  const codes = await loaded.encode(values), vectors = await loaded.encode(values, { vectors: true });
  deepEqual([codes.shape, vectors.shape], [[32, 4], [32, 12]]);
  ok(codes.data.every((code) => Number.isInteger(code) && code >= 0 && code < 16));
  deepEqual(vectors.data, encodeImages(wasm, model, GLYPHS.test));
  const { outputs } = reconstruct(evaluator(wasm, model, GLYPHS.test), 32);
  const [byCodes, byVectors] = [await loaded.decode(codes), await loaded.decode(vectors)];
  assertClose(byCodes.data, byVectors.data, { absolute: 1e-6 }, "codes and vectors");
  assertClose(byCodes.data, outputs.map((value) => 255 * value), { absolute: 1e-2 }, "reconstructions");
  await rejects(loaded.decode([[0, 1, 2, 16]]), /codes must be whole numbers below 16, got 16/);
  await rejects(loaded.decode([[0, 1]]), /must have 4 or 12 values each, got 2/);
  await rejects(loaded.sample(3), /must have a prior to sample from, got a vqvae/);
});
