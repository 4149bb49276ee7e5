/** Files of graphs with maps, run by ONNX Runtime: the native engine computes these graphs in another way. @module */
import { ok } from "node:assert/strict";
import { connect } from "../../src/engine/native/api.ts";
import { openPackagedLibrary } from "../../src/engine/native/library.ts";
import { openSession } from "../../src/engine/native/session.ts";
import type { Port } from "../../src/engine/native/tensors.ts";
import { referenceEngine } from "../../src/engine/reference.ts";
import { nameOf, sizeOf, type Value } from "../../src/graph/graph.ts";
import { encodeOnnx, onnxNames } from "../../src/graph/onnx.ts";
import { assertClose } from "../support/close.ts";
import { type Case, compileFilled, outputOf } from "../support/graphs.ts";
import { mapCases } from "../support/map_cases.ts";
import { randomCase } from "../support/random_graph.ts";

const ROWS = 3;
const api = connect(await openPackagedLibrary());

/** Runs a graph by the reference engine and by ONNX Runtime, with parameters inside of the file or as its inputs. */
function check({ label, graph }: Case, areInside: boolean): void {
  const expected = compileFilled(referenceEngine("f64"), graph, { capacity: ROWS });
  expected.run(ROWS);
  const parameters = Float32Array.from(expected.parameters), names = onnxNames(graph);
  const port = (name: string, { shape }: Value, numbers?: ArrayLike<number>): Port => {
    const view = new Float32Array(new ArrayBuffer(4 * sizeOf(shape, ROWS)));
    if (numbers !== undefined) view.set(Float32Array.from(numbers).subarray(0, view.length));
    return { name, view, dimensions: shape.map((size) => typeof size === "number" ? size : -size.batch) };
  };
  let from = 0;
  const given = graph.parameters.map((value) =>
    port(nameOf(value), value, parameters.subarray(from, from += sizeOf(value.shape, 1)))
  );
  const inputs = [...graph.inputs].map(([name, value]) => port(name, value, expected.input(name)));
  const outputs = [...graph.outputs].map(([name, value]) => port(names.outputs.get(name)!, value));
  const gradients = graph.gradients.map((value, at) => port(names.gradients[at], value));
  const model = encodeOnnx(graph, areInside ? { parameters } : {}) as Uint8Array<ArrayBuffer>;
  const session = openSession(api, model, {
    inputs: areInside ? inputs : [...inputs, ...given],
    outputs: [...outputs, ...gradients],
    threads: 1,
  });
  session.run(ROWS);
  session.release();
  [...graph.outputs.keys()].forEach((name, at) =>
    assertClose(outputs[at].view, outputOf(expected, graph, name, ROWS), NEAR, `${name} of ${label}`)
  );
  assertClose(
    gradients.flatMap(({ view }) => [...view]),
    expected.gradients,
    { absolute: 1e-4, relative: 1e-4 },
    `gradients of ${label}`,
  );
}

const NEAR = { absolute: 2e-5, relative: 1e-5 };

for (const channels of [1, 3]) {
  Deno.test(`encodeOnnx() of maps of ${channels} channels is what ONNX Runtime computes, too`, () => {
    for (const [name, cases] of Object.entries(mapCases(channels))) {
      ok(cases.length > 0, name);
      cases.forEach((each, at) => check(each, at % 2 === 0));
    }
  });
}

Deno.test("encodeOnnx() of graphs with maps put together at random is what ONNX Runtime computes, too", () => {
  for (let seed = 1; seed <= 20; seed++) check(randomCase(seed), seed % 2 === 0);
});
