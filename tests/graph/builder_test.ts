import {
  deepStrictEqual as deepEqual,
  notStrictEqual as notEqual,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import { graphBuilder } from "../../src/graph/builder.ts";
import {
  nameOf,
  parameterCount,
  perSample,
  sameShape,
  type ShapeInput,
  shapeOf,
  shapeText,
  sizeOf,
} from "../../src/graph/graph.ts";
import { windowOf } from "../../src/graph/window.ts";

const refuses = (act: (build: ReturnType<typeof graphBuilder>) => unknown, name: string, message: string) =>
  throws(() => act(graphBuilder()), { name, message });

Deno.test("graphBuilder() returns the existing value when it is requested twice", () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 3]), y = build.input("y", ["batch", 3]);
  equal(build.tanh(x), build.tanh(x));
  equal(build.constant(2), build.constant(2));
  notEqual(build.add(x, y), build.add(y, x));
  notEqual(build.relu(x), build.relu(x, 0.01));
  notEqual(build.sliceColumns(x, 0, 1), build.sliceColumns(x, 0, 2));
  notEqual(build.broadcast(build.constant(1), [2, 3]), build.broadcast(build.constant(1), [3, 3]));
  notEqual(build.matmul(x, y, { a: true }), build.matmul(x, y, { b: true }));
});

Deno.test("graphBuilder() gives each result its shape", () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 3]),
    w = build.parameter("w", [3, 4]),
    b = build.parameter("b", [1, 4]);
  const shape = (value: { shape: ShapeInput }) => shapeText(value.shape);
  equal(shape(build.matmul(x, w)), "[batch, 4]");
  equal(shape(build.matmul(x, x, { a: true })), "[3, 3]");
  equal(shape(build.matmul(w, x, { a: true, b: true })), "[4, batch]");
  equal(shape(build.add(build.matmul(x, w), b)), "[batch, 4]");
  equal(shape(build.multiply(b, build.sumColumns(x))), "[batch, 4]");
  equal(shape(build.sumRows(x)), "[1, 3]");
  equal(shape(build.sumColumns(w)), "[3, 1]");
  equal(shape(build.sumAll(x)), "[1, 1]");
  equal(shape(build.sliceColumns(x, 1, 3)), "[batch, 2]");
  equal(shape(build.joinColumns(x, x, build.sumColumns(x))), "[batch, 7]");
  equal(shape(build.broadcast(b, ["batch", 4])), "[batch, 4]");
});

Deno.test("graphBuilder() refuses incompatible shapes, and names them", () => {
  refuses(
    (build) => build.add(build.input("x", ["batch", 3]), build.parameter("w", [2, 3])),
    "RangeError",
    "add: both shapes must be equal or 1 in each dimension, got [batch, 3] and [2, 3]",
  );
  refuses(
    (build) => build.matmul(build.input("x", ["batch", 3]), build.parameter("w", [4, 3]), { a: true }),
    "RangeError",
    "matmul: the inner dimensions must be equal, got [batch, 3]^T and [4, 3]",
  );
  refuses(
    (build) => build.matmul(build.input("x", ["batch", 3]), build.parameter("w", [3, 4]), { b: true }),
    "RangeError",
    "matmul: the inner dimensions must be equal, got [batch, 3] and [3, 4]^T",
  );
  refuses(
    (build) => build.joinColumns(build.input("x", ["batch", 3]), build.parameter("w", [1, 3])),
    "RangeError",
    "joinColumns: all parts must have [batch] rows, got [1, 3]",
  );
  refuses(
    (build) => build.broadcast(build.parameter("w", [3, 4]), [1, 4]),
    "RangeError",
    "broadcast: only one row, column or element can be repeated, got [3, 4] and [1, 4]",
  );
  refuses(
    (build) => build.broadcast(build.parameter("w", [1, 4]), ["batch", 5]),
    "RangeError",
    "broadcast: both shapes must be equal or 1 in each dimension, got [1, 4] and [batch, 5]",
  );
});

Deno.test("graphBuilder() refuses a slice that does not lie within the columns", () => {
  for (const [start, end] of [[-1, 2], [0, 4], [2, 2], [2, 1]]) {
    refuses(
      (build) => build.sliceColumns(build.input("x", ["batch", 3]), start, end),
      "RangeError",
      `sliceColumns: the range must lie within [batch, 3], got ${start} to ${end}`,
    );
  }
});

Deno.test("graphBuilder() refuses a name that is taken, and constants that are not finite", () => {
  refuses(
    (build) => [build.input("x", ["batch", 3]), build.parameter("x", [1, 3])],
    "TypeError",
    'the name of the parameter must be unique in the graph, got "x" twice',
  );
  refuses(
    (build) => build.constant(-Infinity),
    "RangeError",
    "a constant must be a finite number, got -Infinity",
  );
});

