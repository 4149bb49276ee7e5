import { ok, strictEqual as equal } from "node:assert/strict";
import { wasmEngine } from "../../src/engine/wasm.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { optimizerOf, OPTIMIZERS } from "../support/optimizers.ts";

const SMALLEST_NORMAL = 2 ** -126;
for (const name of ["momentum", "adam"] as const) {
  Deno.test(`wasm update() by ${name} lets the mean of gradients that became 0 end at 0, not at denormal numbers`, async () => {
    const { rule, scalars } = optimizerOf(OPTIMIZERS[name]);
    const graph = trainingGraph(ModelSpec.parse({ kind: "ae", encoder: [5], latent: 2 }), { paired: false });
    const program = (await wasmEngine()).compile(graph, { capacity: 1, rule });
    program.gradients.fill(1);
    program.update(scalars({}));
    const mean = program.slots[0];
    ok(mean.every((value) => value > 0.09));
    program.gradients.fill(0);
    let fewest = Infinity;
    for (let step = 2; step <= 1000; step++) {
      program.update(scalars({ step }));
      fewest = Math.min(fewest, ...mean.filter((value) => value !== 0));
    }
    ok(fewest > SMALLEST_NORMAL, `${fewest} was kept`);
    equal(mean.every((value) => value === 0), true);
    program.dispose();
  });
}
