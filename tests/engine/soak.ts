/**
 * Takes many steps and opens many sessions, and prints by how many megabytes the memory grew: `{ "steps": 0.4, "maps": 0.2, "sessions": 3.1 }`. A program
 * of its own, as the memory of a test's process is that of all tests that run with it.
 *
 * @module
 */
import { optimizerOf } from "../support/optimizers.ts";
import { nativeEngine } from "../../src/engine/native.ts";
import { connect } from "../../src/engine/native/api.ts";
import { openPackagedLibrary } from "../../src/engine/native/library.ts";
import { openSession } from "../../src/engine/native/session.ts";
import type { Port } from "../../src/engine/native/tensors.ts";
import { type Graph, perSample, type ShapeInput, shapeOf, sizeOf } from "../../src/graph/graph.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import { windowOf } from "../../src/graph/window.ts";
import { encodeOnnx, onnxNames } from "../../src/graph/onnx.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { compileFilled } from "../support/graphs.ts";

const [steps, sessions] = Deno.args.map(Number);

/** The process's memory but for JavaScript's own, which grows and shrinks as the garbage collector likes. */
function megabytes(): number {
  const { rss, heapTotal, external } = Deno.memoryUsage();
  return (rss - heapTotal - external) / 1e6;
}

function modelGraph(hidden: number) {
  return trainingGraph(ModelSpec.parse({ kind: "vae", encoder: [35, hidden], latent: 4 }), { paired: false });
}

/** The growth of memory while something is done repeatedly, after a warm-up. */
function growth(act: (count: number) => void, warmUp: number, count: number): number {
  act(warmUp);
  const before = megabytes();
  act(count);
  return megabytes() - before;
}

/** A convolution of 8 to 32 channels: large enough for ONNX Runtime's products, and quick. */
function mapsGraph() {
  const window = windowOf({ height: 4, width: 4, channels: 8, kernel: [3, 3] });
  const build = graphBuilder(), x = build.input("x", [perSample(16), 8]);
  const y = build.tanh(build.matmul(build.patches(x, window), build.parameter("weight", [72, 32])));
  const loss = build.sumAll(y);
  return build.finish({ outputs: { loss }, gradients: gradients(build, loss, build.parameters) });
}

/** Steps of some row counts: more than there are sets of tensors, so sets are released and made all the time. */
async function takeSteps(graph: Graph, counts: number): Promise<number> {
  const engine = await nativeEngine({ sessionsFrom: 0, threads: 1 });
  const SGD = optimizerOf({ kind: "sgd" }), scalars = SGD.scalars({ learningRate: 0 });
  const program = compileFilled(engine, graph, { capacity: 16, rule: SGD.rule });
  const grown = growth(
    (count) => {
      for (let step = 0; step < count; step++) {
        program.run(17 - counts + step % counts);
        program.update(scalars);
      }
    },
    500,
    steps,
  );
  program.dispose();
  return grown;
}

/** Sessions on one and on two threads, each run twice. */
async function openSessions(): Promise<number> {
  const api = connect(await openPackagedLibrary()), graph = modelGraph(400), names = onnxNames(graph);
  const rows = 256;
  const port = (name: string, shape: ShapeInput): Port => ({
    name,
    view: new Float32Array(new ArrayBuffer(4 * sizeOf(shape, rows))),
    dimensions: shapeOf(shape).map((size) => typeof size === "number" ? size : -size.batch),
  });
  const values = [...graph.inputs.values(), ...graph.parameters];
  const inputs = names.inputs.map((name, at) => port(name, values[at].shape));
  const outputs = [
    ...[...graph.outputs].map(([name, { shape }]) => port(name, shape)),
    ...graph.gradients.map(({ shape }, at) => port(names.gradients[at], shape)),
  ];
  const model = encodeOnnx(graph) as Uint8Array<ArrayBuffer>;
  return growth(
    (count) => {
      for (let made = 0; made < count; made++) {
        const session = openSession(api, model, { inputs, outputs, threads: 1 + made % 2 });
        session.run(rows);
        session.run(rows - 1);
        session.release();
      }
    },
    10,
    sessions,
  );
}

// deno-lint-ignore no-console -- a program of its own.
console.log(JSON.stringify({
  steps: await takeSteps(modelGraph(16), 6),
  maps: await takeSteps(mapsGraph(), 12),
  sessions: await openSessions(),
}));
