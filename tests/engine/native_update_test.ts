import { ok, strictEqual as equal, throws } from "node:assert/strict";
import type { PartOptions, Program } from "../../src/engine/engine.ts";
import { nativeEngine } from "../../src/engine/native.ts";
import { sharedKernels } from "../../src/engine/wasm/shared_kernels.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { type Optimizer, optimizerOf, OPTIMIZERS } from "../support/optimizers.ts";
import { until } from "../support/until.ts";

/** 2.1 million parameters: enough that a second thread takes half of an update. */
const LARGE = trainingGraph(ModelSpec.parse({ kind: "ae", encoder: [2100, 499], latent: 3 }), {
  paired: false,
});
const FUSED = ["sgd", "nesterov", "rmsprop", "adamw"] as const;

/** A program with numbers of its own in parameters and gradients. */
async function program(threads: number, { rule }: Optimizer, parts?: PartOptions): Promise<Program> {
  const compiled = (await nativeEngine({ threads })).compile(LARGE, { capacity: 1, rule, parts });
  compiled.parameters.forEach((_, at) => compiled.parameters[at] = Math.sin(at));
  compiled.gradients.forEach((_, at) => compiled.gradients[at] = Math.cos(3 * at));
  return compiled;
}

for (const name of FUSED) {
  // RMSprop also with an average.
  const optimizer = optimizerOf(OPTIMIZERS[name], name === "rmsprop" ? 0.9 : undefined);
  Deno.test(`native update() by ${optimizer.rule.name}: two threads give the bits of one, and each updates its half`, async () => {
    const { scalars, rule } = optimizer;
    const alone = await program(1, optimizer), together = await program(2, optimizer);
    const shared = `${rule.name} by two threads`;
    // The second thread takes a moment to start; before it there, updates are made by one.
    const still = { learningRate: 1e-30, gradientScale: 0, step: 1 };
    const isHelped = () => {
      together.update(scalars(still));
      return (together.calls[shared] ?? 0) > 0;
    };
    await until(isHelped, "the start of the second thread", { seconds: 300 });
    for (const each of [alone, together]) {
      each.parameters.forEach((_, at) => each.parameters[at] = Math.sin(at));
      each.slots.forEach((slot) => slot.fill(0));
    }
    const before = together.calls[shared];
    for (let step = 1; step <= 3; step++) {
      alone.update(scalars({ gradientScale: 0.5, step }));
      together.update(scalars({ gradientScale: 0.5, step }));
    }
    equal(together.calls[shared], before + 3);
    equal(alone.calls[shared], undefined);
    equal(together.parameters.findIndex((value, at) => value !== alone.parameters[at]), -1, name);
    together.slots.forEach((slot, at) => {
      equal(slot.findIndex((value, place) => value !== alone.slots[at][place]), -1, `${name}, slot ${at}`);
    });
    alone.dispose();
    together.dispose();
  });
}

for (const threads of [1, 2]) {
  Deno.test(`native update() of one range after the other by ${threads} thread(s) gives the bits of the whole`, async () => {
    const optimizer = optimizerOf(OPTIMIZERS.adam, 0.9), { scalars } = optimizer;
    const parts = { count: 2, processes: 2 };
    const whole = await program(1, optimizer, parts), ranged = await program(threads, optimizer, parts);
    const name = `${optimizer.rule.name} by two threads`, { gradients } = ranged.state!;
    for (let step = 1; step <= 300; step++) {
      if (step > 3 && (threads === 1 || (ranged.calls[name] ?? 0) > 6)) break;
      whole.update(scalars({ gradientScale: 0.5, step }));
      for (const [first, end] of [[0, 1_000_000], [1_000_000, 1_000_048], [1_000_048, gradients]]) {
        ranged.update(scalars({ gradientScale: 0.5, step }), { first, count: end - first });
      }
      if (threads === 2) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    equal((ranged.calls[name] ?? 0) > 0, threads === 2);
    for (const [at, block] of [ranged.parameters, ...ranged.slots].entries()) {
      const expected = [whole.parameters, ...whole.slots][at];
      equal(block.findIndex((value, place) => value !== expected[place]), -1, `block ${at}`);
    }
    whole.dispose();
    ranged.dispose();
  });
}

Deno.test("a state has the parameters and slots of a program for several processes, on pages of its own", async () => {
  const { parameters, slots, state, gradients } = await program(1, optimizerOf(OPTIMIZERS.adam), {
    count: 1,
    processes: 2,
  });
  const { numbers } = state!;
  equal(numbers.byteOffset % 65_536, 0);
  equal(numbers.byteLength % 65_536, 0);
  equal(parameters.byteOffset, numbers.byteOffset);
  for (const block of slots) {
    ok(block.byteOffset > numbers.byteOffset);
    ok(block.byteOffset + block.byteLength <= numbers.byteOffset + numbers.byteLength);
  }
  ok(gradients.byteOffset >= numbers.byteOffset + numbers.byteLength);
  equal((await program(1, optimizerOf(OPTIMIZERS.adam))).state, undefined);
});

Deno.test("native program of two threads runs on its shared memory, and its thread ends with it", async () => {
  const shared = await program(2, optimizerOf(OPTIMIZERS.adam));
  ok(shared.parameters.buffer instanceof SharedArrayBuffer);
  shared.input("target").fill(0.5);
  shared.input("inverseRows")[0] = 1;
  shared.run(1);
  ok(Number.isFinite(shared.output("loss")[0]));
  ok(shared.gradients.some((value) => value !== 0));
  shared.dispose();
});

Deno.test("sharedKernels() changes the one byte that says that a memory is shared, and refuses other bytes", () => {
  const bytes = Deno.readFileSync(new URL("../../src/engine/kernels.wasm", import.meta.url));
  const shared = sharedKernels(bytes);
  equal(shared.filter((byte, at) => byte !== bytes[at]).length, 1);
  throws(() => sharedKernels(new Uint8Array(100)), /the kernels must import a memory with a maximum/);
});
