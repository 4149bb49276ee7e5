import { deepStrictEqual as deepEqual, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { RunError } from "../../src/core/errors.ts";
import { idx, type IdxOptions } from "../../src/data/idx.ts";
import { formatIdx, openIdx, parseIdx } from "../../src/data/idx_format.ts";
import {
  describeSource,
  hasValidation,
  openSource,
  sourceFaults,
  sourceShape,
  SourceSpec,
} from "../../src/data/source.ts";
import { npyFloats, openInput, valuesOf } from "./arrays/npy_support.ts";
import { withFolder } from "./pictures.ts";

const imagesFile = (count: number, height = 2, width = 3, first = 0) =>
  formatIdx({
    sizes: [count, height, width],
    values: Uint8Array.from({ length: count * height * width }, (_, index) => (first + index) % 256),
  });
const labelsFile = (...labels: number[]) =>
  formatIdx({ sizes: [labels.length], values: Uint8Array.from(labels) });

const inFolder = <T>(files: Record<string, Uint8Array>, work: (at: (name: string) => string) => Promise<T>) =>
  withFolder(files, (folder) => work((name) => `${folder}/${name}`));
const open = (options: IdxOptions, seed = 1) =>
  openSource(SourceSpec.parse(idx(options)), { seed, log: () => {} });
const runError = (pattern: RegExp) => (error: unknown) => {
  if (!(error instanceof RunError)) throw error;
  equal(pattern.test(error.message), true, error.message);
  return true;
};

Deno.test("parseIdx reads back what formatIdx wrote", () => {
  const size = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.tuple(size),
        fc.tuple(size, size),
        fc.tuple(size, size, size),
        fc.tuple(size, size, size, size),
      ),
      fc.nat(),
      (sizes, seed) => {
        const values = Uint8Array.from(
          { length: sizes.reduce((a, b) => a * b, 1) },
          (_, i) => (seed + 31 * i) % 256,
        );
        const content = sizes.length === 1 ? "labels" : "images";
        deepEqual(parseIdx(formatIdx({ sizes, values }), content, "file"), { sizes, values });
      },
    ),
  );
});

Deno.test("parseIdx reads the bytes of the format's own description", () => {
  const bytes = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 7, 9]);
  deepEqual(parseIdx(bytes, "images", "file"), { sizes: [1, 2, 1], values: Uint8Array.from([7, 9]) });
});

Deno.test("parseIdx refuses every cut, naming the file, what was expected and what was found", () => {
  const bytes = imagesFile(4);
  for (let length = 0; length < bytes.length; length++) {
    throws(
      () => parseIdx(bytes.subarray(0, length), "images", "four.idx"),
      runError(
        /^"four.idx" must be an IDX file of images with .* bytes.*, got .* cut off \(fetch it again\)$/,
      ),
    );
  }
  const longer = new Uint8Array([...bytes, 0]);
  throws(() => parseIdx(longer, "images", "f"), runError(/more than its header says/));
});

Deno.test("parseIdx distinguishes labels, images and anything else", () => {
  const swapped = runError(
    /"l" must be an IDX file of images of 2 dimensions or more, got 1 \(those are IDX labels, so pass the file as labels\)$/,
  );
  throws(() => parseIdx(labelsFile(...Array(20).fill(1)), "images", "l"), swapped);
  throws(
    () => parseIdx(imagesFile(1), "labels", "i"),
    runError(/those are IDX images, so pass the file as images\)$/),
  );
  throws(
    () => parseIdx(new TextEncoder().encode("<html>not found</html>"), "images", "x"),
    runError(/got a text, maybe the page of an error \(fetch it again\)$/),
  );
  throws(
    () => parseIdx(formatIdx({ sizes: [0], values: new Uint8Array() }), "labels", "x"),
    runError(/at least 1/),
  );
});

Deno.test("openIdx names a file that is missing, and idx() one whose gzip is damaged", async () => {
  throws(
    () => openIdx("no/such.idx", "images"),
    runError(/"no\/such.idx".*does not exist \(check the path\)$/),
  );
  const damaged = gzipSync(imagesFile(9)).subarray(0, 40);
  await inFolder(
    { damaged },
    (at) => rejects(open({ images: at("damaged") }), runError(/damaged gzip file/)),
  );
});

