import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { permutation } from "../../src/core/random.ts";
import { checkSamples } from "../../src/data/check_samples.ts";
import type { Dataset, Split } from "../../src/data/dataset.ts";
import { countDuplicates, firstEquals } from "../../src/data/duplicates.ts";
import { emoji } from "../../src/data/emoji.ts";
import { faces } from "../../src/data/faces.ts";
import { formatIdx } from "../../src/data/idx_format.ts";
import { idx } from "../../src/data/idx.ts";
import { images } from "../../src/data/images.ts";
import { openSource, SourceSpec } from "../../src/data/source.ts";
import { drawTestSplit } from "../../src/data/split.ts";
import { load } from "../../src/stages/load.ts";
import { runStage } from "../stages/fake_run.ts";
import { flatPgm, withFolder } from "./pictures.ts";

/** A split of images of four pixels, each all of one number. */
const splitOf = (...greys: number[]): Split => ({
  count: greys.length,
  values: Uint8Array.from(greys.flatMap((grey) => [grey, 0, grey, 255])),
});

/** A data set of 2x2 pixels. */
const datasetOf = (train: Split, test = train, binarisation?: "threshold"): Dataset => ({
  name: "made",
  shape: [2, 2, 1],
  train,
  test,
  binarisation,
});

async function open(spec: Parameters<typeof SourceSpec.parse>[0], seed: number) {
  const logged: string[] = [];
  const dataset = await openSource(SourceSpec.parse(spec), { seed, log: (line) => logged.push(line) });
  return { ...dataset, logged };
}

Deno.test("firstEquals() and countDuplicates() find equal images, in memory and in a file alike", async () => {
  const split = splitOf(5, 6, 5, 7, 6, 5);
  deepEqual([...firstEquals(split, 4)], [0, 1, 0, 3, 1, 0]);
  deepEqual(countDuplicates(split, splitOf(7, 8, 9, 5), 4), { distinct: 3, shared: 2 });
  deepEqual(countDuplicates(split, split, 4), { distinct: 3, shared: 0 });
  await withFolder({ raw: Uint8Array.from([1, 1, ...split.values]) }, (folder) => {
    const path = `${folder}/raw`, { size, mtime } = Deno.statSync(path);
    const file = { path, kind: "bytes" as const, start: 2, block: 2, size, modified: mtime!.getTime() };
    const stored: Split = { count: 6, values: new Uint8Array(), file };
    deepEqual([...firstEquals(stored, 4)], [0, 1, 0, 3, 1, 0]);
    deepEqual(countDuplicates(stored, splitOf(7, 8), 4), { distinct: 3, shared: 1 });
    return Promise.resolve();
  });
});

Deno.test("drawTestSplit() keeps identical images in one split and says how many there are, for every seed", () => {
  const all = splitOf(...Array.from({ length: 60 }, (_, k) => k < 30 ? k % 7 : k));
  for (let seed = 0; seed < 50; seed++) {
    const logged: string[] = [];
    const { train, test } = drawTestSplit(all, 4, 0.3, seed, (line) => logged.push(line));
    deepEqual([train.count, test.count], [42, 18]);
    equal(countDuplicates(train, test, 4).shared, 0);
    deepEqual(logged, ["23 images are identical to another image of 60: kept in one split with it"]);
  }
});

Deno.test("drawTestSplit() draws the same where it may reuse the memory of all samples, and copies no train sample", () => {
  const greys = Array.from({ length: 50 }, (_, at) => at % 40), labels = Uint16Array.from(greys);
  const targets = { values: Uint8Array.from(greys.flatMap((grey) => Array(4).fill(255 - grey))) };
  const make = () => ({
    ...splitOf(...greys),
    labels,
    targets: { values: targets.values.slice() },
    names: greys.map(String),
  });
  for (let seed = 1; seed <= 20; seed++) {
    const copied = drawTestSplit(make(), 4, 0.3, seed), all = make();
    const { train, test } = drawTestSplit(all, 4, 0.3, seed, () => {}, "reuse");
    deepEqual({ train, test }, copied);
    equal(train.values.buffer, all.values.buffer);
    equal(train.targets!.values.buffer, all.targets.values.buffer);
  }
});

Deno.test("drawTestSplit() draws as before where all images differ, and some test images where none do", () => {
  const { train, test } = drawTestSplit(
    splitOf(...Array(20).keys()),
    4,
    0.2,
    3,
    () => ok(false, "says nothing"),
  );
  const order = permutation(20, { seed: 3, stream: "split", epoch: 0 });
  equal(train.count, 16);
  deepEqual(test.values.filter((_, at) => at % 4 === 0), Uint8Array.from(order.subarray(0, 4).sort()));
  deepEqual(drawTestSplit(splitOf(...Array(20).fill(7)), 4, 0.2, 3).test.count, 4);
});

