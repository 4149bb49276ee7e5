import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { binariseDataset } from "../../src/data/binarise.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { pickFromSplit, sliceSplit } from "../../src/data/parts.ts";

const split = (...bytes: number[]) => ({ count: bytes.length, values: Uint8Array.from(bytes) });
const GREY: Dataset = { name: "grey", shape: [1, 1, 1], train: split(0, 127, 128, 255), test: split(200) };

Deno.test("binariseDataset keeps grey pixels with the option grey", () => {
  equal(binariseDataset(GREY, "grey", 1), GREY);
});

Deno.test("binariseDataset thresholds pixels at 0.5", () => {
  const { train, test, binarisation } = binariseDataset(GREY, "threshold", 1);
  deepEqual([[...train.values], [...test.values], binarisation], [[0, 0, 255, 255], [255], "threshold"]);
  deepEqual([...GREY.train.values], [0, 127, 128, 255]);
});

Deno.test("binariseDataset leaves the sampling of pixels to readers, with the seed, also for parts of a split", () => {
  const { train, test } = binariseDataset(GREY, "resampled", 7);
  deepEqual([train.resampled, test.resampled], [7, 7]);
  deepEqual([...train.values], [0, 127, 128, 255]);
  equal(sliceSplit(train, 1, 1, 3).resampled, 7);
  equal(pickFromSplit(train, 1, [2]).resampled, 7);
});

Deno.test("binariseDataset keeps a train split that is the test split one and the same", () => {
  const { train, test } = binariseDataset({ ...GREY, test: GREY.train }, "threshold", 1);
  equal(train, test);
});

Deno.test("binariseDataset refuses to threshold images that are not in memory", () => {
  const file = { path: "big.idx", kind: "bytes" as const, start: 16, block: 2, size: 20, modified: 0 };
  const large = { ...GREY, train: { count: 4, values: new Uint8Array(), file } };
  throws(() => binariseDataset(large, "threshold", 1), /load.memory must hold all images of "big.idx"/);
  equal(binariseDataset(large, "resampled", 1).train.resampled, 1);
});

Deno.test("binariseDataset thresholds floats at 0.5, and targets as values", () => {
  const values = Float32Array.of(0, 0.49, 0.5, 2), targets = { values: Uint8Array.of(0, 127, 128, 255) };
  const { train } = binariseDataset({ ...GREY, train: { count: 4, values, targets } }, "threshold", 1);
  deepEqual([...train.values], [0, 0, 1, 1]);
  deepEqual([...train.targets!.values], [0, 0, 255, 255]);
});
