/** Contract: the operations around a run - gathering, noise, draws, the gradient's norm and the optimizers. @module */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { DrawKey } from "../../../src/core/random.ts";
import type { SampleValues, ValueKind } from "../../../src/core/shape.ts";
import type { Corruption, Engine, Program, SampleOptions } from "../../../src/engine/engine.ts";
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

/** Samples to gather from, with their targets. */
interface Gathered {
  readonly options: SampleOptions;
  readonly values: SampleValues;
  readonly targets?: SampleValues;
}

/** Does the same on both engines and holds an input of the one against the other's, bit for bit, untouched rows included. */
function sameBits(
  engine: Engine,
  graph: Graph,
  input: string,
  gathered: Gathered | undefined,
  act: (program: Program) => void,
  label: string,
): void {
  const options = { capacity: CAPACITY, orderLength: ORDER.length, samples: gathered?.options };
  const [actual, expected] = [engine, singles].map((each) => {
    const program = each.compile(graph, options);
    program.order.set(ORDER);
    program.samples.set(gathered?.values ?? []);
    program.targets.set(gathered?.targets ?? []);
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

const SAMPLES = 300;

/** Samples of a kind that are all different, with targets of the other kind. */
function samplesOf(kind: ValueKind, size: number, scale?: SampleOptions["scale"]): Gathered {
  const bytes = Uint8Array.from({ length: SAMPLES * size }, (_, at) => (at * 7) % 256);
  const floats = normalNumbers(SAMPLES * size, 4).map((value) => 1000 * value);
  const targets = kind === "bytes" ? "floats" : "bytes";
  return {
    options: { kind, targets, capacity: SAMPLES, size, scale },
    values: kind === "bytes" ? bytes : floats,
    targets: kind === "bytes" ? floats : bytes,
  };
}

/** Scales of samples of some size, by what a test calls them. */
const SCALES: Readonly<Record<string, (size: number) => SampleOptions["scale"]>> = {
  "no scale": () => undefined,
  "one scale": () => ({ shift: [12.3], divisor: [0.7] }),
  "a scale of each value": (size) => ({
    shift: Array.from({ length: size }, (_, d) => 100.1 * d - 7),
    divisor: Array.from({ length: size }, (_, d) => 0.3 + d),
  }),
};

function gatherTests({ name, engine }: Subject): void {
  for (const kind of ["bytes", "floats"] as const) {
    for (const [what, scaleOf] of Object.entries(SCALES)) {
      Deno.test(`${name} gather() takes the ${kind} of the order under ${what}, and gatherTargets() their targets`, async () => {
        const loaded = await engine();
        for (const size of WIDTHS) {
          const gathered = samplesOf(kind, size, scaleOf(size));
          for (const [start, rows] of BATCHES) {
            const label = `${size} values, from ${start}, ${rows} rows`;
            const gather = (program: Program) => program.gather("clean", start, rows);
            const gatherTargets = (program: Program) => program.gatherTargets("noisy", start, rows);
            sameBits(loaded, plainGraph(size), "clean", gathered, gather, label);
            sameBits(loaded, plainGraph(size), "noisy", gathered, gatherTargets, `targets, ${label}`);
          }
        }
      });
    }
  }

  Deno.test(`${name} gather() gives 0 for off and 1 for on, floats as they are, and scaled values by hand`, async () => {
    const loaded = await engine();
    const gathered = (samples: Omit<SampleOptions, "capacity" | "size">, values: readonly number[]) => {
      const program = loaded.compile(plainGraph(3), {
        capacity: 1,
        samples: { ...samples, capacity: 1, size: 3 },
      });
      program.samples.set(values);
      program.gather("clean", 0, 1);
      const found = [...program.input("clean").subarray(0, 3)];
      program.dispose();
      return found;
    };
    const [off, on, fifth] = gathered({ kind: "bytes" }, [0, 255, 51]);
    deepEqual([off, on], [0, 1]);
    assertClose([fifth], [0.2], { relative: 1e-7 }, "51 / 255");
    deepEqual(gathered({ kind: "floats" }, [-1.5, 0, 1e30].map(Math.fround)), [-1.5, 0, Math.fround(1e30)]);
    const scale = { shift: [1, 2, 3], divisor: [2, 4, 0.5] };
    deepEqual(gathered({ kind: "floats", scale }, [5, 0, 4]), [2, -0.5, 2]);
    deepEqual(gathered({ kind: "bytes", scale: { shift: [128], divisor: [64] } }, [0, 128, 192]), [-2, 0, 1]);
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

    Deno.test(`${name} update() by ${optimizer} with a moving average changes the parameters alike, and averages them`, async () => {
      const length = 1063, loaded = await engine(), averaged = optimizerOf(options, 0.8);
      const plain = optimizerOf(options), steps: Float64Array[] = [];
      const [alone, program] = [plain, averaged].map(({ rule }) => {
        const made = loaded.compile(plainGraph(1, length), { capacity: 1, rule });
        made.parameters.set(normalNumbers(length, 21));
        return made;
      });
      equal(program.slots.length, plain.rule.slots + 1);
      for (let step = 1; step <= 6; step++) {
        for (const [each, { scalars }] of [[alone, plain], [program, averaged]] as const) {
          each.gradients.set(normalNumbers(length, 30 + step));
          each.update(scalars({ learningRate: 0.05, step }));
        }
        deepEqual(program.parameters, alone.parameters, `parameters after step ${step}`);
        alone.slots.forEach((slot, at) =>
          deepEqual(program.slots[at], slot, `slot ${at} after step ${step}`)
        );
        steps.push(Float64Array.from(alone.parameters));
        // (1 - d) / (1 - d^t) times the sum of d^(t-i) p_i.
        const expected = Float64Array.from(
          steps[0],
          (_, at) =>
            steps.reduce((sum, parameters, i) => sum + 0.8 ** (step - 1 - i) * parameters[at], 0) *
            0.2 / (1 - 0.8 ** step),
        );
        const tolerance = { absolute: 1e-6, relative: 1e-5 };
        assertClose(program.slots.at(-1)!, expected, tolerance, `average after step ${step}`);
      }
      const kernels = Object.keys(program.calls).filter((call) => call.endsWith("+average"));
      if (name === "wasm" || name === "native") deepEqual(kernels, [averaged.rule.name]);
      for (const each of [alone, program]) each.dispose();
    });
  }
}
