import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import golden from "../golden/vq_vae.json" with { type: "json" };
import { conv, vqvae } from "../../mod.ts";
import type { Program } from "../../src/engine/engine.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { referenceEngine } from "../../src/engine/reference.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { splitGraph } from "../../src/graph/data_parallel.ts";
import { nameOf } from "../../src/graph/graph.ts";
import { codeNumbers, type Quantised } from "../../src/models/codebook.ts";
import { decoderGraph, encoderGraph, evaluationGraph, NAMES } from "../../src/models/graphs.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { fitModel, modelFaults } from "../../src/models/fit_model.ts";
import { describeModel, latentShape, modelParameters } from "../../src/models/layers.ts";
import { ModelSpec, type VectorQuantisedSpec } from "../../src/models/spec.ts";
import { codebookUpdate, moveCodes } from "../../src/training/codebook.ts";
import { assertClose } from "../support/close.ts";
import { MODELS } from "../support/models.ts";

const SMALL = ModelSpec.parse({
  kind: "vqvae",
  encoder: [3],
  latent: 4,
  codes: 3,
  dimensions: 2,
  decay: 0.9,
  outputActivation: "linear",
}) as VectorQuantisedSpec;

for (const name of ["reference", "wasm", "tfjs"] as const) {
  Deno.test(`a step of a VQ-VAE has the losses, gradients and averages of PyTorch, on ${name}`, async () => {
    const exact = name === "reference", engine = exact ? referenceEngine("f64") : await loadEngine(name);
    const near = exact ? { relative: 1e-12, absolute: 1e-13 } : { relative: 1e-4, absolute: 1e-5 };
    const program = engine.compile(trainingGraph(SMALL, { paired: false }), { capacity: 6 });
    program.parameters.set(golden.parameters);
    program.input(NAMES.target).set(golden.x);
    program.input(NAMES.inverseRows)[0] = 1 / 5;
    program.run(5);
    for (const output of ["loss", "reconstruction", "commitment", "perplexity"] as const) {
      assertClose(program.output(output).subarray(0, 1), [golden[output]], near, output);
    }
    const { encoder, decoder, usage, sums } = golden.gradients;
    const expected = [...encoder, ...new Array(6).fill(0), ...usage, ...sums, ...decoder];
    assertClose(program.gradients, expected, near, "gradients");
    const update = codebookUpdate(program, { ...SMALL, restart: null }, { seed: 1 })!;
    update.read(5, 0);
    program.parameters.subarray(16, 31).fill(7);
    update.write();
    const rounded = { relative: 1e-5, absolute: 1e-6 };
    assertClose(program.parameters.subarray(16, 31), golden.codebook, rounded, "codebook");
    deepEqual(new Set(program.gradients.subarray(16, 31)), new Set([0]));
  });
}

Deno.test("encoderGraph() of a VQ-VAE gives the numbers of the codes and their vectors; the decoder takes the vectors", () => {
  const engine = referenceEngine("f64");
  const [encoder, decoder, whole] = [encoderGraph, decoderGraph, evaluationGraph].map((build): Program =>
    engine.compile(build(SMALL), { capacity: 5 })
  );
  encoder.parameters.set(golden.parameters.slice(0, encoder.parameters.length));
  decoder.parameters.set(golden.parameters.slice(-decoder.parameters.length));
  whole.parameters.set(golden.parameters);
  encoder.input(NAMES.input).set(golden.x);
  for (const input of [NAMES.input, NAMES.target]) whole.input(input).set(golden.x);
  encoder.run(5);
  whole.run(5);
  deepEqual([...encoder.output("codes")], golden.chosen);
  deepEqual([...encoder.output("latent")], [...whole.output("latent")]);
  decoder.input(NAMES.latent).set(encoder.output("latent"));
  decoder.run(5);
  assertClose(decoder.output("output"), golden.output, { relative: 1e-12 }, "output");
  assertClose(whole.output("output"), golden.output, { relative: 1e-12 }, "output");
});

