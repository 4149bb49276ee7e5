import { deepStrictEqual as deepEqual, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { RunError } from "../../src/core/errors.ts";
import { idx, type IdxOptions } from "../../src/data/idx.ts";
import { formatIdx, parseIdx, readIdx, unpack } from "../../src/data/idx_format.ts";
import { describeSource, openSource, sourceShape, SourceSpec } from "../../src/data/source.ts";
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

Deno.test("parseIdx reads back what formatIdx wrote, gzipped or not", () => {
  const size = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(
      fc.oneof(fc.tuple(size), fc.tuple(size, size, size)),
      fc.boolean(),
      fc.nat(),
      (sizes, gzip, seed) => {
        const values = Uint8Array.from(
          { length: sizes.reduce((a, b) => a * b) },
          (_, i) => (seed + 31 * i) % 256,
        );
        const bytes = formatIdx({ sizes, values });
        const content = sizes.length === 1 ? "labels" : "images";
        const plain = unpack(gzip ? gzipSync(bytes) : bytes, content, "file");
        deepEqual(parseIdx(plain, content, "file"), { sizes, values });
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
    /"l" must be an IDX file of images that begins with 0x00000803, got 0x00000801 \(.* pass the file as labels\)$/,
  );
  throws(() => parseIdx(labelsFile(...Array(20).fill(1)), "images", "l"), swapped);
  throws(
    () => parseIdx(imagesFile(1), "labels", "i"),
    runError(/those are IDX images, so pass the file as images\)$/),
  );
  throws(
    () => parseIdx(new TextEncoder().encode("<html>not found</html>"), "images", "x"),
    runError(/0x3c68746d/),
  );
  throws(
    () => parseIdx(formatIdx({ sizes: [0], values: new Uint8Array() }), "labels", "x"),
    runError(/at least 1/),
  );
});

Deno.test("readIdx names a file that is missing or whose gzip is damaged", async () => {
  await rejects(
    readIdx("no/such.idx", "images"),
    runError(/"no\/such.idx" .*does not exist \(check the path\)$/),
  );
  const damaged = gzipSync(imagesFile(9)).subarray(0, 30);
  await inFolder(
    { damaged },
    (at) => rejects(readIdx(at("damaged"), "images"), runError(/damaged gzip file/)),
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
    const mismatch = /l" must have one label for each of the 3 images of ".*\/i", got 2 \(pass the labels/;
    await rejects(open({ images: at("i"), labels: at("l") }), runError(mismatch));
    const sizes = /must be 2x3 like those of ".*\/i", got 3x2$/;
    await rejects(open({ images: at("i"), testImages: at("ti") }), runError(sizes));
    const beyond = /load.source.offset must be below the 3 images of ".*\/i", got 3$/;
    await rejects(open({ images: at("i"), testShare: 0, offset: 3 }), runError(beyond));
  });
});
