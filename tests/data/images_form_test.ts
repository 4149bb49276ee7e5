import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { scaleOf, type Split } from "../../src/data/dataset.ts";
import { images, type ImagesOptions } from "../../src/data/images.ts";
import { brightnessOf, scaledValues } from "../../src/data/scale.ts";
import { describeSource, openSource, SourceSpec } from "../../src/data/source.ts";
import { encodePng } from "../../src/export/pictures.ts";
import { readPicture } from "./first_picture.ts";
import { flatPgm, withFolder } from "./pictures.ts";

const FIXTURES = new URL("../fixtures/pictures/", import.meta.url);
const fixture = (name: string) => Deno.readFileSync(new URL(name, FIXTURES));

/** Opens a folder, and keeps its notes. */
async function open(folder: string, options: ImagesOptions = {}) {
  const notes: string[] = [], spec = SourceSpec.parse(images(folder, { testShare: 0, ...options }));
  const dataset = await openSource(spec, {
    seed: 1,
    log: (note) => notes.push(note.replaceAll(folder, "FOLDER")),
  });
  return { ...dataset, notes, spec };
}

/** What a model sees, rounded. */
const seen = (split: Split) => Array.from(scaledValues(split), (value) => Number(value.toFixed(4)));
const pgm = (height: number, width: number, white: number, ...values: number[]) =>
  `P2 ${width} ${height} ${white} ${values.join(" ")}`;

/** Two rows of four pixels. */
const WIDE = pgm(2, 4, 255, 0, 10, 20, 30, 40, 50, 60, 70);

Deno.test("images() stretches, shows whole or cuts off pictures of other proportions, as `fit` says", async () => {
  await withFolder({ "wide.pgm": WIDE }, async (folder) => {
    const size = { height: 2, width: 2 };
    const pixels = async (
      options: ImagesOptions,
    ) => [...(await open(folder, { ...size, ...options })).train.values];
    deepEqual(await pixels({}), [5, 25, 45, 65]);
    deepEqual(await pixels({ fit: "cover" }), [10, 20, 50, 60]);
    // Half as large, one row of two pixels, which goes to the top of the two rows; grey #808080 is behind.
    deepEqual(await pixels({ fit: "contain", background: "#808080" }), [25, 45, 128, 128]);
    // From 4x2 to a height of 1: the middle 2 x 2 of it.
    deepEqual(await pixels({ fit: "cover", height: 1, width: 1 }), [35]);
    deepEqual(await pixels({ fit: "contain", height: 4, width: 4, background: "black" }), [
      ...[0, 0, 0, 0],
      ...[0, 10, 20, 30],
      ...[40, 50, 60, 70],
      ...[0, 0, 0, 0],
    ]);
  });
});

Deno.test("images() cuts off parts of pixels alike at both sides", async () => {
  await withFolder({ "odd.pgm": pgm(1, 4, 255, 0, 100, 200, 40) }, async (folder) => {
    // 1x4 to 2x3 is enlarged twice: of four pixels one and a half in the middle stay, from 1.25 to 2.75.
    const { train } = await open(folder, { height: 2, width: 3, fit: "cover" });
    deepEqual([...train.values], [100, 150, 200, 100, 150, 200]);
  });
});

Deno.test("images() lays transparent pixels on the background", async () => {
  const picture = { width: 2, height: 1, rgba: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 51) };
  await withFolder({ "a.png": encodePng(picture) }, async (folder) => {
    const pixels = async (options: ImagesOptions) => [...(await open(folder, options)).train.values];
    deepEqual(await pixels({}), [76, 210]);
    deepEqual(await pixels({ background: "black" }), [76, 6]);
  });
});

Deno.test("readPictures() reads colour, scaled and laid on the background channel by channel", async () => {
  const picture = { width: 2, height: 1, rgba: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 51) };
  await withFolder({ "a.png": encodePng(picture), "deep.png": fixture("deep.png") }, async (folder) => {
    const form = { folder, height: 1, width: 2, channels: 3 } as const, path = `${folder}/a.png`;
    deepEqual([...await readPicture(path, form)], [255, 0, 0, 204, 204, 255]);
    const green = { ...form, width: 1, background: [0, 1, 0] } as const;
    deepEqual([...await readPicture(path, green)], [128, 102, 26]);
    const padded = { ...form, height: 2, fit: "contain", background: [0, 1, 0] } as const;
    deepEqual([...await readPicture(path, padded)].slice(6), [0, 255, 0, 0, 255, 0]);
    const deep = await readPicture(`${folder}/deep.png`, { ...form, height: 5, width: 7, depth: "16" });
    deepEqual([...deep.subarray(0, 6)], [0, 0, 0, 1831, 1831, 1831]);
  });
});

