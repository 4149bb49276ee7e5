import { deepStrictEqual as deepEqual, match, rejects, strictEqual as equal } from "node:assert/strict";
import { cifar10, type Cifar10Options } from "../../src/data/cifar10.ts";
import { describeSource, sourceFaults, sourceShape, SourceSpec } from "../../src/data/source.ts";
import { openInput, runError, valuesOf } from "./arrays/npy_support.ts";
import { withFolder } from "./pictures.ts";

const PIXELS = 1024, RECORD = 1 + 3 * PIXELS;

/** Records in which pixel k of record r is [k + r, k + 2r, 255 - k], of class r. */
function batch(...records: number[]): Uint8Array {
  const bytes = new Uint8Array(records.length * RECORD);
  records.forEach((record, at) => {
    bytes[at * RECORD] = record;
    for (let k = 0; k < PIXELS; k++) {
      bytes[at * RECORD + 1 + k] = k + record;
      bytes[at * RECORD + 1 + PIXELS + k] = k + 2 * record;
      bytes[at * RECORD + 1 + 2 * PIXELS + k] = 255 - k;
    }
  });
  return bytes;
}

const files = (): Record<string, Uint8Array | string> => ({
  "data_batch_1.bin": batch(0, 1),
  "data_batch_2.bin": batch(2, 3),
  "data_batch_3.bin": batch(4, 5),
  "data_batch_4.bin": batch(6, 7),
  "data_batch_5.bin": batch(8),
  "test_batch.bin": batch(9, 3),
});

Deno.test("cifar10() reads the batches of a folder in order, with channels last", async () => {
  await withFolder(files(), async (folder) => {
    const input = cifar10(folder), { train, test, shape, labelNames } = await openInput(input);
    deepEqual([shape, train.count, test.count], [[32, 32, 3], 9, 2]);
    deepEqual([[...train.labels!], [...test.labels!]], [[0, 1, 2, 3, 4, 5, 6, 7, 8], [9, 3]]);
    deepEqual([labelNames![0], labelNames!.length], ["airplane", 10]);
    // Pixel 33 (row 1, column 1) of record 7.
    deepEqual([...train.values.subarray(7 * 3072 + 99, 7 * 3072 + 102)], [40, 47, 222]);
    const spec = SourceSpec.parse(input);
    deepEqual([sourceShape(spec), sourceFaults(spec)], [[32, 32, 3], []]);
    equal(describeSource(spec), "cifar10: 50,000 + 10,000 images of 32x32x3");
    const grey = await openInput(cifar10(folder, { channels: 1, limit: 2, offset: 6, testLimit: 1 }));
    deepEqual([grey.shape, grey.train.count, grey.test.count], [[32, 32, 1], 2, 1]);
    equal(grey.train.values[1024 + 33], Math.round(0.299 * 40 + 0.587 * 47 + 0.114 * 222));
  });
});

Deno.test("cifar10() with heldOut tests on the last train pictures, and trains on none of them", async () => {
  await withFolder(files(), async (folder) => {
    for (const memory of [undefined, 3 * 3072]) {
      const input = cifar10(folder, { heldOut: 4, offset: 1, limit: 9, testLimit: 3 });
      const { train, test } = await openInput(input, { memory });
      deepEqual([[...train.labels!], [...test.labels!]], [[1, 2, 3, 4], [5, 6, 7]]);
      // Pixel 33 of records 1 and 5.
      deepEqual([valuesOf(train, 3072)[99], valuesOf(test, 3072)[99]], [34, 38]);
      equal(
        describeSource(SourceSpec.parse(input)),
        "cifar10: 9 + 3 images of 32x32x3, all from the train pictures",
      );
      if (train.file !== undefined) Deno.removeSync(train.file.path);
    }
    await rejects(
      openInput(cifar10(folder, { heldOut: 8, offset: 1 })),
      runError(
        /^load.source.offset must be below 1, the number of train pictures that are not held out, got 1/,
      ),
    );
    await rejects(
      openInput(cifar10(folder, { heldOut: 20 })),
      runError(/^load.source.heldOut must be below 9, the number of train pictures, got 20/),
    );
  });
  const { error } = SourceSpec.safeParse(cifar10("any", { heldOut: 49_000, offset: 1000 }));
  deepEqual(error!.issues.map(({ message }) => message), [
    "must be below 1,000, the number of train pictures that are not held out, got 1,000",
  ]);
  const late = SourceSpec.safeParse(cifar10("any", { offset: 50_000 }));
  deepEqual(late.error!.issues.map(({ message }) => message), [
    "must be below 50,000, the number of train pictures, got 50,000",
  ]);
});

Deno.test("cifar10() converts batches that are larger than the memory once, into a file", async () => {
  await withFolder(files(), async (folder) => {
    const options: Cifar10Options = { channels: 1 }, whole = await openInput(cifar10(folder, options));
    const notes: string[] = [], paths = new Set<string>();
    for (let time = 0; time < 2; time++) {
      const { train, test } = await openInput(cifar10(folder, options), { memory: 2048, notes });
      deepEqual([train.file?.block, test.file], [2, undefined]);
      deepEqual([valuesOf(train, 1024), [...train.labels!]], [[...whole.train.values], [
        ...whole.train.labels!,
      ]]);
      paths.add(train.file!.path);
    }
    deepEqual([notes.length, paths.size], [1, 1]);
    for (const path of paths) Deno.removeSync(path);
  });
});

Deno.test("cifar10() takes the names of classes from the folder where it has them", async () => {
  const names = [..."abcdefghij"];
  await withFolder({ ...files(), "batches.meta.txt": `${names.join("\n")}\n\n` }, async (folder) => {
    deepEqual((await openInput(cifar10(folder))).labelNames, names);
  });
});

Deno.test("cifar10() names what a folder holds instead, and damaged batches", async () => {
  const faults = (folder: string) =>
    sourceFaults(SourceSpec.parse(cifar10(folder))).map(({ message }) => message);
  const { "test_batch.bin": _, ...others } = files();
  match(faults("no/such")[0], /^must be the folder of CIFAR-10, got "no\/such", which does not exist/);
  await withFolder(others, (folder) => {
    match(
      faults(folder)[0],
      /^must hold the binary version of CIFAR-10.*got no test_batch.bin in ".*" \(unpack/,
    );
    return Promise.resolve();
  });
  for (
    const [name, what] of [
      ["data_batch_1", "the Python version"],
      ["data_batch_1.mat", "the MATLAB version"],
      [
        "train.bin",
        "CIFAR-100",
      ],
    ]
  ) {
    await withFolder({ [name]: "x" }, (folder) => {
      match(faults(folder)[0], new RegExp(`got ${what} in `));
      return rejects(
        openInput(cifar10(folder)),
        runError(new RegExp(`^load.source.folder must hold .*${what}`)),
      );
    });
  }
  const damaged = { ...files(), "data_batch_2.bin": batch(1).subarray(1) };
  await withFolder(damaged, (folder) =>
    rejects(
      openInput(cifar10(folder)),
      runError(/data_batch_2.bin" must have records of 3,073 bytes, got 3,072 bytes in all/),
    ));
  await withFolder({ ...files(), "data_batch_2.bin": batch(3, 10) }, (folder) =>
    rejects(
      openInput(cifar10(folder)),
      runError(/labels of ".*data_batch_2.bin" must be below 10, got 10 in record 1/),
    ));
});
