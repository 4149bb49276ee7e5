import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import {
  bufferCapacity,
  feedSamples,
  readSamples,
  sampleOptions,
  samplesInMemory,
} from "../../src/data/feed.ts";
import type { Split } from "../../src/data/dataset.ts";
import { firstOfSplit, pickFromSplit, sliceSplit } from "../../src/data/parts.ts";
import type { SampleValues } from "../../src/core/shape.ts";
import { withFloatFile } from "./float_file.ts";
import { RunError } from "../../src/core/errors.ts";

const PIXELS = 3;

/** Ten images whose every pixel is the image's number, in a file after five bytes of something else. */
async function withFile(use: (split: Split, path: string) => void | Promise<void>, block = 4): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    const images = Uint8Array.from({ length: 10 * PIXELS }, (_, at) => Math.floor(at / PIXELS));
    await Deno.writeFile(path, Uint8Array.of(9, 9, 9, 9, 9, ...images));
    const { size, mtime } = await Deno.stat(path);
    const file = { path, kind: "bytes" as const, start: 5, block, size, modified: mtime!.getTime() };
    await use({ count: 10, values: new Uint8Array(), file }, path);
  } finally {
    await Deno.remove(path);
  }
}

/** The memory of a program whose samples have no targets. */
const alone = (samples: SampleValues) => ({ samples, targets: new Uint8Array() });

/** The image in each place of a memory. */
function numbers(memory: SampleValues): number[] {
  return Array.from({ length: memory.length / PIXELS }, (_, place) => memory[place * PIXELS]);
}

Deno.test("feedSamples() puts sample s at s mod capacity, whatever range is requested", async () => {
  await withFile((split) => {
    const memory = new Uint8Array(bufferCapacity(split) * PIXELS);
    const feed = feedSamples(split, PIXELS, alone(memory));
    for (const first of [0, 4, 3, 6, 9, 13, 27]) {
      feed.load(first, 4);
      const expected = new Array<number>(4);
      for (let sample = first; sample < first + 4; sample++) expected[sample % 4] = sample % 10;
      deepEqual(numbers(memory), expected, `from ${first}`);
    }
    feed.close();
  });
});

