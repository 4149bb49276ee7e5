import {
  deepStrictEqual as deepEqual,
  match,
  rejects,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import { UsageError } from "../../src/core/errors.ts";
import { arrays, type ArraysOptions } from "../../src/data/arrays.ts";
import {
  describeSource,
  hasValidation,
  sourceFaults,
  sourceShape,
  SourceSpec,
} from "../../src/data/source.ts";
import { checkSamples } from "../../src/data/check_samples.ts";
import { openInput, runError } from "./arrays/npy_support.ts";

const rows = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]];
const numbers = rows.flat();
const usageError = (pattern: RegExp) => (error: unknown) => {
  if (!(error instanceof UsageError)) throw error;
  match(error.message, pattern);
  return true;
};

Deno.test("arrays() takes nested lists, lists of typed arrays and one typed array", async () => {
  const inputs: [ArraysOptions["train"], number[]?][] = [
    [rows],
    [rows.map((row) => Float64Array.from(row))],
    [Int16Array.from(numbers), [4]],
    [Float32Array.from(numbers), [4]],
    [Uint8Array.from(numbers), [4]],
    [rows.map((row) => Uint8ClampedArray.from(row))],
  ];
  for (const [train, shape] of inputs) {
    const dataset = await openInput(arrays({ train, shape, testShare: 0 }));
    deepEqual([...dataset.train.values], numbers);
    deepEqual([dataset.shape, dataset.train.count], [[4], 3]);
  }
  const pictures = [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [10, 11]]];
  const { shape, train } = await openInput(arrays({ train: pictures, testShare: 0 }));
  deepEqual([shape, [...train.values]], [[2, 2, 1], numbers]);
});

Deno.test("arrays() keeps bytes and floats of single precision without a copy", async () => {
  for (const train of [Uint8Array.from(numbers), Float32Array.from(numbers)]) {
    const dataset = await openInput(arrays({ train, shape: [2, 2], testShare: 0 }));
    equal(dataset.train.values, train);
  }
});

Deno.test("arrays() brings labels by number or name, targets, and splits of its own", async () => {
  const input = arrays({
    train: rows,
    labels: ["cat", "ant", "cat"],
    targets: rows.map((row) => row.map((x) => -x)),
    test: [[1, 1, 1, 1]],
    testLabels: ["bee"],
    testTargets: [[2, 2, 2, 2]],
    validation: [[3, 3, 3, 3]],
    validationTargets: [[4, 4, 4, 4]],
  });
  const { train, test, validation, labelNames } = await openInput(input);
  deepEqual(labelNames, ["ant", "bee", "cat"]);
  deepEqual([[...train.labels!], [...test.labels!]], [[2, 0, 2], [1]]);
  deepEqual([...train.targets!.values], numbers.map((x) => -x));
  deepEqual([[...test.targets!.values], [...validation!.targets!.values]], [[2, 2, 2, 2], [4, 4, 4, 4]]);
  const spec = SourceSpec.parse(input);
  deepEqual([hasValidation(spec), sourceShape(spec), sourceFaults(spec)], [true, [4], []]);
  equal(describeSource(spec), "arrays: 3 + 1 + 1 vectors of 4");
  const numbered = await openInput(arrays({ train: rows, labels: Uint8Array.of(3, 0, 1), testShare: 0 }));
  deepEqual([...numbered.train.labels!], [3, 0, 1]);
});

Deno.test("arrays() makes a spec of plain data that has the hash of the content", () => {
  const input = arrays({ train: rows });
  deepEqual(JSON.parse(JSON.stringify(SourceSpec.parse(input))), SourceSpec.parse(input));
  equal(input.content, arrays({ train: rows.map((row) => Float32Array.from(row)) }).content);
  const others = [
    { train: rows.map((row) => row.map((x) => x + 1)) },
    { train: rows.map((row) => Uint8Array.from(row)) },
    { train: numbers.map((x) => [x]) },
    { train: rows, labels: [0, 0, 1] },
    { train: rows, targets: rows },
    { train: rows, test: rows },
    { train: rows, validation: rows },
  ].map((options) => arrays(options).content);
  equal(new Set([input.content, ...others]).size, 8);
});

