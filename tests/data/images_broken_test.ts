import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { Dataset } from "../../src/data/dataset.ts";
import { inCacheOrder } from "../../src/data/picture_cache.ts";
import { findPictures } from "../../src/data/picture_files.ts";
import { arranged } from "../../src/data/picture_holes.ts";
import { images, type ImagesOptions } from "../../src/data/images.ts";
import { openSource, SourceSpec } from "../../src/data/source.ts";
import { namesIn, outputOf, pictures, startProcess } from "./picture_cache_support.ts";
import { flatPgm, withFolder } from "./pictures.ts";

async function open(folder: string, options: ImagesOptions = {}) {
  const warnings: string[] = [], spec = SourceSpec.parse(images(folder, { testShare: 0, ...options }));
  const warn = (warning: string) => warnings.push(warning.replaceAll(folder, "FOLDER"));
  const dataset: Dataset = await openSource(spec, { seed: 1, log: () => {}, warn });
  return { ...dataset, warnings };
}

const FILES = {
  "a.pgm": "P5 9 9 255 cut",
  "b.pgm": flatPgm(1, 2, 0),
  "c.heic": "a photograph of a telephone",
  "d.png": "no PNG at all",
  "e.pgm": flatPgm(1, 2, 200),
  "f.jpg": "",
  "notes.txt": "no picture, and not named like one",
};

Deno.test("images() fails at the first file that is broken or of a format that is not read", async () => {
  await withFolder(FILES, async (folder) => {
    await rejects(
      open(folder),
      /a.pgm" must be a valid PGM or PPM picture, got 3 bytes of pixels where 81 are needed/,
    );
  });
  await withFolder({ "b.pgm": flatPgm(1, 2, 0), "c.heic": "x" }, async (folder) => {
    await rejects(
      open(folder),
      /c.heic" must be a PNG, JPEG, .* picture, got none of these \(convert or remove the file\)/,
    );
  });
});

Deno.test("images() leaves out and counts such files where it is asked to, and names the first ones", async () => {
  await withFolder(FILES, async (folder) => {
    const { train, skipped, warnings } = await open(folder, { onBroken: "skip" });
    deepEqual([train.count, train.names, [...train.values]], [2, ["b.pgm", "e.pgm"], [0, 0, 200, 200]]);
    deepEqual([skipped!.count, skipped!.of], [4, 6]);
    equal(warnings.length, 1);
    match(
      warnings[0],
      /^Skipped 4 of 6 files of "FOLDER" that cannot be read: "FOLDER\/a.pgm" must .*; "FOLDER\/c.heic" must .*; "FOLDER\/d.png" must [^;]*; and 1 more$/,
    );
  });
});

Deno.test("images() leaves out pictures of another size, too, and reports a folder of which nothing is left", async () => {
  await withFolder(
    { "a.pgm": flatPgm(1, 2, 0), "b.pgm": flatPgm(2, 1, 9), "c.pgm": flatPgm(1, 2, 99) },
    async (folder) => {
      const { train, skipped } = await open(folder, { onBroken: "skip" });
      deepEqual([train.names, skipped!.count], [["a.pgm", "c.pgm"], 1]);
      match(skipped!.text, /must have one size, got 2x1/);
    },
  );
  await withFolder({ "a.pgm": "P5", "b.png": "" }, async (folder) => {
    for (const size of [{}, { height: 2, width: 2 }]) {
      await rejects(
        open(folder, { onBroken: "skip", ...size }),
        /must have at least one image that decodes, but ".*a.pgm" must be a valid PGM or PPM picture/,
      );
    }
  });
});

Deno.test("arranged() puts the last samples into holes, and moves nothing else", () => {
  deepEqual(arranged(4, new Set([1])), [0, 3, 2]);
  deepEqual(arranged(6, new Set([0, 5, 2])), [4, 1, 3]);
  deepEqual(arranged(3, new Set()), [0, 1, 2]);
  deepEqual(arranged(2, new Set([0, 1])), []);
});

Deno.test("images() that are read from a cache leave out the same pictures, each time", async () => {
  const broken = Object.fromEntries(
    Array.from({ length: 40 }, (_, k) => [`photos/${k < 20 ? "a" : "b"}/x${k}.pgm`, `P5 ${k}`]),
  );
  await withFolder({ ...pictures(300), ...broken }, async (folder) => {
    const options = (
      onBroken: string,
    ) => ["600", `{"testShare":0.1,"height":3,"width":2,"onBroken":"${onBroken}"}`];
    const failed = await outputOf(startProcess(folder, options("fail")));
    match(failed.error, /x\d+.pgm" must be a valid PGM or PPM picture/);
    const first = await outputOf(startProcess(folder, options("skip")));
    const again = await outputOf(startProcess(folder, options("skip")));
    deepEqual([again.train, again.test], [first.train, first.test]);
    deepEqual([first.train.count + first.test.count, first.train.file.size], [300, 300 * 6]);
    match(first.logged.at(-1)!, /^Skipped 40 of 340 files of "photos" that cannot be read: .*; and 37 more$/);
    match(again.logged[0], /^Skipped 40 of 340 files/);
    const names = [...first.train.names, ...first.test.names],
      bytes = await Deno.readFile(`${folder}/${first.train.file.path}`);
    equal(new Set(names).size, 300);
    for (const [at, name] of names.entries()) {
      const values = (await Deno.readTextFile(`${folder}/photos/${name}`)).split(" ").slice(4).map(Number);
      deepEqual([...bytes.subarray(6 * at, 6 * at + 6)], values, name);
    }
    deepEqual(namesIn(`${folder}/data/cache`).map((name) => name.split(".")[1]), ["broken", "images"]);
    match(
      (await outputOf(startProcess(folder, options("fail")))).error,
      /x\d+.pgm" must be a valid PGM or PPM/,
    );
    const order = inCacheOrder(await findPictures(`${folder}/photos`)).map(({ name }) => name);
    ok(names.filter((name, at) => order[at] === name).length > 250);
  });
});

Deno.test("images() of several pages that are read from a cache hold the same values as in memory", async () => {
  const fixture = (name: string) =>
    Deno.readFileSync(new URL(`../fixtures/pictures/${name}`, import.meta.url));
  const files = Object.fromEntries(
    Array.from(
      { length: 6 },
      (_, k) => [`photos/${k}.${k < 3 ? "tif" : "gif"}`, fixture(k < 3 ? "pages.tif" : "disposal-1.gif")],
    ),
  );
  await withFolder({ ...files, "photos/broken.gif": "GIF89a" }, async (folder) => {
    const options = { frames: "all", range: "file", onBroken: "skip", testShare: 0 } as const;
    const inMemory = await open(`${folder}/photos`, options);
    const { train } = await outputOf(startProcess(folder, ["300", JSON.stringify(options)]));
    deepEqual([train.count, train.file.kind], [18, "floats"]);
    deepEqual(train.names.toSorted(), inMemory.train.names!.toSorted());
    const values = new Float32Array((await Deno.readFile(`${folder}/${train.file.path}`)).buffer);
    for (const [at, name] of (train.names as string[]).entries()) {
      const other = inMemory.train.names!.indexOf(name);
      deepEqual(
        values.subarray(35 * at, 35 * at + 35),
        inMemory.train.values.subarray(35 * other, 35 * other + 35),
        name,
      );
    }
  });
});
