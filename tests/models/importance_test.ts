import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { loadEngine } from "../../src/engine/load.ts";
import { referenceEngine } from "../../src/engine/reference.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { NAMES } from "../../src/models/graphs.ts";
import { lossGraph, trainingGraph } from "../../src/models/loss_graphs.ts";
import { vae } from "../../src/models/options.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { assertClose } from "../support/close.ts";
import { optimizerOf } from "../support/optimizers.ts";

/** By PyTorch; `importance_weighted.py` beside it writes the file and says what the numbers are. */
const GOLDEN: Record<string, number[]> = JSON.parse(
  Deno.readTextFileSync(new URL("../golden/importance_weighted.json", import.meta.url)),
);

const N = 4, D = 6, K = 2, SAMPLES = 3;
const sines = (count: number, scale: number, frequency: number, phase = 0) =>
  Float64Array.from({ length: count }, (_, at) => scale * Math.sin(frequency * (at + 1) + phase));

function modelOf(loss: "bce" | "continuousBernoulli" | "discretisedLogistic" | "gaussian"): ModelSpec {
  return ModelSpec.parse(vae({
    input: [D],
    encoder: [5],
    latent: K,
    activation: "tanh",
    loss: loss === "gaussian" ? { kind: "gaussian", variance: "shared" } : loss,
    importanceSamples: SAMPLES,
  }));
}

/** The losses of the steps of a training whose numbers are those of the golden file. */
function losses(engine: Engine, model: ModelSpec): number[] {
  const adam = optimizerOf({ kind: "adam" });
  const program = engine.compile(trainingGraph(model, { paired: false }), { capacity: N, rule: adam.rule });
  program.parameters.set(sines(program.parameters.length, 0.5, 1.7));
  program.input(NAMES.target).set(sines(N * D, 0.5, 2.3).map((x) => Math.round(255 * (0.5 + x)) / 255));
  program.input(NAMES.inverseRows)[0] = 1 / N;
  const found = GOLDEN.bce.map((_, step) => {
    program.input(NAMES.epsilon).set(sines(N * SAMPLES * K, 1.2, 0.9, step));
    program.run(N);
    const loss = program.output("loss")[0];
    program.update(adam.scalars({ step: step + 1, learningRate: 0.02 }));
    return loss;
  });
  program.dispose();
  return found;
}

const ENGINES = {
  "reference in f64": () => Promise.resolve(referenceEngine("f64")),
  wasm: () => loadEngine("wasm"),
  native: () => loadEngine("native"),
  tfjs: () => loadEngine("tfjs"),
};

for (const [name, load] of Object.entries(ENGINES)) {
  Deno.test(`${name} trains on the importance-weighted bound as PyTorch does, with every kind of likelihood`, async () => {
    const engine = await load(), relative = name.includes("f64") ? 1e-7 : 1e-4;
    for (const [loss, golden] of Object.entries(GOLDEN)) {
      const found = losses(engine, modelOf(loss as Parameters<typeof modelOf>[0]));
      assertClose(found, golden, { absolute: 1e-5, relative }, loss);
      ok(Math.abs(golden[9] / golden[0] - 1) > 0.01);
    }
  });
}

/** The outputs of a loss graph on the same numbers. */
function outputs(model: ModelSpec, epsilon: ArrayLike<number>): Record<string, number> {
  const graph = lossGraph(model, { paired: false });
  const program = referenceEngine("f64").compile(graph, { capacity: N });
  program.parameters.set(sines(program.parameters.length, 0.5, 1.7));
  program.input(NAMES.target).set(sines(N * D, 0.5, 2.3).map((x) => 0.5 + x));
  program.input(NAMES.inverseRows)[0] = 1 / N;
  if (graph.inputs.has(NAMES.beta)) program.input(NAMES.beta)[0] = 1;
  program.input(NAMES.epsilon).set(epsilon);
  program.run(N);
  return Object.fromEntries([...graph.outputs.keys()].map((name) => [name, program.output(name)[0]]));
}

Deno.test("the parts beside the importance-weighted bound are those of the evidence lower bound, means over the same draws", () => {
  const model = modelOf("bce"), one = ModelSpec.parse({ ...model, importanceSamples: undefined });
  const epsilon = sines(N * SAMPLES * K, 1.2, 0.9);
  const weighted = outputs(model, epsilon);
  // The reconstruction is the mean over all draws; each by itself is a draw of the usual loss.
  const each = Array.from(
    { length: SAMPLES },
    (_, sample) =>
      outputs(
        one,
        Float64Array.from(
          { length: N * K },
          (_, at) => epsilon[(Math.floor(at / K) * SAMPLES + sample) * K + at % K],
        ),
      ),
  );
  const mean = (name: string) => each.reduce((sum, output) => sum + output[name], 0) / SAMPLES;
  assertClose([weighted.reconstruction, weighted.kl], [mean("reconstruction"), mean("kl")], {
    relative: 1e-12,
  }, "parts");
  deepEqual(Object.keys(weighted), ["loss", "reconstruction", "kl"]);
});

Deno.test("the importance-weighted bound of equal draws does not depend on their number, and is finite where weights overflow", () => {
  const model = modelOf("gaussian"), zeros = (samples: number) => new Float64Array(N * samples * K);
  const two = ModelSpec.parse({ ...model, importanceSamples: 2 });
  assertClose(
    [outputs(two, zeros(2)).loss],
    [outputs(model, zeros(SAMPLES)).loss],
    { relative: 1e-14 },
    "loss",
  );
  const far = outputs(model, zeros(SAMPLES).map((_, at) => at % 2 === 0 ? 60 : -80));
  // exp() of such weights is infinite in double precision, too.
  ok(Number.isFinite(far.loss) && Math.abs(far.loss) > 710, `${far.loss}`);
});

Deno.test("ModelSpec refuses a weighted KL term beside importance samples, and takes one sample as none", () => {
  const faults = (options: object) =>
    ModelSpec.safeParse({ kind: "vae", encoder: [35], latent: 2, importanceSamples: 5, ...options }).error
      ?.issues
      .map(({ path, message }) => `${path.join(".")} ${message}`) ?? [];
  const must = "must be left out with importanceSamples above 1, whose bound has no KL term of its own, got";
  deepEqual(faults({}), []);
  deepEqual(faults({ beta: 2 }), [`beta ${must} 2`]);
  deepEqual(faults({ freeBits: 0.1, klSchedule: { kind: "linear", epochs: 3 } }), [
    `klSchedule ${must} "linear"`,
    `freeBits ${must} 0.1`,
  ]);
  deepEqual(faults({ importanceSamples: 1, beta: 2 }), []);
  equal(faults({ importanceSamples: 0 }).length, 1);
});
