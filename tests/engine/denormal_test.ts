import { ok, strictEqual as equal } from "node:assert/strict";
import type { Update } from "../../src/engine/engine.ts";
import { wasmEngine } from "../../src/engine/wasm.ts";
import { trainingGraph } from "../../src/models/graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";

const SMALLEST_NORMAL = 2 ** -126;
const STEP = { learningRate: 0.01, gradientScale: 1 };
const UPDATES: Update[] = [
  { kind: "momentum", ...STEP, step: 1, momentum: 0.9, nesterov: false },
  { kind: "adam", ...STEP, step: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
];

for (const update of UPDATES) {
  Deno.test(`wasm update() by ${update.kind} lets the mean of gradients that have become 0 end at 0, not among denormal numbers`, async () => {
    const graph = trainingGraph(ModelSpec.parse({ kind: "ae", encoder: [5], latent: 2 }), { noisy: false });
    const program = (await wasmEngine()).compile(graph, { capacity: 1, slots: 2 });
    program.gradients.fill(1);
    program.update(update);
    const mean = program.slots[0];
    ok(mean.every((value) => value > 0.09));
    program.gradients.fill(0);
    let fewest = Infinity;
    for (let step = 2; step <= 1000; step++) {
      program.update({ ...update, step });
      fewest = Math.min(fewest, ...mean.filter((value) => value !== 0));
    }
    ok(fewest > SMALLEST_NORMAL, `${fewest} was kept`);
    equal(mean.every((value) => value === 0), true);
    program.dispose();
  });
}
