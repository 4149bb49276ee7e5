/** Cases of the primitives on maps and on consecutive rows: odd sizes, strides 1 to 3, kernels 1 to 7, both paddings, 1 and 3 channels. @module */
import type { GraphBuilder } from "../../src/graph/builder.ts";
import { perSample, type ShapeInput, type Value } from "../../src/graph/graph.ts";
import { patchSize, type Window, windowOf, type WindowOptions } from "../../src/graph/window.ts";
import { outputSize } from "../../src/graph/window_loops.js";
import { type Case, caseOf } from "./graphs.ts";

type Form = Omit<WindowOptions, "channels">;

const UNEVEN = { top: 2, left: 0, bottom: 1, right: 3 };

/** Windows by what is odd about them. */
const FORMS: Readonly<Record<string, Form>> = {
  "kernel 3": { height: 5, width: 7, kernel: [3, 3] },
  "kernel 3, valid": { height: 5, width: 4, kernel: [3, 3], padding: "valid" },
  "kernel 3, stride 2": { height: 5, width: 6, kernel: [3, 3], stride: [2, 2] },
  "kernel 3, stride 2, valid": { height: 7, width: 6, kernel: [3, 3], stride: [2, 2], padding: "valid" },
  "kernel 4, stride 2": { height: 6, width: 5, kernel: [4, 4], stride: [2, 2] },
  "kernel 2x3, stride 3x1": { height: 7, width: 3, kernel: [2, 3], stride: [3, 1] },
  "kernel 1, stride 2": { height: 5, width: 5, kernel: [1, 1], stride: [2, 2] },
  "kernel 2, stride 3, valid": { height: 8, width: 7, kernel: [2, 2], stride: [3, 3], padding: "valid" },
  "kernel 7 on a smaller map": { height: 5, width: 3, kernel: [7, 7] },
  "kernel 7x1, valid": { height: 7, width: 2, kernel: [7, 1], padding: "valid" },
  "kernel 5, uneven padding": { height: 4, width: 6, kernel: [5, 5], stride: [2, 3], padding: UNEVEN },
  "one place": { height: 1, width: 1, kernel: [3, 3] },
};

/** The windows of all forms for a number of channels. */
function windows(channels: number): [label: string, window: Window][] {
  return Object.entries(FORMS).map(([label, form]) => [label, windowOf({ ...form, channels })]);
}

/** Cases by primitive; `conv` and `convTranspose`: the chains that engines fuse. */
export function mapCases(columns: number): Record<string, Case[]> {
  const channels = Math.min(columns, 3);
  const of = (compute: (label: string, window: Window) => Case[]) =>
    windows(channels).flatMap(([label, window]) => compute(label, window));
  return {
    patches: of((label, window) =>
      rowsOf(window.height * window.width).map((rows) =>
        caseOf(
          `patches, ${label}`,
          (build, operand) => build.patches(operand([rows, channels]), window),
        )
      )
    ),
    foldPatches: of((label, window) =>
      rowsOf(placesOf(window)).map((rows) =>
        caseOf(
          `foldPatches, ${label}`,
          (build, operand) => build.foldPatches(operand([rows, patchSize(window)]), window),
        )
      )
    ),
    conv: of((label, window) => [false, true].map((transposed) => convCase(label, window, transposed))),
    convTranspose: of((label, window) =>
      [false, true].map((transposed) => convTransposeCase(label, window, transposed))
    ),
    convLookalikes: lookalikes(channels),
    ...rowGroupCases(columns),
  };
}

/** One map a sample, two maps a sample, and for small ones two maps whatever the batch, every number of which is a parameter. */
function rowsOf(places: number): ShapeInput[0][] {
  return [perSample(places), perSample(2 * places), ...(places <= 9 ? [2 * places] : [])];
}

function placesOf(window: Window): number {
  const { height, width } = outputSize(window);
  return height * width;
}

const OUTPUTS = 5;

/** Weights with which a sum over a patch is about as large as its terms. */
function small(build: GraphBuilder, weight: Value): Value {
  return build.multiply(build.constant(0.2), weight);
}

/** `tanh(patches(x) W + b)`; the weight as rows by the patch, or by the output. */
function convCase(label: string, window: Window, transposed: boolean): Case {
  const size = patchSize(window);
  return caseOf(`conv, ${label}${transposed ? ", transposed weight" : ""}`, (build, operand) => {
    const x = build.patches(operand([perSample(window.height * window.width), window.channels]), window);
    const weight = small(build, operand(transposed ? [OUTPUTS, size] : [size, OUTPUTS]));
    return build.tanh(build.add(build.matmul(x, weight, { b: transposed }), operand([1, OUTPUTS])));
  });
}

/** `tanh(foldPatches(x W) + b)`. */
function convTransposeCase(label: string, window: Window, transposed: boolean): Case {
  const size = patchSize(window);
  return caseOf(`convTranspose, ${label}${transposed ? ", transposed weight" : ""}`, (build, operand) => {
    const x = operand([perSample(placesOf(window)), OUTPUTS]);
    const weight = small(build, operand(transposed ? [size, OUTPUTS] : [OUTPUTS, size]));
    const product = build.matmul(x, weight, { b: transposed });
    return build.tanh(build.add(build.foldPatches(product, window), operand([1, window.channels])));
  });
}