Deno.test("idx() opens train and test files with labels", async () => {
  const files = {
    i: gzipSync(imagesFile(3)),
    l: labelsFile(1, 0, 1),
    ti: imagesFile(2, 2, 3, 100),
    tl: gzipSync(labelsFile(4, 0)),
  };
  const options = (at: (name: string) => string) => ({
    images: at("i"),
    labels: at("l"),
    testImages: at("ti"),
    testLabels: at("tl"),
  });
  await inFolder(files, async (at) => {
    const { train, test, shape: [height, width], labelNames } = await open(options(at));
    deepEqual([train.count, test.count, height, width], [3, 2, 2, 3]);
    deepEqual([[...train.labels!], [...test.labels!]], [[1, 0, 1], [4, 0]]);
    deepEqual([...test.values.subarray(0, 3)], [100, 101, 102]);
    deepEqual(labelNames, ["0", "1", "2", "3", "4"]);
    const spec = SourceSpec.parse(idx({ images: at("i") }));
    deepEqual(sourceShape(spec), [2, 3, 1]);
    equal(describeSource(spec), "idx: 3 images of 2x3");
  });
});

Deno.test("idx() draws the test split by the seed: apart, complete, and the same twice", async () => {
  await inFolder({ i: imagesFile(20, 1, 1), l: labelsFile(...Array(20).keys()) }, async (at) => {
    const options = { images: at("i"), labels: at("l"), testShare: 0.3 };
    const { train, test } = await open(options);
    deepEqual([train.count, test.count], [14, 6]);
    deepEqual([...train.values, ...test.values].sort((a, b) => a - b), [...Array(20).keys()]);
    deepEqual([...train.values], [...train.labels!], "labels stay with their images");
    deepEqual((await open(options)).test, test);
    equal((await open(options, 2)).test.values.join() === test.values.join(), false);
    const stored = await open({ ...options, testShare: 0, limit: 5, offset: 3 });
    deepEqual([...stored.train.values], [3, 4, 5, 6, 7]);
    equal(stored.test.count, 20);
  });
});

Deno.test("idx() refuses files that do not belong together, and an offset beyond the last image", async () => {
  const files = { i: imagesFile(3), l: labelsFile(1, 0), ti: imagesFile(1, 3, 2) };
  await inFolder(files, async (at) => {
    const mismatch = /l" must have one label for each of the 3 samples of ".*\/i", got 2 \(pass the labels/;
    await rejects(open({ images: at("i"), labels: at("l") }), runError(mismatch));
    const sizes = /samples of ".*\/ti" must be 2x3, got \[1, 3, 2\]$/;
    await rejects(open({ images: at("i"), testImages: at("ti") }), runError(sizes));
    const beyond = /load.source.offset must be below the 3 images of ".*\/i", got 3$/;
    await rejects(open({ images: at("i"), testShare: 0, offset: 3 }), runError(beyond));
  });
});

/** An IDX file of any type, whose numbers are written by a view. */
function typedFile(code: number, sizes: readonly number[], bytes: number, write: (view: DataView) => void) {
  const header = 4 + 4 * sizes.length, view = new DataView(new ArrayBuffer(header + bytes));
  view.setUint32(0, code << 8 | sizes.length);
  sizes.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  write(new DataView(view.buffer, header));
  return new Uint8Array(view.buffer);
}

const NUMBERS = [-3, 0, 1, 2, 100, 7];
const TYPED: Record<string, Uint8Array> = {
  i1: typedFile(0x09, [3, 2], 6, (view) => NUMBERS.forEach((value, at) => view.setInt8(at, value))),
  i2: typedFile(0x0b, [3, 2], 12, (view) => NUMBERS.forEach((value, at) => view.setInt16(2 * at, value))),
  i4: typedFile(0x0c, [3, 2], 24, (view) => NUMBERS.forEach((value, at) => view.setInt32(4 * at, value))),
  f4: typedFile(0x0d, [3, 2], 24, (view) => NUMBERS.forEach((value, at) => view.setFloat32(4 * at, value))),
  f8: typedFile(0x0e, [3, 2], 48, (view) => NUMBERS.forEach((value, at) => view.setFloat64(8 * at, value))),
};

Deno.test("idx() reads integers and floats of all types of the format, gzipped or not, in memory or in parts", async () => {
  for (const [name, bytes] of Object.entries(TYPED)) {
    await inFolder({ plain: bytes, packed: gzipSync(bytes) }, async (at) => {
      for (const file of ["plain", "packed"]) {
        for (const memory of [undefined, 16]) {
          const { train, shape } = await openInput(idx({ images: at(file), testShare: 0 }), { memory });
          deepEqual([shape, valuesOf(train, 2)], [[2], NUMBERS], `${name} ${file} ${memory}`);
          if (train.file !== undefined) Deno.removeSync(train.file.path);
        }
      }
    });
  }
});

