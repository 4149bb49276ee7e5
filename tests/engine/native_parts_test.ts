import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { Program } from "../../src/engine/engine.ts";
import { nativeEngine } from "../../src/engine/native.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { NAMES } from "../../src/models/graphs.ts";
import { conv } from "../../src/models/layers/kinds.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { compileFilled } from "../support/graphs.ts";
import { helped } from "../support/helped.ts";

const GRAPHS: Readonly<Record<string, Graph>> = {
  "a VAE": trainingGraph(ModelSpec.parse({ kind: "vae", encoder: [300, 200], latent: 8 }), { paired: false }),
  "an importance-weighted VAE": trainingGraph(
    ModelSpec.parse({ kind: "vae", encoder: [120, 100], latent: 8, importanceSamples: 3 }),
    { paired: false },
  ),
  "a convolutional VAE": trainingGraph(
    ModelSpec.parse({
      kind: "vae",
      input: [16, 16, 1],
      encoder: [conv(16, { stride: 2 }), conv(24, { stride: 2 }), 32],
      latent: 8,
    }),
    { paired: false },
  ),
};
const ROWS = 61, TWO = "parts by two threads";

async function ready(graph: Graph, parts: number, threads: number): Promise<Program> {
  const engine = await nativeEngine({ threads, sessionsFrom: 0 });
  const program = compileFilled(engine, graph, {
    capacity: Math.ceil(ROWS / parts),
    parts: { count: parts, processes: 1 },
  });
  // Inputs have gaps between parts: the same numbers in both programs.
  program.parameters.forEach((number, at) => program.parameters[at] = number / 15);
  if (graph.inputs.has(NAMES.beta)) program.input(NAMES.beta)[0] = 0.7;
  return program;
}

function resultsOf(program: Program, graph: Graph, rows: number) {
  program.input(NAMES.inverseRows)[0] = 1 / Math.max(1, rows);
  program.gradients.fill(NaN);
  program.run(rows);
  return {
    outputs: [...graph.outputs.keys()].map((name) => program.output(name)[0]),
    gradients: program.gradients.slice(),
  };
}

for (const [name, graph] of Object.entries(GRAPHS)) {
  Deno.test(`native run() in parts of ${name} gives the same bits by one thread and by two`, async () => {
    for (const parts of [2, 3, 4, 5]) {
      const one = await ready(graph, parts, 1), two = await ready(graph, parts, 2);
      await helped(two, TWO);
      for (const rows of [ROWS, 37, 3, 1, 0]) {
        const wanted = resultsOf(one, graph, rows), before = two.calls[TWO];
        deepEqual(resultsOf(two, graph, rows), wanted, `${parts} parts, ${rows} rows`);
        equal(two.calls[TWO], before + 1);
        ok(wanted.gradients.every(Number.isFinite));
      }
      equal(one.calls[TWO], undefined);
      [one, two].forEach((program) => program.dispose());
    }
  });
}
