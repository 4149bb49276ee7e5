import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { RunError } from "../../src/core/errors.ts";
import { images, type ImagesOptions } from "../../src/data/images.ts";
import { openSource, SourceSpec } from "../../src/data/source.ts";
import jpeg from "jpeg-js";
import { flatPgm, withFolder } from "./pictures.ts";

const open = (folder: string, options: ImagesOptions = {}, seed = 1) =>
  openSource(SourceSpec.parse(images(folder, options)), { seed, log: () => {} });
const runError = (pattern: RegExp) => (error: unknown) => {
  if (!(error instanceof RunError)) throw error;
  equal(pattern.test(error.message), true, error.message);
  return true;
};

Deno.test("images() reads a folder in the order of its names, sub-folders as labels", async () => {
  const files = {
    "dogs/b.pgm": flatPgm(2, 3, 20),
    "cats/old/z.pgm": flatPgm(2, 3, 12),
    "cats/a.pgm": flatPgm(2, 3, 10),
    "dogs/readme.txt": "not a picture",
    ".hidden/x.pgm": "not looked at",
  };
  await withFolder(files, async (folder) => {
    const { train, test, shape: [height, width], labelNames } = await open(folder, { testShare: 0 });
    deepEqual([height, width, train.count], [2, 3, 3]);
    equal(test, train);
    deepEqual(train.names, ["cats/a.pgm", "cats/old/z.pgm", "dogs/b.pgm"]);
    deepEqual(labelNames, ["cats", "dogs"]);
    deepEqual([...train.labels!], [0, 0, 1]);
    deepEqual([...train.values], [...Array(6).fill(10), ...Array(6).fill(12), ...Array(6).fill(20)]);
  });
});

Deno.test("images() without sub-folders has no labels, and keeps one image at least for the test", async () => {
  await withFolder({ "a.pgm": flatPgm(1, 1, 1), "b.PGM": flatPgm(1, 1, 2) }, async (folder) => {
    const { train, test, labelNames } = await open(folder);
    deepEqual([train.count, test.count, labelNames, train.labels], [1, 1, undefined, undefined]);
    deepEqual([...train.values, ...test.values].sort(), [1, 2]);
  });
});

Deno.test("images() scales to the requested size", async () => {
  await withFolder({ "a.pgm": "P2 2 2 255 0 100 20 200", "b.pgm": flatPgm(7, 5, 9) }, async (folder) => {
    const { train, shape: [height, width] } = await open(folder, { height: 1, width: 1, testShare: 0 });
    deepEqual([height, width, ...train.values], [1, 1, 80, 9]);
  });
});

Deno.test("images() draws limit and test split by the seed, from the whole folder", async () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`${k + 10}.pgm`, flatPgm(1, 1, k)]));
  await withFolder(files, async (folder) => {
    const options = { limit: 10, testShare: 0.3 };
    const { train, test } = await open(folder, options);
    deepEqual([train.count, test.count], [7, 3]);
    equal(new Set([...train.values, ...test.values]).size, 10);
    deepEqual(train.names, [...train.names!].sort());
    deepEqual(await open(folder, options), await open(folder, options));
    equal((await open(folder, options, 2)).test.values.join() === test.values.join(), false);
  });
});

Deno.test("images() names the first image of another size, and the remedy", async () => {
  await withFolder({ "a.pgm": flatPgm(2, 3, 0), "b.pgm": flatPgm(3, 2, 0) }, async (folder) => {
    const message =
      /must have one size, got 3x2 .* of ".*\/b.pgm" and 2x3 .* of ".*\/a.pgm" \(set load.source.height/;
    await rejects(open(folder), runError(message));
  });
});

Deno.test("images() names the image that does not decode", async () => {
  await withFolder({ "a.pgm": flatPgm(1, 1, 0), "b.png": "no PNG at all" }, async (folder) => {
    await rejects(
      open(folder),
      runError(/"[^"]*\/b.png" must be a PNG, .*, got none of these \(convert or remove the file\)$/),
    );
  });
});

Deno.test("images() states what new pictures need as well, where it is not as the defaults say", async () => {
  await withFolder({ "a.pgm": "P2 2 1 255 10 20" }, async (folder) => {
    const preparationOf = async (options: ImagesOptions) => (await open(folder, options)).preparation;
    equal(await preparationOf({ height: 1, width: 2 }), undefined);
    deepEqual(await preparationOf({ range: "file" }), { pictures: { ownRange: true } });
    deepEqual(await preparationOf({ height: 4, width: 4, fit: "contain", background: "#ff0000" }), {
      pictures: { fit: "contain", background: [1, 0, 0] },
    });
  });
});

Deno.test("images() reports a folder that is missing, has no images, or mixes labelled ones with others", async () => {
  await rejects(
    open("no/such"),
    runError(
      /"no\/such" must be a folder of images, but it does not exist \(pass another one, as in --set .*FOLDER\)$/,
    ),
  );
  await withFolder({ "readme.txt": "" }, async (folder) => {
    await rejects(open(folder), runError(/must have at least one image, got no .png, .jpg/));
  });
  await withFolder({ "a.pgm": flatPgm(1, 1, 0), "cats/b.pgm": flatPgm(1, 1, 0) }, async (folder) => {
    await rejects(open(folder), runError(/in sub-folders or none, got "cats\/b.pgm" and "a.pgm"/));
  });
});

Deno.test("images() loads a JPEG of 25 megapixels", async () => {
  const side = 5000, data = new Uint8Array(4 * side * side).fill(90);
  await withFolder({ "a.jpg": jpeg.encode({ width: side, height: side, data }, 60).data }, async (folder) => {
    const { train } = await open(folder, { height: 2, width: 2, testShare: 0 });
    equal(train.values.every((grey) => Math.abs(grey - 90) <= 2), true, `${train.values}`);
  });
});
