import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { scaled, type ScaleSpec, unscaled } from "../../src/core/scale.ts";
import type { Dataset, Split } from "../../src/data/dataset.ts";
import { scaleOf } from "../../src/data/dataset.ts";
import { sampleOptions } from "../../src/data/feed.ts";
import {
  brightnessOf,
  bytes,
  describeScale,
  fitScale,
  isUnit,
  leavesUnit,
  minMax,
  range,
  rescaled,
  scaleDataset,
  scaledLimits,
  scaledValues,
  standardize,
} from "../../src/data/scale.ts";
import { assertClose } from "../support/close.ts";
import { withFloatFile } from "./float_file.ts";

/** Three samples of three features; the last is constant. */
const TRAIN: Split = { count: 3, values: Float32Array.of(1, 10, 7, 2, 30, 7, 6, 20, 7) };
const TEST: Split = { count: 1, values: Float32Array.of(11, 0, 8) };
const DATA: Dataset = { name: "made", shape: [3], train: TRAIN, test: TEST };

/** What sklearn.preprocessing gives for the same rows (scikit-learn 1.9), row by row. */
const SKLEARN: Readonly<Record<string, { spec: ScaleSpec; rows: number[]; test: number[] }>> = {
  StandardScaler: {
    spec: standardize(),
    rows: [-0.9258201, -1.2247449, 0, -0.46291005, 1.2247449, 0, 1.3887301, 0, 0],
    test: [3.7032804, -2.4494897, 1],
  },
  MinMaxScaler: {
    spec: minMax(),
    rows: [0, 0, 0, 0.2, 1, 0, 1, 0.5, 0],
    test: [2, -0.5, 1],
  },
};

for (const [name, { spec, rows, test }] of Object.entries(SKLEARN)) {
  Deno.test(`fitScale() of ${spec.kind} gives what scikit-learn's ${name} gives, constant features included`, () => {
    const scale = fitScale(spec, TRAIN, 3);
    assertClose(scaled(scale, TRAIN.values), rows, { absolute: 1e-6 }, "train");
    assertClose(
      scaled(scale, TEST.values),
      test,
      { absolute: 1e-6 },
      "test, by the numbers of the train split",
    );
    assertClose(unscaled(scale, scaled(scale, TEST.values)), [...TEST.values], { absolute: 1e-12 }, "undone");
    equal(scale.divisor[2], 1);
  });
}

Deno.test("fitScale() for all values together has one pair of numbers, by hand", () => {
  const both = fitScale(minMax({ per: "all" }), TRAIN, 3);
  deepEqual([both.shift, both.divisor, both.drawn], [[1], [29], [1, 30]]);
  const { shift, divisor } = fitScale(standardize({ per: "all" }), TRAIN, 3);
  // The mean of 1, 10, 7, 2, 30, 7, 6, 20, 7 is 10, their squares about it sum up to 688.
  assertClose([shift[0], divisor[0]], [10, Math.sqrt(688 / 9)], { relative: 1e-12 }, "mean and std");
  const constant = { count: 2, values: Float32Array.of(5, 5, 5, 5) };
  deepEqual([fitScale(standardize({ per: "all" }), constant, 2).divisor], [[1]]);
});

Deno.test("fitScale() of bytes and of a range does not read the data", () => {
  const nothing = { count: 3, values: new Uint8Array() };
  deepEqual(fitScale(range(-1, 3), nothing, 3), {
    spec: { kind: "range", min: -1, max: 3 },
    shift: [-1],
    divisor: [4],
    drawn: [-1, 3],
  });
  deepEqual(fitScale(bytes(), nothing, 3).divisor, [255]);
});

Deno.test("fitScale() reads a train split that stays in its file", async () => {
  await withFloatFile(TRAIN.values as Float32Array, 3, (stored) => {
    deepEqual(fitScale(standardize(), stored, 3), fitScale(standardize(), TRAIN, 3));
    return Promise.resolve();
  });
});

