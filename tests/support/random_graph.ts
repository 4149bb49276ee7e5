/** Random graphs: cases that no list has, such as values that are needed long after they were computed. @module */
import { type GraphBuilder, graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import { type BatchDimension, isBatch, perSample, type Shape, type Value } from "../../src/graph/graph.ts";
import { patchSize, type Window, windowOf } from "../../src/graph/window.ts";
import type { Case } from "./graphs.ts";
import { chooser } from "./numbers.ts";

const STEPS = 14;
const WIDTHS = [1, 5, 8];

type Choose = <Item>(items: readonly Item[]) => Item;
type Step = (build: GraphBuilder, pick: Choose, values: readonly Value[]) => Value;

/** Each result is squashed, so that fourteen steps neither grow nor vanish. */
const STEP_KINDS: readonly Step[] = [
  (build, pick, values) => build.tanh(pick(values)),
  (build, pick, values) => build.sigmoid(pick(values)),
  (build, pick, values) => build.relu(pick(values), pick([0, 0.01])),
  (build, pick, values) => build.softplus(pick(values)),
  (build, pick, values) => build.exp(build.tanh(pick(values))),
  (build, pick, values) => build.log(build.add(build.sigmoid(pick(values)), build.constant(1))),
  (build, pick, values) => build.sqrt(build.sigmoid(pick(values))),
  (build, pick, values) => build.tanh(build.sumRows(pick(values))),
  (build, pick, values) => build.tanh(build.sumColumns(pick(values))),
  (build, pick, values) => build.tanh(build.sumAll(pick(values))),
  binary((build, a, b) => build.tanh(build.add(a, b))),
  binary((build, a, b) => build.tanh(build.subtract(a, b))),
  binary((build, a, b) => build.tanh(build.multiply(a, b))),
  binary((build, a, b) => build.divide(build.tanh(a), build.exp(build.tanh(b)))),
  reshape,
  reshape,
  convolve,
  convolve,
  deconvolve,
  (build, pick, values) => build.repeatRows(pick(values), pick([1, 2, 3])),
  function sumGroups(build, pick, values) {
    const x = pick(values), size = pick(divisors(rowsOf(x)));
    return build.tanh(build.sumRowGroups(x, size));
  },
  function commit(build, pick, values) {
    const x = pick(values);
    return build.multiply(build.stopGradient(build.oneHotOfMaximum(x)), build.tanh(x));
  },
  dense,
  dense,
  dense,
  function contract(build, pick, values) {
    const a = pick(values), b = pick(values.filter(({ shape }) => shape[0] === a.shape[0]));
    return build.tanh(build.matmul(a, b, { a: true }));
  },
  function slice(build, pick, values) {
    const x = pick(values), width = x.shape[1] as number;
    const start = pick([0, Math.floor(width / 2)]);
    return build.sliceColumns(x, start, pick([start + 1, width]));
  },
  function join(build, pick, values) {
    const x = pick(values);
    const parts = values.filter(({ shape }) => shape[0] === x.shape[0]);
    return build.sliceColumns(build.joinColumns(x, pick(parts), pick(parts)), 0, 1 + (x.shape[1] as number));
  },
];

/** The same numbers by other rows of each sample; half of them back to one. */
function reshape(build: GraphBuilder, pick: Choose, values: readonly Value[]): Value {
  const x = pick(values.filter(({ shape }) => isBatch(shape[0])));
  const rows = (x.shape[0] as BatchDimension).batch, columns = x.shape[1] as number, size = rows * columns;
  const forms = [1, rows, columns, size].filter((each) => size % each === 0);
  const to = pick(forms);
  return build.reshape(x, [perSample(to), size / to]);
}

function rowsOf({ shape: [rows] }: Value): number {
  return isBatch(rows) ? rows.batch : rows;
}

function divisors(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1).filter((size) => count % size === 0);
}

/** A window of random form that has `places` places of `channels` numbers. */
function windowFor(pick: Choose, places: number, channels: number): Window {
  const height = pick(divisors(places)), width = places / height, sides = [1, 2, 3];
  return windowOf({
    ...{ height, width, channels },
    kernel: [pick(sides), pick(sides)],
    stride: [pick(sides), pick(sides)],
  });
}

/** A convolution of values that have at most 12 rows of each sample, so that repeated ones stay small. */
function convolve(build: GraphBuilder, pick: Choose, values: readonly Value[]): Value {
  const x = pick(values.filter((value) => rowsOf(value) <= 12)), channels = x.shape[1] as number;
  const window = windowFor(pick, rowsOf(x), channels), outputs = pick(WIDTHS);
  const weight = build.parameter(`conv${build.parameters.length}`, [patchSize(window), outputs]);
  const product = build.matmul(build.patches(x, window), build.multiply(weight, build.constant(0.2)));
  return pick([true, false]) ? build.tanh(product) : build.sigmoid(build.sumColumns(product));
}

/** A transposed convolution: the rows are the places of patches without overlap. */
function deconvolve(build: GraphBuilder, pick: Choose, values: readonly Value[]): Value {
  const x = pick(values.filter((value) => rowsOf(value) <= 4)), channels = pick(WIDTHS);
  const height = pick(divisors(rowsOf(x))), width = rowsOf(x) / height, stride = pick([1, 2]);
  const window = windowOf({
    ...{ height: height * stride, width: width * stride, channels },
    kernel: [pick([1, 2, 3]), 3],
    stride: [stride, stride],
  });
  const weight = build.parameter(`deconv${build.parameters.length}`, [x.shape[1], patchSize(window)]);
  return build.tanh(build.foldPatches(build.matmul(x, build.multiply(weight, build.constant(0.2))), window));
}

function binary(combine: (build: GraphBuilder, a: Value, b: Value) => Value): Step {
  return (build, pick, values) => {
    const a = pick(values);
    return combine(build, a, pick(values.filter((b) => fits(a.shape, b.shape))));
  };
}

function fits(a: Shape, b: Shape): boolean {
  return a.every((size, axis) => size === b[axis] || size === 1 || b[axis] === 1);
}

function dense(build: GraphBuilder, pick: Choose, values: readonly Value[]): Value {
  const x = pick(values), inputs = x.shape[1] as number, outputs = pick(WIDTHS);
  const name = `dense${build.parameters.length}`;
  const product = build.matmul(x, build.parameter(`${name}.weight`, [inputs, outputs]));
  return build.tanh(build.add(product, build.parameter(`${name}.bias`, [1, outputs])));
}

/** A graph that depends on the seed alone; `y` and two more values are outputs, so nothing can be fused away unseen. */
export function randomCase(seed: number): Case {
  const choose = chooser(seed);
  const pick: Choose = (items) => items[choose(items.length)];
  const build = graphBuilder();
  const values = WIDTHS.map((width) => build.input(`input${width}`, ["batch", width]));
  values.push(build.input("map", [perSample(3), 5]));
  values.push(build.parameter("row", [1, 5]), build.parameter("matrix", [3, 8]));
  while (values.length < STEPS + 6) values.push(pick(STEP_KINDS)(build, pick, values));
  const loss = values.map((value) => build.sumAll(value)).reduce((sum, value) => build.add(sum, value));
  const outputs = { loss, y: values.at(-1)!, early: pick(values.slice(6)), late: pick(values.slice(11)) };
  return {
    label: `random graph ${seed}`,
    graph: build.finish({ outputs, gradients: gradients(build, loss, build.parameters) }),
  };
}
