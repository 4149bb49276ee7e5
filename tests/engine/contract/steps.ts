/** Contract: the operations around a run - gathering, noise, draws, the gradient's norm and the optimizers. @module */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { DrawKey } from "../../../src/core/random.ts";
import type { Corruption, Engine, Program } from "../../../src/engine/engine.ts";
import { referenceEngine } from "../../../src/engine/reference.ts";
import { graphBuilder } from "../../../src/graph/builder.ts";
import { gradients } from "../../../src/graph/gradient.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { assertClose } from "../../support/close.ts";
import { normalNumbers } from "../../support/numbers.ts";
import { optimizerOf, OPTIMIZERS } from "../../support/optimizers.ts";
import { standard, type Subject } from "./subject.ts";

/** Engines must make the same bits as this. */
const singles = referenceEngine("f32");

const CAPACITY = 5;
const WIDTHS = [1, 3, 4, 35];
/** Neither contiguous nor within the images; the last ones are beyond 2^24, where a single cannot count any more. */
const ORDER = [11, 2, 7, 7, 300, 0, 16777217, 4294967295];
/** Where a batch begins in the order, and its rows. */
const BATCHES = [[0, 5], [3, 1], [5, 3]] as const;
const KEY: DrawKey = { seed: 2 ** 40 + 12345, stream: "noise", epoch: 3 };
const MARK = 123.5;

/** Registers the tests. */
export function stepsContract(subject: Subject): void {
  gatherTests(subject);
  drawTests(subject);
  normTests(subject);
  updateTests(subject);
}

/** A graph with two inputs of the given width and P parameters. */
function plainGraph(width: number, parameters = 1): Graph {
  const build = graphBuilder();
  const clean = build.input("clean", ["batch", width]), noisy = build.input("noisy", ["batch", width]);
  const parameter = build.parameter("parameter", [1, parameters]);
  const sum = build.sumAll(build.multiply(build.add(clean, noisy), build.constant(1)));
  const loss = build.add(sum, build.sumAll(build.multiply(parameter, parameter)));
  return build.finish({ outputs: { loss }, gradients: gradients(build, loss, [parameter]) });
}

/** Does the same on both engines and holds an input of the one against the other's, bit for bit, untouched rows included. */
function sameBits(
  engine: Engine,
  graph: Graph,
  input: string,
  images: { bytes: Uint8Array; pixels: number } | undefined,
  act: (program: Program) => void,
  label: string,
): void {
  const room = images && { count: images.bytes.length / images.pixels, pixels: images.pixels };
  const options = { capacity: CAPACITY, orderLength: ORDER.length, images: room };
  const [actual, expected] = [engine, singles].map((each) => {
    const program = each.compile(graph, options);
    program.order.set(ORDER);
    if (images !== undefined) program.images.set(images.bytes);
    const width = graph.inputs.get(input)!.shape[1] as number;
    program.input("clean").set(normalNumbers(CAPACITY * width, 3));
    program.input(input).subarray(0, CAPACITY * width).fill(MARK, input === "clean" ? width : 0);
    act(program);
    const bits = Float32Array.from(program.input(input).subarray(0, CAPACITY * width));
    program.dispose();
    return bits;
  });
  deepEqual(new Uint32Array(actual.buffer), new Uint32Array(expected.buffer), label);
}

function gatherTests({ name, engine }: Subject): void {
  Deno.test(`${name} gather() takes the images of the order, and every byte as exactly byte / 255`, async () => {
    const loaded = await engine();
    for (const pixels of WIDTHS) {
      const count = 300;
      const bytes = Uint8Array.from({ length: count * pixels }, (_, at) => (at * 7) % 256);
      for (const [start, rows] of BATCHES) {
        sameBits(
          loaded,
          plainGraph(pixels),
          "clean",
          { bytes, pixels },
          (program) => program.gather("clean", start, rows),
          `${pixels} pixels, from ${start}, ${rows} rows`,
        );
      }
    }
  });

  Deno.test(`${name} gather() gives 0 for off and 1 for on`, async () => {
    const program = (await engine()).compile(plainGraph(3), { capacity: 1, images: { count: 1, pixels: 3 } });
    program.images.set([0, 255, 51]);
    program.gather("clean", 0, 1);
    const [off, on, fifth] = program.input("clean");
    deepEqual([off, on], [0, 1]);
    assertClose([fifth], [0.2], { relative: 1e-7 }, "51 / 255");
    program.dispose();
  });
}

