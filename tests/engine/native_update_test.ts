import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import type { Program, Update } from "../../src/engine/engine.ts";
import { nativeEngine } from "../../src/engine/native.ts";
import { sharedKernels } from "../../src/engine/wasm/shared_kernels.ts";
import { trainingGraph } from "../../src/models/graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";

/** 2.1 million parameters: enough that a second thread takes half of an update. */
const LARGE = trainingGraph(ModelSpec.parse({ kind: "ae", encoder: [2100, 499], latent: 3 }), {
  noisy: false,
});
const STEP = { learningRate: 0.01, gradientScale: 0.5 };
const UPDATES: Update[] = [
  { kind: "sgd", ...STEP, step: 1 },
  { kind: "momentum", ...STEP, step: 1, momentum: 0.9, nesterov: true },
  { kind: "rmsprop", ...STEP, step: 1, decay: 0.9, epsilon: 1e-8 },
  { kind: "adam", ...STEP, step: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
];

/** A program with numbers of its own in parameters and gradients. */
async function program(threads: number): Promise<Program> {
  const compiled = (await nativeEngine({ threads })).compile(LARGE, { capacity: 1, slots: 2 });
  compiled.parameters.forEach((_, at) => compiled.parameters[at] = Math.sin(at));
  compiled.gradients.forEach((_, at) => compiled.gradients[at] = Math.cos(3 * at));
  return compiled;
}

Deno.test("native update() by two threads gives the bits of one, for every optimizer, and both did their half", async () => {
  const alone = await program(1), together = await program(2);
  // The second thread takes a moment to start; updates of rate 0 change nothing.
  const isHelped = () => (together.calls["sgd by two threads"] ?? 0) > 0;
  for (let tries = 0; tries < 1500 && !isHelped(); tries++) {
    together.update({ kind: "sgd", ...STEP, learningRate: 0, step: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  ok(isHelped(), "the second thread did not start within 30 s");
  for (const update of UPDATES) {
    // What one optimizer leaves in its slots is nothing for the next.
    for (const { slots } of [alone, together]) slots.forEach((slot) => slot.fill(0));
    for (let step = 1; step <= 3; step++) {
      alone.update({ ...update, step });
      together.update({ ...update, step });
    }
    ok(together.calls[`${update.kind} by two threads`] >= 3, update.kind);
    equal(alone.calls[`${update.kind} by two threads`], undefined);
    deepEqual(together.parameters.findIndex((value, at) => value !== alone.parameters[at]), -1, update.kind);
    for (const slot of [0, 1]) {
      const wrong = together.slots[slot].findIndex((value, at) => value !== alone.slots[slot][at]);
      deepEqual(wrong, -1, `${update.kind}, slot ${slot}`);
    }
  }
  alone.dispose();
  together.dispose();
});

Deno.test("native program of two threads runs on its shared memory, and its thread ends with it", async () => {
  const shared = await program(2);
  ok(shared.parameters.buffer instanceof SharedArrayBuffer);
  shared.input("target").fill(0.5);
  shared.input("inverseRows")[0] = 1;
  shared.run(1);
  ok(Number.isFinite(shared.output("loss")[0]));
  ok(shared.gradients.some((value) => value !== 0));
  shared.dispose();
});

Deno.test("sharedKernels() changes the one byte that says that a memory is shared, and refuses what is no kernel", () => {
  const bytes = Deno.readFileSync(new URL("../../src/engine/kernels.wasm", import.meta.url));
  const shared = sharedKernels(bytes);
  equal(shared.filter((byte, at) => byte !== bytes[at]).length, 1);
  throws(() => sharedKernels(new Uint8Array(100)), /Cannot share the memory of the kernels/);
});
