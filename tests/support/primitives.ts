/** Every primitive, at every broadcast form and transpose, for one number of columns. @module */
import { activate } from "../../src/models/activations.ts";
import {
  type BinaryKind,
  perSample,
  type ShapeInput as Shape,
  shapeText,
  type UnaryKind,
} from "../../src/graph/graph.ts";
import { type Case, caseOf } from "./graphs.ts";
import { mapCases } from "./map_cases.ts";
import { ACTIVATIONS } from "./models.ts";

/** The name of a primitive (or `dense`, the chain that engines fuse) to its cases. */
export function primitiveCases(columns: number): Record<string, Case[]> {
  return {
    ...binaryCases(columns),
    ...unaryCases(columns),
    matmul: matmulCases(columns),
    dense: denseCases(columns),
    sumRows: eachShape("sumRows", columns, (build, x) => build.sumRows(x)),
    sumColumns: eachShape("sumColumns", columns, (build, x) => build.sumColumns(x)),
    sumAll: eachShape("sumAll", columns, (build, x) => build.sumAll(x)),
    sliceColumns: sliceCases(columns),
    joinColumns: joinCases(columns),
    broadcast: broadcastCases(columns),
    reshape: reshapeCases(columns),
    ...mapCases(columns),
  };
}

const FIXED_ROWS = 3;

function shapesOf(columns: number): Shape[] {
  return [["batch", columns], [FIXED_ROWS, columns], [1, columns]];
}

type Compute = Parameters<typeof caseOf>[1];
type OfOne = (build: Parameters<Compute>[0], x: ReturnType<Compute>) => ReturnType<Compute>;

function eachShape(name: string, columns: number, compute: OfOne): Case[] {
  return shapesOf(columns).map((shape) =>
    caseOf(`${name} ${shapeText(shape)}`, (build, operand) => compute(build, operand(shape)))
  );
}

function binaryCases(columns: number): Record<BinaryKind, Case[]> {
  const forms = (rows: "batch" | number): Shape[] => [[rows, columns], [1, columns], [rows, 1], [1, 1]];
  const pairs = (rows: "batch" | number) =>
    forms(rows).flatMap((a) => forms(rows).map((b) => [a, b] as const));
  const all = [...pairs("batch"), ...pairs(FIXED_ROWS)];
  const cases = (kind: BinaryKind) =>
    all.map(([a, b]) =>
      caseOf(`${kind} ${shapeText(a)} ${shapeText(b)}`, (build, operand) => {
        const left = operand(a), right = operand(b);
        // A divisor near 0 would measure the condition of the problem, not the engine.
        return build[kind](
          left,
          kind === "divide" ? build.add(build.softplus(right), build.constant(0.5)) : right,
        );
      })
    );
  const twice = (kind: BinaryKind) =>
    eachShape(`${kind} of the same value`, columns, (build, x) => build[kind](x, x));
  return {
    add: [...cases("add"), ...twice("add")],
    subtract: [...cases("subtract"), ...twice("subtract")],
    multiply: [...cases("multiply"), ...twice("multiply")],
    divide: cases("divide"),
    greater: [...cases("greater"), ...twice("greater")],
  };
}

function unaryCases(columns: number): Record<UnaryKind | "relu", Case[]> {
  const of = (name: string, compute: OfOne) => eachShape(name, columns, compute);
  return {
    tanh: of("tanh", (build, x) => build.tanh(x)),
    sigmoid: of("sigmoid", (build, x) => build.sigmoid(x)),
    exp: of("exp", (build, x) => build.exp(x)),
    log: of("log", (build, x) => build.log(build.add(build.multiply(x, x), build.constant(0.25)))),
    sqrt: of("sqrt", (build, x) => build.sqrt(build.add(build.multiply(x, x), build.constant(0.25)))),
    softplus: of("softplus", (build, x) => build.softplus(x)),
    relu: [
      ...of("relu", (build, x) => build.relu(x)),
      ...of("relu of slope 0.01", (build, x) => build.relu(x, 0.01)),
    ],
  };
}

/** Products of [rows, inner] and [inner, columns]; with the batch as rows, as the inner dimension, or not at all. */
function matmulCases(columns: number): Case[] {
  const inners = [...new Set([1, 8, columns])];
  return inners.flatMap((inner) => {
    const fixed = [[false, false], [false, true], [true, false], [true, true]].map(([a, b]) =>
      product(a ? [inner, FIXED_ROWS] : [FIXED_ROWS, inner], b ? [columns, inner] : [inner, columns], a, b)
    );
    return [
      ...fixed,
      product(["batch", inner], [inner, columns], false, false),
      product(["batch", inner], [columns, inner], false, true),
      product(["batch", inner], ["batch", columns], true, false),
    ];
  });
}

function product(a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): Case {
  const label = `matmul ${shapeText(a)}${transposeA ? "^T" : ""} ${shapeText(b)}${transposeB ? "^T" : ""}`;
  return caseOf(
    label,
    (build, operand) => build.matmul(operand(a), operand(b), { a: transposeA, b: transposeB }),
  );
}

