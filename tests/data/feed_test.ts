import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { bufferCapacity, feedImages, readImages } from "../../src/data/feed.ts";
import { firstOfSplit, sliceSplit, type Split } from "../../src/data/dataset.ts";
import { RunError } from "../../src/core/errors.ts";

const PIXELS = 3;

/** Ten images whose every pixel is the image's number, in a file after five bytes of something else. */
async function withFile(use: (split: Split, path: string) => void | Promise<void>, block = 4): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    const images = Uint8Array.from({ length: 10 * PIXELS }, (_, at) => Math.floor(at / PIXELS));
    await Deno.writeFile(path, Uint8Array.of(9, 9, 9, 9, 9, ...images));
    const { size, mtime } = await Deno.stat(path);
    const file = { path, start: 5, block, size, modified: mtime!.getTime() };
    await use({ count: 10, images: new Uint8Array(), file }, path);
  } finally {
    await Deno.remove(path);
  }
}

/** The image in each place of a memory. */
function numbers(memory: Uint8Array): number[] {
  return Array.from({ length: memory.length / PIXELS }, (_, place) => memory[place * PIXELS]);
}

Deno.test("feedImages() puts sample s at s mod capacity, whatever range is requested", async () => {
  await withFile((split) => {
    const memory = new Uint8Array(bufferCapacity(split) * PIXELS);
    const feed = feedImages(split, PIXELS, memory);
    for (const first of [0, 4, 3, 6, 9, 13, 27]) {
      feed.load(first, 4);
      const expected = new Array<number>(4);
      for (let sample = first; sample < first + 4; sample++) expected[sample % 4] = sample % 10;
      deepEqual(numbers(memory), expected, `from ${first}`);
    }
    feed.close();
  });
});

Deno.test("feedImages() reads all images at once where there is room for all", async () => {
  await withFile((split) => {
    const memory = new Uint8Array(10 * PIXELS);
    feedImages(split, PIXELS, memory).close();
    deepEqual(numbers(memory), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }, 10);
});

Deno.test("feedImages() does the same with images in memory", () => {
  const images = Uint8Array.from({ length: 10 * PIXELS }, (_, at) => Math.floor(at / PIXELS));
  const memory = new Uint8Array(4 * PIXELS);
  const feed = feedImages({ count: 10, images }, PIXELS, memory);
  feed.load(8, 4);
  deepEqual(numbers(memory), [8, 9, 0, 1]);
});

Deno.test("feedImages() refuses more images than there are places", async () => {
  await withFile((split) => {
    const feed = feedImages(split, PIXELS, new Uint8Array(4 * PIXELS));
    throws(() => feed.load(0, 5), /at most 4 images .*, got 5/);
    feed.close();
  });
});

Deno.test("feedImages() fails clearly when the file becomes shorter, longer or is written to", async () => {
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
      const feed = feedImages(split, PIXELS, new Uint8Array(4 * PIXELS));
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

Deno.test("readImages() reads any range of a file, and of a slice of it", async () => {
  await withFile((split) => {
    const two = new Uint8Array(2 * PIXELS);
    readImages(split, PIXELS, 7, two);
    deepEqual(numbers(two), [7, 8]);
    readImages(sliceSplit(split, PIXELS, 5, 9), PIXELS, 1, two);
    deepEqual(numbers(two), [6, 7]);
  });
});

Deno.test("firstOfSplit() brings the first images of a file into memory, and shares those that are there", async () => {
  await withFile((split) => {
    const { count, images, file } = firstOfSplit(sliceSplit(split, PIXELS, 2, 9), PIXELS, 3);
    deepEqual([count, numbers(images), file], [3, [2, 3, 4], undefined]);
    equal(firstOfSplit(split, PIXELS, Infinity).count, 10);
  });
  const images = Uint8Array.of(1, 1, 1, 2, 2, 2), labels = Uint16Array.of(5, 6);
  const first = firstOfSplit({ count: 2, images, labels }, PIXELS, 1);
  deepEqual([first.images.buffer === images.buffer, first.count, [...first.labels!]], [true, 1, [5]]);
});

Deno.test("bufferCapacity() is all images in memory, and a file's share of it otherwise", () => {
  const images = new Uint8Array();
  const file = { path: "", start: 0, block: 4, size: 0, modified: 0 };
  equal(bufferCapacity({ count: 10, images }), 10);
  equal(bufferCapacity({ count: 10, images }, 6), 6);
  equal(bufferCapacity({ count: 10, images, file }), 4);
  equal(bufferCapacity({ count: 3, images, file }), 3);
});