Deno.test("idx() reads vectors, grey pictures and pictures with channels, and exchanges rows and columns when asked", async () => {
  const values = Uint8Array.from({ length: 24 }, (_, at) => at);
  const files = {
    vectors: formatIdx({ sizes: [4, 6], values }),
    grey: formatIdx({ sizes: [4, 2, 3], values }),
    colour: formatIdx({ sizes: [2, 2, 2, 3], values }),
    more: formatIdx({ sizes: [2, 2, 2, 3, 1], values }),
  };
  await inFolder(files, async (at) => {
    const read = async (name: string, options: Partial<IdxOptions> = {}) => {
      const input = idx({ images: at(name), testShare: 0, ...options }), dataset = await open({ ...input });
      deepEqual(sourceShape(SourceSpec.parse(input)), dataset.shape);
      return dataset;
    };
    deepEqual((await read("vectors")).shape, [6]);
    deepEqual((await read("grey")).shape, [2, 3, 1]);
    deepEqual((await read("colour")).shape, [2, 2, 3]);
    deepEqual((await read("more", { shape: [2, 2, 3] })).shape, [2, 2, 3]);
    await rejects(
      open({ images: at("more") }),
      runError(/must be \[samples, features\].*got \[2, 2, 2, 3, 1\]/),
    );
    const grey = await read("grey", { transpose: true });
    deepEqual([grey.shape, [...grey.train.values.subarray(0, 6)]], [[3, 2, 1], [0, 3, 1, 4, 2, 5]]);
    const colour = await read("colour", { transpose: true });
    deepEqual([...colour.train.values.subarray(0, 12)], [0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11]);
    const inParts = await openInput(idx({ images: at("grey"), testShare: 0, transpose: true }), {
      memory: 13,
    });
    deepEqual([inParts.train.file?.block, valuesOf(inParts.train, 6)], [2, [...grey.train.values]]);
    Deno.removeSync(inParts.train.file!.path);
  });
});

Deno.test("idx() brings validation samples of its own", async () => {
  await inFolder({
    i: imagesFile(4),
    v: imagesFile(2, 2, 3, 50),
    vl: labelsFile(1, 2),
    l: labelsFile(0, 1, 0, 1),
  }, async (at) => {
    const options = {
      images: at("i"),
      labels: at("l"),
      validationImages: at("v"),
      validationLabels: at("vl"),
    };
    const { validation, labelNames } = await open(options);
    deepEqual([validation!.count, validation!.values[0], [...validation!.labels!]], [2, 50, [1, 2]]);
    deepEqual(labelNames, ["0", "1", "2"]);
    equal(hasValidation(SourceSpec.parse(idx(options))), true);
  });
});

Deno.test("idx() says by name what it was given instead of an IDX file, before any run", async () => {
  const cifar = new Uint8Array(2 * 3073).fill(9),
    text = (letters: string) => new TextEncoder().encode(letters);
  const files: Record<string, [Uint8Array, RegExp]> = {
    numpy: [npyFloats([2, 2], [1, 2, 3, 4]), /got a NumPy array \(read it with npy\(\)\)$/],
    zip: [text("PK\x03\x04abcdefgh"), /got a zip archive \(npz\(\) reads .npz files; unpack others first\)$/],
    hdf5: [
      Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10),
      /got an HDF5 file \(save its arrays with np.savez/,
    ],
    cifar: [cifar, /got a batch of CIFAR-10, by its size \(read its folder with cifar10\(\)\)$/],
    cifar100: [new Uint8Array(3074).fill(4), /got a file of CIFAR-100, by its size/],
    pickle: [Uint8Array.of(0x80, 4, 0x95, 0, 0, 0), /got a Python pickle/],
    unknown: [text("0123456789"), /got a file that begins with 0x30313233 \(pass an IDX file/],
  };
  const contents = Object.fromEntries(Object.entries(files).map(([name, [bytes]]) => [name, bytes]));
  await inFolder(contents, async (at) => {
    for (const [name, [, pattern]] of Object.entries(files)) {
      await rejects(open({ images: at(name) }), runError(pattern), name);
      const [{ path, message }] = sourceFaults(SourceSpec.parse(idx({ images: at(name) })));
      deepEqual([path, pattern.test(message)], ["images", true], message);
    }
  });
});