/** `activation(x w + b)`, and the chains that look like it but must not be fused in the same way. */
function denseCases(columns: number): Case[] {
  const layers = ACTIVATIONS.map((activation) =>
    caseOf(`dense ${activation} ${columns}`, (build, operand) => {
      const linear = build.matmul(operand(["batch", 9]), operand([9, columns]));
      return activate(build, activation, build.add(linear, operand([1, columns])));
    })
  );
  const lookalike = (label: string, bias: Shape, biasFirst = false) =>
    caseOf(`${label} ${columns}`, (build, operand) => {
      const linear = build.matmul(operand(["batch", 9]), operand([9, columns]));
      const added = operand(bias);
      return build.tanh(biasFirst ? build.add(added, linear) : build.add(linear, added));
    });
  const usedTwice = caseOf(`dense whose linear part is used again ${columns}`, (build, operand) => {
    const product = build.matmul(operand(["batch", 9]), operand([9, columns]));
    const linear = build.add(product, operand([1, columns]));
    return build.add(build.multiply(build.tanh(linear), linear), product);
  });
  return [
    ...layers,
    lookalike("dense with the bias first", [1, columns], true),
    lookalike("product plus a column", ["batch", 1]),
    lookalike("product plus one number", [1, 1]),
    lookalike("product plus a matrix", ["batch", columns]),
    usedTwice,
  ];
}

function sliceCases(columns: number): Case[] {
  const middle = Math.floor(columns / 2);
  const ranges = [[0, 1], [0, columns], [columns - 1, columns], [middle, columns]];
  return ranges.flatMap(([start, end]) =>
    eachShape(`sliceColumns ${start} to ${end} of`, columns, (build, x) => build.sliceColumns(x, start, end))
  );
}

function joinCases(columns: number): Case[] {
  const of = (label: string, rows: "batch" | number, widths: number[]) =>
    caseOf(
      `joinColumns of ${label}, ${rows} rows`,
      (build, operand) => build.joinColumns(...widths.map((width) => operand([rows, width]))),
    );
  return [
    of("one", "batch", [columns]),
    of("three", "batch", [columns, 1, columns]),
    of("three", FIXED_ROWS, [1, columns, 2]),
    ...eachShape("joinColumns of the same value", columns, (build, x) => build.joinColumns(x, x)),
  ];
}

/** Views and their inverses, under operations that read rows and operations that read everything. */
function reshapeCases(columns: number): Case[] {
  const wide: Shape = ["batch", 4 * columns], tall: Shape = [perSample(4), columns];
  const row: Shape = [1, columns], matrix: Shape = [columns, 3];
  return [
    caseOf(`reshape ${shapeText(wide)}`, (build, operand) => build.tanh(build.reshape(operand(wide), tall))),
    caseOf(`reshape ${shapeText(tall)}`, (build, operand) => build.reshape(operand(tall), wide)),
    caseOf(
      `reshape of a parameter ${columns}`,
      (build, operand) => build.reshape(operand([6, columns]), [2, 3 * columns]),
    ),
    caseOf(`reshape between products ${columns}`, (build, operand) => {
      const map = build.reshape(build.matmul(operand(["batch", 5]), operand([5, 4 * columns])), tall);
      const hidden = build.tanh(build.add(build.matmul(map, operand(matrix)), operand([1, 3])));
      return build.matmul(build.reshape(hidden, ["batch", 12]), operand([12, 2]));
    }),
    caseOf(
      `sumRows of a view ${columns}`,
      (build, operand) => build.sumRows(build.reshape(operand(wide), tall)),
    ),
    caseOf(
      `sumColumns of a view ${columns}`,
      (build, operand) => build.sumColumns(build.reshape(operand(tall), wide)),
    ),
    caseOf(
      `a view plus a row ${columns}`,
      (build, operand) => build.add(build.reshape(operand(wide), tall), build.broadcast(operand(row), tall)),
    ),
    caseOf(`a view that is read next to its source ${columns}`, (build, operand) => {
      const x = build.tanh(operand(wide));
      return build.add(build.reshape(build.multiply(build.reshape(x, tall), operand(row)), wide), x);
    }),
  ];
}

function broadcastCases(columns: number): Case[] {
  const forms: [Shape, Shape][] = [
    [[1, columns], ["batch", columns]],
    [["batch", 1], ["batch", columns]],
    [[1, 1], ["batch", columns]],
    [[1, 1], ["batch", 1]],
    [[1, 1], [1, columns]],
    [[FIXED_ROWS, 1], [FIXED_ROWS, columns]],
    [[1, columns], [FIXED_ROWS, columns]],
    [["batch", columns], ["batch", columns]],
  ];
  return forms.map(([from, to]) =>
    caseOf(
      `broadcast ${shapeText(from)} to ${shapeText(to)}`,
      (build, operand) => build.broadcast(operand(from), to),
    )
  );
}