Deno.test("feedSamples() reads all images at once where there is room for all", async () => {
  await withFile((split) => {
    const memory = new Uint8Array(10 * PIXELS);
    feedSamples(split, PIXELS, alone(memory)).close();
    deepEqual(numbers(memory), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }, 10);
});

Deno.test("feedSamples() does the same with images in memory", () => {
  const images = Uint8Array.from({ length: 10 * PIXELS }, (_, at) => Math.floor(at / PIXELS));
  const memory = new Uint8Array(4 * PIXELS);
  const feed = feedSamples({ count: 10, values: images }, PIXELS, alone(memory));
  feed.load(8, 4);
  deepEqual(numbers(memory), [8, 9, 0, 1]);
});

Deno.test("feedSamples() refuses more images than there are places", async () => {
  await withFile((split) => {
    const feed = feedSamples(split, PIXELS, alone(new Uint8Array(4 * PIXELS)));
    throws(() => feed.load(0, 5), /at most 4 samples .*, got 5/);
    feed.close();
  });
});

Deno.test("feedSamples() fails clearly when the file becomes shorter, longer or is written to", async () => {
  const changes: [string, (path: string) => void, RegExp][] = [
    ["shorter", (path) => Deno.truncateSync(path, 20), /got 20 bytes instead of/],
    [
      "longer",
      (path) => Deno.writeFileSync(path, new Uint8Array(3), { append: true }),
      /got 38 bytes instead of/,
    ],
    ["written to", (path) => Deno.utimeSync(path, new Date(0), new Date(0)), /a new modification time/],
  ];
  for (const [what, change, message] of changes) {
    await withFile((split, path) => {
      const feed = feedSamples(split, PIXELS, alone(new Uint8Array(4 * PIXELS)));
      feed.load(0, 4);
      change(path);
      throws(
        () => feed.load(4, 4),
        (thrown) =>
          thrown instanceof RunError && message.test(thrown.message) && thrown.message.includes(path),
        what,
      );
      feed.close();
    });
  }
});

Deno.test("readSamples() reads any range of a file, and of a slice of it", async () => {
  await withFile((split) => {
    const two = new Uint8Array(2 * PIXELS);
    readSamples(split, PIXELS, 7, two);
    deepEqual(numbers(two), [7, 8]);
    readSamples(sliceSplit(split, PIXELS, 5, 9), PIXELS, 1, two);
    deepEqual(numbers(two), [6, 7]);
  });
});

Deno.test("firstOfSplit() brings the first images of a file into memory, and shares those that are there", async () => {
  await withFile((split) => {
    const { count, values: images, file } = firstOfSplit(sliceSplit(split, PIXELS, 2, 9), PIXELS, 3);
    deepEqual([count, numbers(images), file], [3, [2, 3, 4], undefined]);
    equal(firstOfSplit(split, PIXELS, Infinity).count, 10);
  });
  const images = Uint8Array.of(1, 1, 1, 2, 2, 2), labels = Uint16Array.of(5, 6);
  const first = firstOfSplit({ count: 2, values: images, labels }, PIXELS, 1);
  deepEqual([first.values.buffer === images.buffer, first.count, [...first.labels!]], [true, 1, [5]]);
});

Deno.test("bufferCapacity() is all images in memory, and a file's share of it otherwise", () => {
  const values = new Uint8Array();
  const file = { path: "", kind: "bytes" as const, start: 0, block: 4, size: 0, modified: 0 };
  equal(bufferCapacity({ count: 10, values }), 10);
  equal(bufferCapacity({ count: 10, values }, 6), 6);
  equal(bufferCapacity({ count: 10, values, file }), 4);
  equal(bufferCapacity({ count: 3, values, file }), 3);
});

Deno.test("feedSamples() brings floats and the targets beside them, each in its own place, from files and from memory", async () => {
  const values = Float32Array.from({ length: 20 }, (_, at) => at + 0.5);
  const targets = Uint8Array.from({ length: 20 }, (_, at) => 100 + at);
  await withFloatFile(values, 2, (stored) => {
    const split: Split = { ...stored, targets: { values: targets } };
    const options = sampleOptions(split, 2);
    deepEqual([options.capacity, options.kind, options.targets], [4, "floats", "bytes"]);
    const memory = { samples: new Float32Array(8), targets: new Uint8Array(8) };
    const feed = feedSamples(split, 2, memory);
    feed.load(3, 4);
    // Samples 3 to 6 at 3, 0, 1, 2.
    deepEqual([...memory.samples], [8.5, 9.5, 10.5, 11.5, 12.5, 13.5, 6.5, 7.5]);
    deepEqual([...memory.targets], [108, 109, 110, 111, 112, 113, 106, 107]);
    feed.close();
    return Promise.resolve();
  }, 4);
});

Deno.test("sliceSplit(), pickFromSplit() and firstOfSplit() take the targets along, of floats in a file, too", async () => {
  const values = Float32Array.from({ length: 20 }, (_, at) => at);
  await withFloatFile(values, 2, (stored) => {
    const split: Split = { ...stored, targets: { values: values.map((value) => -value) } };
    const slice = sliceSplit(split, 2, 3, 6), picked = pickFromSplit(slice, 2, [2, 0]);
    deepEqual([[...picked.values], [...picked.targets!.values]], [[10, 11, 6, 7], [-10, -11, -6, -7]]);
    deepEqual([picked.file, picked.targets!.file], [undefined, undefined]);
    const first = firstOfSplit(slice, 2, 1);
    deepEqual([[...first.values], [...first.targets!.values], first.file], [[6, 7], [-6, -7], undefined]);
    const memory = firstOfSplit({ count: 1, values: Uint8Array.of(1, 2), targets: stored }, 2, 1);
    deepEqual([...memory.targets!.values], [0, 1]);
    return Promise.resolve();
  });
});

Deno.test("samplesInMemory() counts the bytes of a value, and is at least one", () => {
  deepEqual([samplesInMemory(100, [2, 5, 1], "bytes"), samplesInMemory(100, [10], "floats")], [10, 2]);
  equal(samplesInMemory(1, [10], "floats"), 1);
});
