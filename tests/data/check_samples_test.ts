import { deepStrictEqual as deepEqual, match, throws } from "node:assert/strict";
import { RunError } from "../../src/core/errors.ts";
import { checkSamples } from "../../src/data/check_samples.ts";
import type { Dataset, Split } from "../../src/data/dataset.ts";
import { withFloatFile } from "./float_file.ts";

const split = (...values: number[]): Split => ({
  count: values.length / 2,
  values: Float32Array.from(values),
});
const dataOf = (train: Split, more: Partial<Dataset> = {}): Dataset => ({
  name: "made",
  shape: [2],
  train,
  test: train,
  ...more,
});
const VALID = split(0, 1, 2, 3, 2, 5);

Deno.test("checkSamples() counts equal float vectors, and finds nothing wrong with values of any size", () => {
  const { distinct, shared, warnings } = checkSamples(
    dataOf(split(0, 0, -5, 1e6, 0, 0), { test: split(-5, 1e6, 1, 1) }),
  );
  deepEqual([distinct, shared], [2, 1]);
  deepEqual(warnings, [
    "1 of 2 test samples are identical to a train sample: what is measured on them is memory",
  ]);
  deepEqual(checkSamples(dataOf(VALID)).warnings, []);
});

Deno.test("checkSamples() warns of vectors that are all the same, and of values that hardly vary", () => {
  match(checkSamples(dataOf(split(4, 5, 4, 5))).warnings[0], /^All 2 train samples are identical/);
  const wide = (value: (row: number, d: number) => number): Split => ({
    count: 3,
    values: Float32Array.from({ length: 3 * 200 }, (_, at) => value(Math.floor(at / 200), at % 200)),
  });
  match(
    checkSamples({ ...dataOf(wide((row, d) => d === 7 ? row : d)), shape: [200] }).warnings[0],
    /^Only 1 of 200 values differ between the train samples/,
  );
});

const REFUSED: readonly [string, Dataset, RegExp][] = [
  [
    "NaN in the train split",
    dataOf(split(0, 1, NaN, 3, 4, Infinity)),
    /^values of the train split must be finite numbers, got NaN in sample 1, value 0, and 1 more like it \(fill or remove/,
  ],
  [
    "an infinity in the test split",
    dataOf(VALID, { test: split(0, -Infinity) }),
    /^values of the test split .* got -Infinity in sample 0, value 1, and 0 more/,
  ],
  [
    "NaN in the validation split",
    dataOf(VALID, { validation: split(NaN, 0) }),
    /^values of the validation split .* got NaN in sample 0, value 0/,
  ],
  [
    "NaN in targets",
    dataOf({ ...VALID, targets: { values: Float32Array.of(0, 0, 0, NaN, 0, 0) } }),
    /^targets of the train split .* got NaN in sample 1, value 1/,
  ],
  [
    "targets in one split alone",
    dataOf({ ...VALID, targets: VALID }, { test: VALID }),
    /^targets must be in every split or in none, got some for train and none for test/,
  ],
];

for (const [what, dataset, message] of REFUSED) {
  Deno.test(`checkSamples() refuses ${what}, by name`, () => {
    throws(
      () => checkSamples(dataset),
      (thrown) => thrown instanceof RunError && message.test(thrown.message),
    );
  });
}

Deno.test("checkSamples() looks for what is not finite in a file, too", async () => {
  await withFloatFile(Float32Array.of(0, 1, 2, 3, 4, NaN), 2, (stored) => {
    throws(() => checkSamples(dataOf(stored)), /got NaN in sample 2, value 1, and 0 more/);
    return Promise.resolve();
  });
});