/** Chains that look like convolutions but must not be fused in the same way. */
function lookalikes(channels: number): Case[] {
  const window = windowOf({ height: 4, width: 5, channels, kernel: [3, 3] }), size = patchSize(window);
  const places: ShapeInput[0] = perSample(20);
  return [
    caseOf(`patches that are read twice ${channels}`, (build, operand) => {
      const x = build.patches(operand([places, channels]), window);
      const [one, other] = [0, 1].map(() => build.matmul(x, small(build, operand([size, 2]))));
      return build.add(build.sumColumns(x), build.multiply(one, build.tanh(other)));
    }),
    caseOf(`a convolution plus a map ${channels}`, (build, operand) => {
      const x = operand([places, channels]), weight = small(build, operand([size, channels]));
      return build.add(build.matmul(build.patches(x, window), weight), x);
    }),
    caseOf(`a convolution plus a column ${channels}`, (build, operand) => {
      const product = build.matmul(
        build.patches(operand([places, channels]), window),
        small(build, operand([size, 3])),
      );
      return build.add(operand([places, 1]), product);
    }),
    caseOf(`the fold of a product that is read twice ${channels}`, (build, operand) => {
      const product = build.matmul(operand([places, 2]), small(build, operand([2, size])));
      return build.add(build.foldPatches(product, window), build.sumColumns(product));
    }),
    caseOf(`the fold of a product plus a number ${channels}`, (build, operand) => {
      const product = build.matmul(operand([places, 2]), small(build, operand([2, size])));
      return build.add(build.foldPatches(product, window), operand([1, 1]));
    }),
    caseOf(`the fold of patches ${channels}`, (build, operand) => {
      const x = build.patches(operand([places, channels]), window);
      return build.foldPatches(build.tanh(x), window);
    }),
  ];
}

function rowGroupCases(columns: number): Record<string, Case[]> {
  const groups: ShapeInput[0][] = ["batch", perSample(2), 3, 1];
  const times = (rows: ShapeInput[0], factor: number): ShapeInput[0] =>
    rows === "batch"
      ? perSample(factor)
      : typeof rows === "number"
      ? rows * factor
      : perSample(rows.batch * factor);
  const each = groups.flatMap((rows) => [2, 7].map((factor) => [rows, factor] as const));
  return {
    sumRowGroups: [
      ...each.map(([rows, factor]) =>
        caseOf(
          `sumRowGroups of ${factor}`,
          (build, operand) => build.sumRowGroups(operand([times(rows, factor), columns]), factor),
        )
      ),
      caseOf(`the sum of sumRowGroups ${columns}`, (build, operand) => {
        const x = build.sumRowGroups(operand([perSample(4), columns]), 4);
        return build.sumAll(build.multiply(x, build.constant(2)));
      }),
    ],
    repeatRows: each.map(([rows, factor]) =>
      caseOf(
        `repeatRows ${factor} times`,
        (build, operand) => build.repeatRows(operand([rows, columns]), factor),
      )
    ),
    stopGradient: groups.map((rows) =>
      caseOf(`stopGradient ${columns}`, (build, operand) => {
        const x = operand([rows, columns]), stopped = build.stopGradient(x);
        const weight = operand([columns, 2]);
        return build.add(
          build.sumColumns(build.multiply(x, build.stopGradient(build.tanh(stopped)))),
          build.sumColumns(build.matmul(build.reshape(stopped, x.shape), weight)),
        );
      })
    ),
    oneHotOfMaximum: groups.map((rows) =>
      caseOf(`oneHotOfMaximum ${columns}`, (build, operand) => {
        const x = operand([rows, columns]);
        return build.multiply(build.oneHotOfMaximum(x), x);
      })
    ),
  };
}

/** Convolutions and their transposes whose patches take more than one block: bands of a map, one map, and some maps. */
export function blockCases(): Case[] {
  const forms: [string, Window][] = [
    ["bands of a map", windowOf({ height: 33, width: 30, channels: 12, kernel: [5, 5] })],
    ["blocks of one map", windowOf({ height: 33, width: 30, channels: 6, kernel: [5, 5] })],
    [
      "blocks of some maps",
      windowOf({ height: 30, width: 33, channels: 12, kernel: [5, 5], stride: [2, 2] }),
    ],
  ];
  return forms.flatMap(([label, window]) => [
    convCase(label, window, false),
    convTransposeCase(label, window, true),
    caseOf(`an autoencoder by ${label}`, (build, operand) => {
      const size = patchSize(window);
      const x = operand([perSample(window.height * window.width), window.channels]);
      const hidden = build.relu(build.matmul(build.patches(x, window), small(build, operand([size, 4]))));
      const folded = build.foldPatches(build.matmul(hidden, small(build, operand([4, size]))), window);
      const y = build.tanh(
        build.multiply(build.add(folded, operand([1, window.channels])), build.constant(0.1)),
      );
      return build.subtract(y, x);
    }),
  ]);
}