Deno.test("scaleDataset() gives all splits the scale of the train split, and keeps one split one", () => {
  const { train, test, validation } = scaleDataset({ ...DATA, validation: TEST }, minMax());
  deepEqual([train.scale!.shift, test.scale, validation!.scale], [[1, 10, 7], train.scale, train.scale]);
  equal(test.values, TEST.values, "values stay in the units of the data");
  const one = scaleDataset({ ...DATA, test: TRAIN }, minMax());
  equal(one.train, one.test);
  equal(scaleDataset(DATA, null), DATA);
});

Deno.test("rescaled() fits the scale of a changed train split again, and leaves data without a scale alone", () => {
  const dataset = scaleDataset(DATA, minMax());
  const narrow = rescaled({
    ...dataset,
    train: { ...dataset.train, count: 2, values: TRAIN.values.subarray(0, 6) },
  });
  deepEqual([narrow.train.scale!.divisor, narrow.test.scale!.divisor], [[1, 20, 1], [1, 20, 1]]);
  equal(rescaled(DATA), DATA);
});

Deno.test("scaleOf() divides bytes by 255 and leaves floats alone where no scale was chosen", () => {
  const pixels: Split = { count: 1, values: Uint8Array.of(0, 255) };
  deepEqual([scaleOf(pixels).divisor, scaleOf(TRAIN).divisor], [[255], [1]]);
  deepEqual([...scaledValues(pixels)], [0, 1]);
  deepEqual([...brightnessOf({ ...TRAIN, scale: fitScale(minMax({ per: "all" }), TRAIN, 3) })].slice(4, 5), [
    1,
  ]);
});

Deno.test("sampleOptions() leave the fast path to bytes that are divided by 255, unless their targets are floats", () => {
  const pixels: Split = { count: 1, values: Uint8Array.of(0, 255), scale: fitScale(bytes(), TRAIN, 3) };
  equal(sampleOptions(pixels, 2).scale, undefined);
  const mixed = { ...pixels, targets: { values: Float32Array.of(0, 255) } };
  deepEqual(sampleOptions(mixed, 2).scale?.divisor, [255], "floats would stay as they are without it");
  deepEqual([sampleOptions(mixed, 2).kind, sampleOptions(mixed, 2).targets], ["bytes", "floats"]);
});

Deno.test("scaledLimits(), isUnit() and leavesUnit() find what a sigmoid cannot make", () => {
  const limits = (spec: ScaleSpec) => scaledLimits(TRAIN, fitScale(spec, TRAIN, 3), 3);
  deepEqual(limits(minMax()), [0, 1]);
  deepEqual(limits(range(0, 10)), [0.1, 3]);
  ok(limits(standardize())[0] < 0);
  deepEqual([bytes(), minMax(), range(0, 1)].map((spec) => leavesUnit(spec)), [
    undefined,
    undefined,
    undefined,
  ]);
  ok(leavesUnit(standardize())!.startsWith("standardize() makes"));
  const seen = [{ what: "a", value: 1 }, { what: "b", value: -0.5 }, { what: "c", value: 300 }];
  deepEqual([null, bytes(), range(0, 300), range(-1, 300), minMax()].map((spec) => leavesUnit(spec, seen)), [
    "b is -0.5",
    "b is -0.5",
    "b is -0.5",
    undefined,
    undefined,
  ]);
  equal(leavesUnit(bytes(), seen.slice(2)), "c is 300");
  deepEqual(
    [range(0, 255), range(0, 200), range(-5, 300)].map((spec) => isUnit(fitScale(spec, TRAIN, 3), "bytes")),
    [
      true,
      false,
      true,
    ],
  );
  equal(isUnit(fitScale(range(0, 255), TRAIN, 3), "floats"), false, "floats may be anything");
});

Deno.test("describeScale() names each kind", () => {
  deepEqual([bytes(), range(0, 9), minMax({ per: "all" }), standardize()].map(describeScale), [
    "bytes / 255",
    "0 to 9 scaled to 0 to 1",
    "all values together scaled to 0 to 1 by the train split",
    "each feature standardized by the train split",
  ]);
});
