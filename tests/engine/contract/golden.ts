/** Contract: the first ten losses of four trainings, which every engine must meet. @module */
import { permutation } from "../../../src/core/random.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { NAMES } from "../../../src/models/graphs.ts";
import { trainingGraph } from "../../../src/models/loss_graphs.ts";
import { initialParameters } from "../../../src/models/initial.ts";
import { ModelSpec } from "../../../src/models/spec.ts";
import { assertGolden } from "../../support/golden.ts";
import { optimizerOf } from "../../support/optimizers.ts";
import { digitImages, glyphImages, type Pictures } from "../../support/pictures.ts";
import { standard, type Subject } from "./subject.ts";

/** A training: a model and its data. */
interface Training {
  readonly model: ModelSpec;
  readonly images: () => Pictures | Promise<Pictures>;
  readonly batchSize: number;
  /** Large enough to move the loss by some per cent a step, so that a wrong gradient shows. */
  readonly learningRate: number;
}

const TRAININGS: Readonly<Record<string, Training>> = {
  glyph_ae: {
    model: ModelSpec.parse({ kind: "ae", encoder: [35, 50, 25], latent: 2, activation: "tanh" }),
    images: glyphImages,
    batchSize: 32,
    learningRate: 0.01,
  },
  glyph_dae: {
    model: ModelSpec.parse({
      kind: "dae",
      encoder: [35, 50, 25],
      latent: 12,
      activation: "tanh",
      loss: "bce",
    }),
    images: glyphImages,
    batchSize: 20,
    learningRate: 0.005,
  },
  glyph_gaussian_vae: {
    model: ModelSpec.parse({
      kind: "vae",
      encoder: [35, 50],
      latent: 3,
      activation: "tanh",
      loss: "gaussian",
      outputActivation: "linear",
    }),
    images: glyphImages,
    batchSize: 32,
    learningRate: 0.01,
  },
  mnist_vae: {
    model: ModelSpec.parse({ kind: "vae", encoder: [784, 40], latent: 4 }),
    images: () => digitImages(512),
    batchSize: 16,
    learningRate: 0.001,
  },
};

const ADAM = optimizerOf({ kind: "adam" });
const SEED = 42;
const STEPS = 10;

/** Registers the tests. */
export function goldenContract({ name, engine }: Subject): void {
  for (const [training, what] of Object.entries(TRAININGS)) {
    Deno.test(`${name} first ten losses of ${training} are the golden ones`, async () => {
      const pictures = await what.images();
      assertGolden(training, losses(await engine(), what, pictures), () => losses(standard, what, pictures));
    });
  }
}

function losses(engine: Engine, { model, batchSize, learningRate }: Training, source: Pictures): number[] {
  const noisy = model.kind === "dae", count = source.bytes.length / source.pixels;
  const graph = trainingGraph(model, { paired: noisy });
  const program = engine.compile(graph, {
    capacity: batchSize,
    rule: ADAM.rule,
    samples: { kind: "bytes", capacity: count, size: source.pixels },
    orderLength: count,
  });
  program.samples.set(source.bytes);
  program.parameters.set(initialParameters(model, SEED));
  const batches = Math.ceil(count / batchSize), result: number[] = [];
  for (let step = 1; step <= STEPS; step++) {
    const epoch = Math.floor((step - 1) / batches), start = ((step - 1) % batches) * batchSize;
    if (start === 0) permutation(count, { seed: SEED, stream: "shuffle", epoch }, program.order);
    const rows = Math.min(batchSize, count - start);
    program.gather(NAMES.target, start, rows);
    if (noisy) {
      const corruption = { kind: "gaussian", std: 0.3, maximumStd: 0.3 } as const;
      program.corrupt(
        NAMES.target,
        NAMES.input,
        corruption,
        { seed: SEED, stream: "noise", epoch },
        start,
        rows,
      );
    }
    if (model.kind === "vae") {
      program.drawNormal(NAMES.epsilon, { seed: SEED, stream: "latent", epoch }, start, rows);
      program.input(NAMES.beta)[0] = model.beta;
    }
    program.input(NAMES.inverseRows)[0] = 1 / rows;
    program.run(rows);
    result.push(program.output("loss")[0]);
    program.update(ADAM.scalars({ step, learningRate }));
  }
  program.dispose();
  return result;
}