const CORRUPTIONS: Readonly<Record<string, Corruption>> = {
  "gaussian noise": { kind: "gaussian", std: 0.3, maximumStd: 0.3 },
  "gaussian noise of a range of std": { kind: "gaussian", std: 0.1, maximumStd: 0.7 },
  "gaussian noise whose maximum is unset": { kind: "gaussian", std: 0.4, maximumStd: 0 },
  "no noise": { kind: "gaussian", std: 0, maximumStd: 0 },
  "salt and pepper": { kind: "saltAndPepper", share: 0.3 },
  masking: { kind: "masking", share: 0.45 },
  flips: { kind: "flips", share: 0.2 },
  "a Bernoulli draw": { kind: "bernoulli" },
};

function drawTests({ name, engine }: Subject): void {
  for (const [kind, corruption] of Object.entries(CORRUPTIONS)) {
    Deno.test(`${name} corrupt() with ${kind} equals the reference bit for bit`, async () => {
      const loaded = await engine();
      for (const width of WIDTHS) {
        for (const [start, rows] of BATCHES) {
          const act = (program: Program) => program.corrupt("clean", "noisy", corruption, KEY, start, rows);
          sameBits(loaded, plainGraph(width), "noisy", undefined, act, `${width} columns, ${rows} rows`);
        }
      }
    });
  }
  Deno.test(`${name} drawNormal() equals the reference bit for bit`, async () => {
    const loaded = await engine();
    for (const width of [...WIDTHS, 257]) {
      for (const [start, rows] of BATCHES) {
        const act = (program: Program) =>
          program.drawNormal("noisy", { ...KEY, stream: "latent" }, start, rows);
        sameBits(loaded, plainGraph(width), "noisy", undefined, act, `${width} columns, ${rows} rows`);
      }
    }
  });
}

function normTests({ name, engine }: Subject): void {
  Deno.test(`${name} gradientNorm() is the root of the sum of squares, at any length`, async () => {
    const loaded = await engine();
    for (const length of [1, 2, 5, 37, 1003]) {
      const program = loaded.compile(plainGraph(1, length), { capacity: 1 });
      const numbers = normalNumbers(length, 17, 3);
      program.gradients.set(numbers);
      assertClose(
        [program.gradientNorm()],
        [Math.hypot(...numbers)],
        { relative: 1e-6 },
        `${length} numbers`,
      );
      program.dispose();
    }
  });
}

function updateTests({ name, engine, tolerances }: Subject): void {
  for (const [optimizer, options] of Object.entries(OPTIMIZERS)) {
    Deno.test(`${name} update() by ${optimizer} follows double precision for 10 steps`, async () => {
      // More than one part of a rule's graph, and no whole number of vectors.
      const length = 1063, loaded = await engine(), { rule, scalars } = optimizerOf(options);
      const [program, expected] = [loaded, standard].map((each) => {
        const made = each.compile(plainGraph(1, length), { capacity: 1, rule });
        made.parameters.set(normalNumbers(length, 21));
        return made;
      });
      equal(program.slots.length, rule.slots);
      for (let step = 1; step <= 10; step++) {
        // From nothing to large; the zeros stay zeros at every step.
        const gradient = normalNumbers(length, 30 + step).map((x, at) =>
          at % 13 === 0 ? 0 : x * 10 ** (at % 5 - 3)
        );
        for (const each of [program, expected]) {
          each.gradients.set(gradient);
          each.update(
            scalars({ learningRate: 0.05 / step, step, gradientScale: step % 2 === 0 ? 0.25 : 1 }),
          );
        }
        const label = `after step ${step}`;
        assertClose(program.parameters, expected.parameters, tolerances.update, `parameters ${label}`);
        program.slots.forEach((slot, at) => {
          // A mean of gradients (of up to 30) can cancel; a mean of their squares cannot.
          const squares = options.kind === "rmsprop" || at === 1;
          const tolerance = { absolute: squares ? 1e-14 : 5e-6, relative: 1e-5 };
          assertClose(slot, expected.slots[at], tolerance, `slot ${at} ${label}`);
        });
      }
      program.dispose();
    });
  }
}
