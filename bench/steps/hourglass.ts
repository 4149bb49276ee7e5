// N = rows of a batch, D = pixels.

/**
 * The steps of this project's engines: gather a batch, (draw,) forward, backward, Adam; and the largest speed of a product.
 *
 * @module
 */
import { rowsBeforePart, rowsOfPart } from "../../src/core/parts.ts";
import type { Engine, Program, ProgramOptions } from "../../src/engine/engine.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { NAMES } from "../../src/models/graphs.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { ModelSpec, vae } from "../../src/models/spec.ts";
import type { Contestant } from "../interleave.ts";
import { ADAM, batchStart, type Case, IMAGES, imagesOf, initialParameters, pixelsOf } from "./cases.ts";
import { OptimizerSpec, ruleOf, scalarsOf } from "../../src/training/optimizers.ts";
import { forward } from "./layers.ts";
import { type Stepper, stepper, timed } from "./stepper.ts";

const SPEC = OptimizerSpec.parse({ kind: "adam", ...ADAM });

/** The parts of a step, to be timed together or each. */
export interface StepParts {
  readonly program: Program;
  gather(): void;
  run(): void;
  update(): void;
}

/** A case ready to be trained by an engine. `threads`: the engine's option; `count`: in how many parts (default: in one piece). */
export function hourglassStepper(engine: Engine, one: Case, threads: number, count?: number): Stepper {
  const parts = stepParts(engine.compile(stepGraph(one), programOptions(one, count)), one, count);
  const { program } = parts;
  const loss = program.output("loss");
  parts.gather();
  parts.run();
  const firstLoss = loss[0];
  parts.update();
  return stepper({
    engine: engine.name,
    // Graphs that are too small for a session are run by the kernels, on one thread.
    threads: program.calls.session === undefined && count === undefined ? 1 : threads,
    firstLoss,
    step() {
      parts.gather();
      parts.run();
      parts.update();
    },
    close: () => program.dispose(),
  });
}

/** The program options of a case. */
export function programOptions(one: Case, count?: number): ProgramOptions {
  return {
    capacity: rowsOfPart(one.batch, count ?? 1, 0),
    parts: count === undefined ? undefined : { count, processes: 1 },
    rule: ruleOf(SPEC),
    samples: { capacity: IMAGES, size: pixelsOf(one), kind: "bytes" },
    orderLength: IMAGES,
  };
}

/** The parts of a case's step on a program, which begins with the case's images and weights. */
export function stepParts(program: Program, one: Case, count = 1): StepParts {
  const { batch } = one, variational = one.name === "VAE";
  program.samples.set(imagesOf(one));
  program.parameters.set(initialParameters(one).flatMap((numbers) => [...numbers]));
  if (variational) {
    program.input(NAMES.inverseRows)[0] = 1 / batch;
    program.input(NAMES.beta)[0] = 1;
  } else program.input("scale")[0] = 1 / (batch * pixelsOf(one));
  const { scalars, set } = scalarsOf(SPEC);
  const changing = { learningRate: SPEC.learningRate, gradientScale: 1, step: 0 };
  const key = { seed: 42, stream: "latent", epoch: 0 } as const;
  return {
    program,
    gather() {
      const start = batchStart(one, changing.step);
      for (let part = 0; part < count; part++) {
        const rows = rowsOfPart(batch, count, part), at = part * program.partRows;
        const first = start + rowsBeforePart(batch, count, part);
        program.gather(NAMES.target, first, rows, at);
        if (variational) program.drawNormal(NAMES.epsilon, key, first, rows, at);
      }
    },
    run: () => program.run(batch),
    update() {
      changing.step++;
      set(changing);
      program.update(scalars);
    },
  };
}

/** The graph of a case's step: loss and gradients. */
export function stepGraph(one: Case): Graph {
  if (one.name !== "VAE") return chainGraph(one);
  const spec = ModelSpec.parse(vae({ encoder: [784, 400], latent: 20, activation: "relu" }));
  return trainingGraph(spec, { paired: false });
}

/** `1/(N D) sum (y - x)^2` of a chain of layers, and its gradients. */
function chainGraph(one: Case): Graph {
  const build = graphBuilder();
  const x = build.input(NAMES.target, ["batch", pixelsOf(one)]);
  const parameter = (rows: number, columns: number) =>
    build.parameter(`p${build.parameters.length}`, [rows, columns]);
  const y = one.layers.reduce((value, layer) => forward(build, layer, value, parameter), x);
  const difference = build.subtract(build.reshape(y, x.shape), x);
  const sum = build.sumAll(build.multiply(difference, difference));
  const loss = build.multiply(sum, build.input("scale", [1, 1]));
  return build.finish({ outputs: { loss }, gradients: gradients(build, loss, build.parameters) });
}

/** Rows, columns and inner dimension of the product by which the largest speed is measured. */
export const PRODUCT = 1024;

/** An engine's product of two square matrices of 1024 x 1024: what a step can at best be as fast as. */
export function peakContestant(engine: Engine, threads: number): Contestant {
  const build = graphBuilder();
  const left = build.input("left", ["batch", PRODUCT]), right = build.parameter("right", [PRODUCT, PRODUCT]);
  const program = engine.compile(build.finish({ outputs: { product: build.matmul(left, right) } }), {
    capacity: PRODUCT,
  });
  program.input("left").forEach((_, at, all) => all[at] = (at % 255) / 255);
  program.parameters.forEach((_, at, all) => all[at] = (at % 253) / 253 - 0.5);
  return {
    name: `product of 1024 x 1024, ${engine.name}, ${threads}`,
    run: timed(() => program.run(PRODUCT)),
  };
}