Deno.test("codeNumbers() counts to any number of codes, a power of two or not", () => {
  for (const codes of [2, 5, 8, 300]) {
    const build = graphBuilder(), chosen = build.input("chosen", ["batch", codes]);
    const model = { ...SMALL, codes, latent: 2 };
    const graph = build.finish({ outputs: { n: codeNumbers(build, model, { chosen } as Quantised) } });
    const program = referenceEngine("f32").compile(graph, { capacity: 2 });
    program.input("chosen")[1] = 1;
    program.input("chosen")[2 * codes - 1] = 1;
    program.run(2);
    deepEqual([...program.output("n")], [1, codes - 1]);
  }
});

Deno.test("moveCodes() starts dead codes again at what the encoder gave, by seed and step, and no others", () => {
  const model: VectorQuantisedSpec = {
    ...SMALL,
    codes: 4,
    dimensions: 1,
    latent: 2,
    decay: 0.5,
    restart: 0.1,
  };
  // Codes, usage, sums; uniform use is 8 / 4. Code 1 falls to 0.15, below 0.1 x 2.
  const start = [1, 2, 3, 4, 4, 0.3, 2, 2, 4, 0.6, 6, 8], encoded = [10, 11, 12, 13, 14, 15, 16, 17];
  const moved = (seed: number, step: number) => {
    const numbers = Float32Array.from(start), found = Float32Array.of(0, 0, 0, 0, 4, 0, 2, 2, 8, 0, 6, 8);
    moveCodes(model, {
      numbers,
      found,
      encoded: Float32Array.from(encoded),
      rows: 8,
      key: { seed, stream: "codes", epoch: step },
    });
    return [...numbers];
  };
  const once = moved(1, 0);
  equal(encoded.some((value) => Math.abs(value - once[1]) < 1e-3), true, `${once[1]}`);
  equal(once[5], 2);
  assertClose(once.slice(0, 1), [1.5], { relative: 1e-4 }, "a code in use");
  deepEqual(moved(1, 0), once);
  equal(new Set(Array.from({ length: 20 }, (_, step) => Math.round(moved(1, step)[1]))).size > 3, true);
});

Deno.test("fitModel() gives a VQ-VAE a code at each position of a feature map, or splits its latent vector", () => {
  const parse = (options: object) =>
    ModelSpec.parse(vqvae({ codes: 16, dimensions: 4, ...options } as never));
  const maps = fitModel(parse({ encoder: [conv(8, { stride: 2 }), conv(8, { stride: 2 })] }), [8, 8, 1]);
  deepEqual([latentShape(maps), maps.latent], [[2, 2, 4], 16]);
  equal(describeModel(maps).endsWith("by 4 of 16 codes"), true, describeModel(maps));
  const vector = fitModel(parse({ encoder: [20], latent: 12 }), [8, 8, 1]);
  deepEqual([latentShape(vector), vector.latent], [[12], 12]);
  equal(fitModel(parse({ encoder: [20] }), [8, 8, 1]).latent, 4);
  const names = modelParameters(maps).map(({ name, shape }) => `${name} ${shape}`);
  deepEqual(names.slice(4, 9), [
    "latent.weight 1,1,8,4",
    "latent.bias 4",
    "codebook.codes 16,4",
    "codebook.usage 16",
    "codebook.sum 16,4",
  ]);
  deepEqual(modelFaults(maps, [8, 8, 1]), []);
  deepEqual(ModelSpec.parse(JSON.parse(JSON.stringify(maps))), maps);
  throws(
    () => parse({ encoder: [20], latent: 10 }),
    /must be a multiple of the 4 dimensions of a code/,
  );
  throws(() => parse({ encoder: [20], decay: 1 }), /decay/);
  throws(() => parse({ encoder: [20], codes: 1 }), /codes/);
});

Deno.test("trainingGraph() of a VQ-VAE is split over two threads, each of which counts codes of its rows", () => {
  const graph = trainingGraph(MODELS["vqvae of vectors"], { paired: false });
  equal(splitGraph(graph) === undefined, false);
  deepEqual(
    graph.parameters.map(nameOf).filter((name) => name.startsWith("codebook")),
    ["codebook.codes", "codebook.usage", "codebook.sum"],
  );
});
