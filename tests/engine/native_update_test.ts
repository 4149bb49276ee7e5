import { ok, strictEqual as equal, throws } from "node:assert/strict";
import type { Program } from "../../src/engine/engine.ts";
import { nativeEngine } from "../../src/engine/native.ts";
import { sharedKernels } from "../../src/engine/wasm/shared_kernels.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { type Optimizer, optimizerOf, OPTIMIZERS } from "../support/optimizers.ts";

/** 2.1 million parameters: enough that a second thread takes half of an update. */
const LARGE = trainingGraph(ModelSpec.parse({ kind: "ae", encoder: [2100, 499], latent: 3 }), {
  paired: false,
});
const FUSED = ["sgd", "nesterov", "rmsprop", "adamw"] as const;

/** A program with numbers of its own in parameters and gradients. */
async function program(threads: number, { rule }: Optimizer): Promise<Program> {
  const compiled = (await nativeEngine({ threads })).compile(LARGE, { capacity: 1, rule });
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
    const isHelped = () => (together.calls[shared] ?? 0) > 0;
    const still = { learningRate: 1e-30, gradientScale: 0, step: 1 };
    for (let tries = 0; tries < 1500 && !isHelped(); tries++) {
      together.update(scalars(still));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    ok(isHelped(), "the second thread did not start within 30 s");
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