Deno.test("graphBuilder() finish() keeps what is needed, operands first, and every parameter", () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 3]);
  build.tanh(build.input("dropped", ["batch", 9]));
  const w = build.parameter("w", [3, 4]);
  build.parameter("unused", [2, 5]);
  const graph = build.finish({ outputs: { y: build.tanh(build.matmul(x, w)) } });
  deepEqual(graph.values.map(({ operation }) => operation.kind), [
    "input",
    "parameter",
    "parameter",
    "matmul",
    "tanh",
  ]);
  deepEqual(graph.values.map(({ id }) => id), [0, 1, 2, 3, 4]);
  for (const { id, operands } of graph.values) {
    for (const operand of operands) {
      equal(graph.values[operand.id], operand);
      equal(operand.id < id, true);
    }
  }
  deepEqual([...graph.inputs.keys()], ["x"]);
  deepEqual(graph.parameters.map(nameOf), ["w", "unused"]);
  equal(parameterCount(graph), 22);
  equal(graph.outputs.get("y"), graph.values[4]);
});

Deno.test("nameOf() refuses a value that has no name", () => {
  const build = graphBuilder();
  throws(() => nameOf(build.constant(1)), {
    name: "TypeError",
    message: "nameOf: the value must be an input or a parameter, got a constant",
  });
});

Deno.test("sizeOf() and sameShape() take the batch as a dimension", () => {
  equal(sizeOf(["batch", 35], 7), 245);
  equal(sizeOf([3, 4], 7), 12);
  equal(sizeOf([perSample(196), 8], 7), 196 * 8 * 7);
  equal(sameShape(shapeOf(["batch", 3]), shapeOf([{ batch: 1 }, 3])), true);
  equal(sameShape(shapeOf(["batch", 3]), shapeOf([{ batch: 2 }, 3])), false);
  equal(sameShape(shapeOf(["batch", 3]), [3, 3]), false);
  equal(shapeText([{ batch: 196 }, 8]), "[196 batch, 8]");
  equal(sameShape([3], [3, 3]), false);
});

Deno.test("reshape() is a view: a view of a view shows the source, and the source's own shape is the source", () => {
  const build = graphBuilder(), x = build.input("x", ["batch", 12]);
  const map = build.reshape(x, [{ batch: 4 }, 3]);
  equal(build.reshape(map, ["batch", 12]), x);
  equal(build.reshape(build.reshape(x, [{ batch: 6 }, 2]), [{ batch: 4 }, 3]), map);
  throws(() => build.reshape(x, ["batch", 11]), {
    name: "RangeError",
    message: "Both shapes of a reshape must have equally many elements, got [batch, 12] and [batch, 11]",
  });
  throws(() => build.reshape(x, [12, 1]), /equally many elements, got \[batch, 12\] and \[12, 1\]/);
});

Deno.test("graphBuilder() makes no patches of a kernel of 1 that leaves no place out, and no groups of one row", () => {
  const build = graphBuilder(), x = build.input("x", [perSample(6), 3]);
  const point = windowOf({ height: 2, width: 3, channels: 3, kernel: [1, 1] });
  equal(build.patches(x, point), x);
  equal(build.foldPatches(x, point), x);
  equal(build.sumRowGroups(x, 1), x);
  equal(build.repeatRows(x, 1), x);
});

Deno.test("graphBuilder() refuses maps and groups that do not fit", () => {
  const build = graphBuilder(), x = build.input("x", [perSample(12), 3]);
  const window = windowOf({ height: 4, width: 3, channels: 3, kernel: [2, 2] });
  const fits = (make: () => unknown, message: string) => throws(make, { name: "RangeError", message });
  fits(
    () => build.patches(x, { ...window, channels: 2 }),
    "patches: the value must have 2 channels, got [12 batch, 3]",
  );
  fits(
    () => build.patches(x, { ...window, height: 5 }),
    "patches: the rows must be groups of 15 that become 15, got [12 batch, 3]",
  );
  fits(
    () => build.foldPatches(x, window),
    "foldPatches: the value must have 12 columns (kernel 2x2, 3 channels), got [12 batch, 3]",
  );
  fits(
    () => build.sumRowGroups(x, 5),
    "sumRowGroups: the rows must be groups of 5 that become 1, got [12 batch, 3]",
  );
  fits(
    () => build.repeatRows(x, 0),
    "repeatRows: the rows must be groups of 1 that become 0, got [12 batch, 3]",
  );
});

Deno.test("graphBuilder() keeps stopGradient under a reshape, and makes it once", () => {
  const build = graphBuilder(), x = build.input("x", ["batch", 4]), stopped = build.stopGradient(x);
  const view = build.reshape(stopped, [perSample(2), 2]);
  equal(view.operands[0], stopped);
  equal(build.reshape(view, ["batch", 4]), stopped);
  equal(build.stopGradient(stopped), stopped);
});