Deno.test("images() turns pictures upright, and so knows their size", async () => {
  await withFolder({ "a.jpg": fixture("turned-6.jpg"), "b.png": fixture("turned-6.png") }, async (folder) => {
    const { shape } = await open(folder, { depth: 0, limit: 1 });
    ok([[24, 16, 1].join(), [7, 5, 1].join()].includes(shape.join()), shape.join());
  });
});

Deno.test("images() keeps 16 bits as floats from 0 to 65,535, which the model sees as 0 to 1", async () => {
  const files = {
    "a.pgm": pgm(1, 2, 65535, 0, 65535),
    "b.pgm": pgm(1, 2, 65535, 1, 6554),
    "c.pgm": pgm(1, 2, 255, 0, 2),
  };
  await withFolder(files, async (folder) => {
    const { train, notes } = await open(folder);
    ok(train.values instanceof Float32Array);
    // A picture of 8 bits among them has the same white.
    deepEqual([...train.values], [0, 65535, 1, 6554, 0, 514]);
    deepEqual([seen(train), notes], [[0, 1, 0, 0.1, 0, 0.0078], []]);
    deepEqual(scaleOf(train).drawn, [0, 65535]);
  });
});

Deno.test("images() keeps bytes where all files have 8 bits, whatever order deeper ones have", async () => {
  await withFolder({ "a.pgm": flatPgm(1, 1, 5), "b.png": fixture("turned-1.png") }, async (folder) => {
    const { train } = await open(folder, { height: 1, width: 1 });
    ok(train.values instanceof Uint8Array);
  });
  await withFolder({ "a.pgm": flatPgm(1, 1, 5), "z.png": fixture("deep.png") }, async (folder) => {
    const { train } = await open(folder, { height: 1, width: 1 });
    ok(train.values instanceof Float32Array);
    equal(train.values[0], 5 * 257);
  });
});

Deno.test("images() keeps the values of float pictures, and says when they are beyond 0 to 1", async () => {
  await withFolder({ "a.tif": fixture("floats.tif") }, async (folder) => {
    const { train, notes } = await open(folder);
    deepEqual([...train.values.subarray(0, 3)], [0, 1 / 3, 2 / 3].map(Math.fround));
    deepEqual([Math.min(...train.values), Math.max(...train.values)], [-4, 2]);
    deepEqual(notes, [
      "The train images have values from -4 to 2, beyond their range, 0 to 1 " +
      "(--set load.source.range=set takes the least and the largest value for 0 and 1)",
    ]);
    const set = await open(folder, { range: "set" });
    deepEqual([Math.min(...seen(set.train)), Math.max(...seen(set.train)), set.notes], [0, 1, []]);
    const given = await open(folder, { range: [-4, 4] });
    deepEqual([seen(given.train)[0], Math.max(...seen(given.train)), given.notes], [0.5, 0.75, []]);
    const padded = await open(folder, { range: [-4, 4], height: 7, width: 7, fit: "contain" });
    equal(padded.train.values[0], 4);
  });
});

Deno.test("images() warns of a set that uses hardly any of its range, and `range` takes what it uses", async () => {
  const files = { "a.pgm": pgm(1, 3, 65535, 100, 600, 1100), "b.pgm": pgm(1, 3, 65535, 100, 350, 100) };
  await withFolder(files, async (folder) => {
    const { notes } = await open(folder);
    deepEqual(notes, [
      "The train images use 1.5 % of their range, 100 to 1100 of 0 to 65535 " +
      "(--set load.source.range=set takes the least and the largest value for 0 and 1)",
    ]);
    const set = await open(folder, { range: "set" });
    deepEqual([seen(set.train), set.notes], [[0, 0.5, 1, 0, 0.25, 0], []]);
    const file = await open(folder, { range: "file" });
    deepEqual([seen(file.train), file.notes], [[0, 0.5, 1, 0, 1, 0], []]);
    const given = await open(folder, { range: [100, 5100] });
    deepEqual([seen(given.train), given.notes], [[0, 0.1, 0.2, 0, 0.05, 0], []]);
    deepEqual([...brightnessOf(given.train)].map((value) => Number(value.toFixed(4))), seen(given.train));
  });
});