Deno.test("emoji(), faces(), images() and idx() have no picture in both of the splits that they draw", async () => {
  for (const seed of [1, 42]) {
    for (const [spec, pixels, copies] of [[emoji(), 784, 35], [faces({ size: 28 }), 784, 21]] as const) {
      const { train, test, logged } = await open(spec, seed);
      equal(countDuplicates(train, test, pixels).shared, 0);
      const found = Number(/^(\d+) images are identical to another/.exec(logged.at(-1)!)?.[1]);
      ok(Math.abs(found - copies) <= 10, logged.join("\n"));
    }
  }
  const greys = Array.from({ length: 40 }, (_, k) => k % 9);
  const files = {
    ...Object.fromEntries(greys.map((grey, k) => [`photos/${k}.pgm`, flatPgm(2, 2, grey)])),
    idx: formatIdx({ sizes: [40, 1, 1], values: Uint8Array.from(greys) }),
  };
  await withFolder(files, async (folder) => {
    for (
      const [spec, pixels] of [[images(`${folder}/photos`), 4], [
        idx({ images: `${folder}/idx` }),
        1,
      ]] as const
    ) {
      const { train, test, logged } = await open(spec, 1);
      equal(countDuplicates(train, test, pixels).shared, 0);
      match(logged.join(), /31 images are identical to another image of 40/);
    }
  });
});

Deno.test("load() counts test images that an official split has in train as well, and alters nothing", async () => {
  const files = {
    train: formatIdx({ sizes: [4, 1, 2], values: Uint8Array.of(1, 2, 3, 4, 1, 2, 5, 250) }),
    test: formatIdx({ sizes: [3, 1, 2], values: Uint8Array.of(3, 4, 7, 7, 9, 100) }),
  };
  await withFolder(files, async (folder) => {
    const { result, events } = await runStage(
      load(idx({ images: `${folder}/train`, testImages: `${folder}/test` })),
    );
    equal(
      result!.note,
      "4 + 3 images of 1x2, 1 train images identical to another one, 1 of 3 test images in train too",
    );
    const warnings = events.flatMap((event) => event.type === "warning" ? event.message : []);
    match(warnings.join(), /^1 of 3 test images are identical to a train image/);
  });
});

Deno.test("checkSamples() warns about images from which nothing can be learnt, and not about valid ones", async () => {
  const rows = (count: number, value: (at: number) => number): Split => ({
    count,
    values: Uint8Array.from({ length: 4 * count }, (_, at) => value(at)),
  });
  const said = (...dataset: Parameters<typeof datasetOf>) =>
    checkSamples(datasetOf(...dataset)).warnings.join("\n");
  match(
    said(rows(9, (at) => at % 4)),
    /^All 9 train images are identical: there is nothing to learn \(check the source/,
  );
  match(said(rows(9, (at) => at >> 2)), /^9 of 9 train images are blank, all pixels of one colour/);
  const orange = {
    count: 9,
    values: Uint8Array.from({ length: 54 }, (_, at) => [255 - (at / 6 | 0), 128, 0][at % 3]),
  };
  const colours: Dataset = { name: "", shape: [1, 2, 3], train: orange, test: orange };
  match(checkSamples(colours).warnings[0], /^9 of 9 train images are blank, all pixels of one colour/);
  const nearlyEmpty = rows(500, (at) => at % 4 === 1 && at < 4 ? 9 : 0);
  match(
    said(nearlyEmpty, nearlyEmpty, "threshold"),
    /are blank, .*\(check the source, and 'binarise', which thresholds at 0.5\)$/,
  );
  const wide = { ...datasetOf(rows(1, () => 0)), shape: [1, 1000, 1] };
  const wideRows = (value: (image: number, pixel: number) => number): Dataset => {
    const train = {
      count: 9,
      values: Uint8Array.from({ length: 9000 }, (_, at) => value(Math.floor(at / 1000), at % 1000)),
    };
    return { ...wide, train, test: train };
  };
  match(
    checkSamples(wideRows((image, pixel) => image === pixel ? 255 : 0)).warnings[0],
    /nearly empty: only 0.10 % of the pixels are not black/,
  );
  match(
    checkSamples(wideRows((image, pixel) => image === pixel ? 0 : 255)).warnings[0],
    /nearly empty: only 0.10 % of the pixels are not white/,
  );
  match(
    checkSamples(wideRows((image, pixel) => pixel === 7 ? image : pixel & 255)).warnings[0],
    /^Only 1 of 1,000 pixels differ between/,
  );
  deepEqual(checkSamples(wideRows((image, pixel) => (image * pixel) & 255)).warnings, []);
  for (const source of [{ source: "glyphs" }, emoji({ limit: 200 }), faces({ count: 20, size: 28 })]) {
    deepEqual(checkSamples(await open(source as never, 1)).warnings, []);
  }
});
