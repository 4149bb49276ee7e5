/** Memory stays flat. `HOURGLASS_SOAK=long deno test -A tests/engine/native_soak_test.ts` takes the long form. @module */
import { ok } from "node:assert/strict";
import { nativeEngine } from "../../src/engine/native.ts";
import { connect } from "../../src/engine/native/api.ts";
import { openPackagedLibrary } from "../../src/engine/native/library.ts";
import { openSession, type Port } from "../../src/engine/native/session.ts";
import { sizeOf } from "../../src/graph/graph.ts";
import { encodeOnnx, onnxNames } from "../../src/graph/onnx.ts";
import { trainingGraph } from "../../src/models/graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { compileFilled } from "../support/graphs.ts";

const IS_LONG = Deno.env.get("HOURGLASS_SOAK") === "long";
const STEPS = IS_LONG ? 100_000 : 2_000;
const SESSIONS = IS_LONG ? 1_000 : 50;
/**
 * Megabytes that allocators may be behind. Tensors that were not released would take 15 (700 in the long form), sessions 180 (3,600).
 */
const SLACK = { steps: IS_LONG ? 40 : 8, sessions: 60 };

/** The process's memory but for JavaScript's own, which grows and shrinks as the garbage collector likes. */
function megabytes(): number {
  const { rss, heapTotal, external } = Deno.memoryUsage();
  return (rss - heapTotal - external) / 1e6;
}

function modelGraph(hidden: number) {
  return trainingGraph(ModelSpec.parse({ kind: "vae", encoder: [35, hidden], latent: 4 }), { noisy: false });
}

Deno.test(`native memory stays flat over ${STEPS} steps of changing rows`, async () => {
  const engine = await nativeEngine({ sessionsFrom: 0, threads: 1 });
  const program = compileFilled(engine, modelGraph(16), { capacity: 16, slots: 0 });
  const steps = (count: number) => {
    for (let step = 0; step < count; step++) {
      // Six row counts: more than there are sets of tensors, so sets are released and made all the time.
      program.run(11 + step % 6);
      program.update({ kind: "sgd", learningRate: 0, step: 1, gradientScale: 1 });
    }
  };
  steps(500);
  const before = megabytes();
  steps(STEPS);
  const grown = megabytes() - before;
  program.dispose();
  ok(grown < SLACK.steps, `${grown.toFixed(1)} MB more than before`);
});

Deno.test(`native memory stays flat over ${SESSIONS} sessions`, async () => {
  const api = connect(await openPackagedLibrary()), graph = modelGraph(400), names = onnxNames(graph);
  const rows = 256;
  const port = (name: string, shape: readonly (number | "batch")[]): Port => ({
    name,
    view: new Float32Array(new ArrayBuffer(4 * sizeOf(shape, rows))),
    dimensions: shape.map((size) => size === "batch" ? -1 : size),
  });
  const values = [...graph.inputs.values(), ...graph.parameters];
  const inputs = names.inputs.map((name, at) => port(name, values[at].shape));
  const outputs = [
    ...[...graph.outputs].map(([name, { shape }]) => port(name, shape)),
    ...graph.gradients.map(({ shape }, at) => port(names.gradients[at], shape)),
  ];
  const model = encodeOnnx(graph) as Uint8Array<ArrayBuffer>;
  const sessions = (count: number) => {
    for (let made = 0; made < count; made++) {
      const session = openSession(api, model, { inputs, outputs, threads: 1 + made % 2 });
      session.run(rows);
      session.run(rows - 1);
      session.release();
    }
  };
  sessions(10);
  const before = megabytes();
  sessions(SESSIONS);
  const grown = megabytes() - before;
  ok(grown < SLACK.sessions, `${grown.toFixed(1)} MB more than before`);
});