Deno.test("images() fits the range of a set to the train split alone", async () => {
  const files = { "train/a.pgm": pgm(1, 2, 255, 50, 150), "test/b.pgm": pgm(1, 2, 255, 0, 250) };
  await withFolder(files, async (folder) => {
    const { train, test } = await open(folder, { range: "set" });
    deepEqual([seen(train), seen(test)], [[0, 1], [-0.5, 2]]);
    ok(train.values instanceof Uint8Array);
  });
});

Deno.test("images() refuses floats among pictures of 8 bits, unless each has a range of its own", async () => {
  await withFolder({ "a.tif": fixture("floats.tif"), "b.pgm": flatPgm(5, 7, 9) }, async (folder) => {
    await rejects(
      open(folder),
      /the images of ".*" must all be floats or none, got floats of ".*a.tif" and 8 bits of others \(convert them, or use --set load.source.range=file\)/,
    );
    const { train } = await open(folder, { range: "file" });
    deepEqual(
      [train.values[34], Math.max(...train.values.subarray(0, 35)), train.values[35]],
      [1 / 3, 1, 0].map(Math.fround),
    );
  });
});

Deno.test("images() takes every page and frame as an image, and keeps those of a file in one split", async () => {
  const files = {
    "a.tif": fixture("pages.tif"),
    "b.gif": fixture("disposal-1.gif"),
    "c.webp": fixture("animated.webp"),
  };
  await withFolder({ ...files, "d.bmp": fixture("colour.bmp") }, async (folder) => {
    const first = await open(folder);
    deepEqual(first.train.names, ["a.tif", "b.gif", "c.webp", "d.bmp"]);
    const { train, test, spec } = await open(folder, { frames: "all", testShare: 0.25 });
    equal(describeSource(spec), `images: ${folder}, every frame and page`);
    const names = [...train.names!, ...test.names!];
    deepEqual(names.toSorted(), [
      ...["a.tif#1", "a.tif#2", "a.tif#3", "b.gif#1", "b.gif#2", "b.gif#3"],
      ...["c.webp#1", "c.webp#2", "c.webp#3", "d.bmp"],
    ]);
    const fileOf = (name: string) => name.split("#")[0];
    const tested = new Set(test.names!.map(fileOf));
    deepEqual([tested.size, train.names!.some((name) => tested.has(fileOf(name)))], [1, false]);
    const all = await open(folder, { frames: "all" });
    deepEqual(all.train.values.subarray(0, 35), first.train.values.subarray(0, 35));
    equal(all.train.count, 10);
  });
});

Deno.test("SourceSpec refuses forms of images that cannot be", () => {
  const fault = (options: ImagesOptions) => {
    const { error } = SourceSpec.safeParse(images("b", options));
    return error!.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n");
  };
  match(
    fault({ fit: "cover" }),
    /^fit: 'fit' needs 'height' and 'width': images of one size are not scaled$/,
  );
  match(fault({ background: "blue" }), /^background: must be a colour as in "white", "black" or "#ff8000"$/);
  match(fault({ range: [1, 1] }), /range: must be two numbers, the smaller one first|^range: /);
});

Deno.test("images() reads red, green and blue where it is asked for three channels", async () => {
  const picture = { width: 2, height: 1, rgba: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 51) };
  await withFolder({ "a.png": encodePng(picture) }, async (folder) => {
    const { shape, train, spec } = await open(folder, { channels: 3 });
    deepEqual([shape, [...train.values]], [[1, 2, 3], [255, 0, 0, 204, 204, 255]]);
    equal(describeSource(spec), `images: ${folder}, in colour`);
    ok(!SourceSpec.safeParse(images(folder, { channels: 2 as 1 })).success);
  });
});
