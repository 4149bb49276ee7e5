/** Contract: the first ten losses of a convolutional AE and VAE are PyTorch's, from the same weights, images and noise. @module */
import type { Engine } from "../../../src/engine/engine.ts";
import { NAMES } from "../../../src/models/graphs.ts";
import { trainingGraph } from "../../../src/models/loss_graphs.ts";
import { ModelSpec } from "../../../src/models/spec.ts";
import golden from "../../golden/conv_models.json" with { type: "json" };
import { assertClose } from "../../support/close.ts";
import { optimizerOf } from "../../support/optimizers.ts";
import type { Subject } from "./subject.ts";

const ROWS = 6, STEPS = 10, LEARNING_RATE = 0.01;
const ADAM = optimizerOf({ kind: "adam" });

/** The models of tests/golden/conv_models.py. */
const MODELS: Readonly<Record<keyof typeof golden, ModelSpec>> = {
  ae: modelOf({ kind: "ae", loss: "mse" }),
  vae: modelOf({ kind: "vae", loss: "bce" }),
};

function modelOf(options: Readonly<Record<string, unknown>>): ModelSpec {
  return ModelSpec.parse({
    ...options,
    input: [8, 8, 1],
    encoder: [
      { kind: "conv", filters: 4, kernel: 3, stride: 2 },
      { kind: "conv", filters: 6, kernel: 4, stride: 2 },
      10,
    ],
    latent: 3,
    activation: "tanh",
  });
}

/** Registers the tests. */
export function pytorchContract({ name, engine }: Subject): void {
  for (const [kind, model] of Object.entries(MODELS)) {
    Deno.test(`${name} first ten losses of a convolutional ${kind} are those of PyTorch`, async () => {
      const expected = golden[kind as keyof typeof golden];
      assertClose(losses(await engine(), model), expected, { relative: 1e-4 }, `losses of the ${kind}`);
    });
  }
}

function losses(engine: Engine, model: ModelSpec): number[] {
  const program = engine.compile(trainingGraph(model, { paired: false }), {
    capacity: ROWS,
    rule: ADAM.rule,
  });
  program.parameters.set(sines(program.parameters.length, 0.5, 0.3));
  program.input(NAMES.target).set(sines(ROWS * 64, 0.25, 0.5, 0.5));
  program.input(NAMES.inverseRows)[0] = 1 / ROWS;
  if (model.kind === "vae") {
    program.input(NAMES.epsilon).set(sines(ROWS * model.latent, 0.75, 1));
    program.input(NAMES.beta)[0] = 1;
  }
  const result = Array.from({ length: STEPS }, (_, at) => {
    program.run(ROWS);
    const loss = program.output("loss")[0];
    program.update(ADAM.scalars({ step: at + 1, learningRate: LEARNING_RATE }));
    return loss;
  });
  program.dispose();
  return result;
}

function sines(count: number, first: number, scale: number, shift = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => shift + scale * Math.sin(12.9898 * at + first));
}
