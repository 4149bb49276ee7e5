/**
 * How long a training step takes: the engines of this house against TensorFlow.js's wasm backend, one thread each, taken in turns in
 * one run.
 *
 * A step is: gather a batch, forward, backward, Adam. FLOPs of a step: `6 batch sum(n_i n_(i+1))`.
 *
 *     deno run -A --no-lock bench/steps.ts [--json] [--rounds 15] [--only A,B] [--without tfjs]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { wasmEngine } from "../src/engine/wasm.ts";
import { graphBuilder } from "../src/graph/builder.ts";
import { gradients } from "../src/graph/gradient.ts";
import type { Graph, Value } from "../src/graph/graph.ts";
import { initialParameters } from "./steps_parameters.ts";
import { type Case, type Stepper, tfjsStepper } from "./steps_tfjs.ts";

const CASES: readonly Case[] = [
  { name: "A", widths: [35, 50, 25, 2, 25, 50, 35], activation: "tanh", batch: 32, repeats: 200 },
  { name: "B", widths: [784, 512, 256, 20, 256, 512, 784], activation: "relu", batch: 128, repeats: 3 },
  {
    name: "C",
    widths: [4900, 500, 300, 128, 64, 128, 300, 500, 4900],
    activation: "relu",
    batch: 100,
    repeats: 1,
  },
];

const IMAGES = 1024;

/** One row of what is printed. */
interface Row {
  step: string;
  engine: string;
  threads: number;
  medianMs: number;
  gflops: number;
  ratioToTfjsWasm: number | null;
}

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "15" },
    only: { type: "string", default: "A,B" },
    without: { type: "string", default: "" },
  },
});

const rows: Row[] = [];
for (const one of CASES.filter(({ name }) => flags.only.split(",").includes(name))) {
  const images = imagesOf(one);
  const steppers = [await wasmStepper(one, images)];
  if (flags.without !== "tfjs") steppers.push(await tfjsStepper(one, images, initialParameters(one.widths)));
  rows.push(...compare(one, steppers, Number(flags.rounds)));
}
// deno-lint-ignore no-console
console.log(flags.json ? JSON.stringify(rows, null, 2) : tableOf(rows));

/** Times the steppers in turns; each round is long enough to be timed. */
function compare(one: Case, steppers: readonly Stepper[], rounds: number): Row[] {
  const times = steppers.map((): number[] => []);
  for (let round = -2; round < rounds; round++) {
    steppers.forEach(({ step, slow }, index) => {
      const repeats = Math.max(1, Math.round(one.repeats / (slow ? 20 : 1)) * (round < 0 ? 4 : 1));
      const began = performance.now();
      for (let repeat = 0; repeat < repeats; repeat++) step();
      // The first rounds only warm the compilers up.
      if (round >= 0) times[index].push((performance.now() - began) / repeats);
    });
  }
  const medians = times.map(median);
  const peer = steppers.findIndex(({ engine }) => engine === "tfjs wasm");
  const work = 6 * one.batch *
    one.widths.slice(1).reduce((sum, width, at) => sum + width * one.widths[at], 0);
  return steppers.map(({ engine }, index) => ({
    step: `${one.name} ${one.widths.join("-")} ${one.activation}, batch ${one.batch}`,
    engine,
    threads: 1,
    medianMs: medians[index],
    gflops: work / medians[index] / 1e6,
    ratioToTfjsWasm: peer < 0 ? null : medians[peer] / medians[index],
  }));
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[sorted.length >> 1];
}

async function wasmStepper(one: Case, bytes: Uint8Array): Promise<Stepper> {
  const { widths, batch } = one;
  const engine = await wasmEngine();
  const program = engine.compile(stepGraph(one), {
    capacity: batch,
    slots: 2,
    images: { count: IMAGES, pixels: widths[0] },
    orderLength: IMAGES,
  });
  program.images.set(bytes);
  program.parameters.set(initialParameters(widths).flatMap((numbers) => [...numbers]));
  program.input("scale")[0] = 1 / (batch * widths[0]);
  const adam = { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 } as const;
  let step = 0;
  return {
    engine: "wasm",
    slow: false,
    step() {
      program.gather("x", (step % Math.floor(IMAGES / batch)) * batch, batch);
      program.run(batch);
      step++;
      program.update({ ...adam, learningRate: 1e-3, step, gradientScale: 1 });
    },
  };
}

/** `1/(N D) sum (y - x)^2` of the dense layers and its gradients; every layer but the last of a relu net has the activation. */
function stepGraph({ widths, activation }: Case): Graph {
  const build = graphBuilder();
  const x = build.input("x", ["batch", widths[0]]);
  const parameters: Value[] = [];
  let y = x;
  widths.slice(1).forEach((width, at) => {
    const weight = build.parameter(`w${at}`, [widths[at], width]),
      bias = build.parameter(`b${at}`, [1, width]);
    parameters.push(weight, bias);
    y = build.add(build.matmul(y, weight), bias);
    if (activation === "tanh") y = build.tanh(y);
    else if (at < widths.length - 2) y = build.relu(y);
  });
  const difference = build.subtract(y, x);
  const sum = build.sumAll(build.multiply(difference, difference));
  const loss = build.multiply(sum, build.input("scale", [1, 1]));
  return build.finish({ outputs: { loss }, gradients: gradients(build, loss, parameters) });
}

/** Images of some structure: the arithmetic takes as long on any, but the losses should not run away. */
function imagesOf({ widths: [pixels] }: Case): Uint8Array {
  return Uint8Array.from({ length: IMAGES * pixels }, (_, at) => (at * 7919) % 256);
}

function tableOf(all: readonly Row[]): string {
  const lines = all.map(({ step, engine, medianMs, gflops, ratioToTfjsWasm }) =>
    [
      step.padEnd(62),
      engine.padEnd(10),
      medianMs.toFixed(3).padStart(9),
      gflops.toFixed(1).padStart(8),
      ratioToTfjsWasm === null ? "" : `${ratioToTfjsWasm.toFixed(1).padStart(8)} x`,
    ].join(" ")
  );
  return [`${"step".padEnd(62)} engine     median ms  GFLOP/s  against tfjs wasm`, ...lines].join("\n");
}