Deno.test("arrays() refuses what is no array of numbers before any run", () => {
  const refuses = (options: unknown, pattern: RegExp) =>
    throws(() => arrays(options as ArraysOptions), usageError(pattern));
  refuses({}, /^arrays: train must be samples, got undefined/);
  refuses({ train: 5 }, /^arrays.train must be nested lists of numbers or a typed array, got 5$/);
  refuses({ train: [[1, 2], [3]] }, /^arrays.train\[1\] must have 2 values like the first one, got 1$/);
  refuses({ train: [[1, 2], [3, "4"]] }, /^arrays.train\[1\]\[1\] must be a number, got "4"$/);
  refuses({ train: [[1, 2], [3, undefined]] }, /must be a number, got undefined$/);
  refuses({ train: [[1], 2] }, /^arrays.train\[1\] must have 1 values like the first one, got 2$/);
  refuses(
    { train: [Uint8Array.of(1), Float32Array.of(2)] },
    /\[1\] must be bytes like the first one, got Float32Array$/,
  );
  refuses({ train: Float32Array.of(1, 2) }, /^arrays.train must come with the shape of a sample.*2 values/);
  refuses({ train: Float32Array.of(1, 2, 3), shape: [2] }, /must have a multiple of 2 values \(2\), got 3$/);
  refuses({ train: rows, labels: 4 }, /^arrays.labels must be a list of numbers or names, got number$/);
  refuses({ train: rows, test: rows, testShare: 0.5 }, /^arrays: testShare: .*leave one of them out$/);
  refuses({ train: rows, testLabels: [1, 2, 3] }, /^arrays: testLabels: 'testLabels' belong to 'test'/);
});

Deno.test("arrays() reports arrays that do not belong together as faults of the pipeline", () => {
  const fault = (options: ArraysOptions) =>
    sourceFaults(SourceSpec.parse(arrays(options))).map(({ message }) => message);
  match(
    fault({ train: rows, labels: [1, 2] })[0],
    /^arrays.labels must have one label for each of the 3 .*got 2/,
  );
  match(
    fault({ train: rows, labels: [0, 1, 0.5] })[0],
    /^arrays.labels must hold whole numbers .*got 0.5 at sample 2/,
  );
  match(fault({ train: rows, test: [[1]] })[0], /^samples of arrays.test must be 4, got \[1, 1\]$/);
  match(fault({ train: [] })[0], /^arrays.train must be \[samples, features\]/);
});

Deno.test("arrays() of another process are named as such", async () => {
  const input = { ...arrays({ train: rows }), content: "0" };
  await rejects(openInput(input), runError(/must be in this process.*no random numbers, no time\)$/));
});

const gaps = [[1, NaN], [3, 2], [5, 6], [NaN, 10]];

Deno.test("arrays() counts values that are not finite, and refuses them unless a rule is named", async () => {
  const refused = await openInput(arrays({ train: gaps, testShare: 0 }));
  throws(
    () => checkSamples(refused),
    runError(
      /^values of the train split must be finite numbers, got NaN in sample 0, value 1, and 1 more like it \(.*missing: "mean"/,
    ),
  );
  const expected = {
    mean: [1, 6, 3, 2, 5, 6, 3, 10],
    median: [1, 6, 3, 2, 5, 6, 3, 10],
    zero: [1, 0, 3, 2, 5, 6, 0, 10],
    drop: [3, 2, 5, 6],
  };
  for (const [missing, values] of Object.entries(expected)) {
    const notes: string[] = [];
    const options = { train: gaps, testShare: 0, missing: missing as keyof typeof expected };
    deepEqual([...(await openInput(arrays(options), { notes })).train.values], values, missing);
    match(
      notes.join(),
      missing === "drop"
        ? /^2 of 4 samples of arrays.train are left out/
        : /^2 missing values are filled by /,
    );
  }
});

Deno.test("arrays() fills missing values of every split by numbers of the train split, targets by their own", async () => {
  const { train, test, preparation } = await openInput(arrays({
    train: [[1], [NaN], [4], [100]],
    targets: [[7], [8], [NaN], [90]],
    test: [[NaN], [2]],
    testTargets: [[5], [NaN]],
    missing: "median",
  }));
  deepEqual([[...train.values], [...train.targets!.values]], [[1, 4, 4, 100], [7, 8, 8, 90]]);
  deepEqual([[...test.values], [...test.targets!.values]], [[4, 2], [5, 8]]);
  // What new samples of a trained model are filled by.
  deepEqual(preparation, { fills: [4] });
});

Deno.test("arrays() takes infinite numbers as missing where that is asked for, and leaves the given arrays as they are", async () => {
  const train = Float32Array.of(1, Infinity, 3, -Infinity, 8);
  const options = { train, shape: [1], testShare: 0, infinite: "missing", missing: "mean" } as const;
  deepEqual([...(await openInput(arrays(options))).train.values], [1, 4, 3, 4, 8]);
  deepEqual([...train], [1, Infinity, 3, -Infinity, 8]);
  const nothing = arrays({ train: [[NaN], [NaN]], testShare: 0, missing: "mean" });
  await rejects(
    openInput(nothing),
    runError(/^value 0 of the values of the train split must be there in some sample/),
  );
});
