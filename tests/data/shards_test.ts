import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { images } from "../../src/data/images.ts";
import { npy } from "../../src/data/npy.ts";
import { shards, type ShardsInput } from "../../src/data/shards.ts";
import { describeSource, openSource, sourceFaults, sourceShape, SourceSpec } from "../../src/data/source.ts";
import { npyFloats } from "./arrays/npy_support.ts";
import { flatPgm, withFolder } from "./pictures.ts";

/** Four files of two to four samples of two values, and a test file. */
const FILES = {
  "0.npy": npyFloats([2, 2], [0, 0, 0, 1]),
  "1.npy": npyFloats([2, 2], [1, 1, 1, 2]),
  "2.npy": npyFloats([3, 2], [2, 1, 2, 2, 2, 3]),
  "3.npy": npyFloats([4, 2], [3, 1, 3, 2, 3, 3, 3, 4]),
  "test.npy": npyFloats([2, 2], [9, 9, 9, 8]),
};
const inFolder = (folder: string) =>
  shards([0, 1, 2, 3].map((shard) => npy(`${folder}/${shard}.npy`)), { test: npy(`${folder}/test.npy`) });

function open(input: ShardsInput, rank: number, size: number) {
  const ranks = size === 1 ? undefined : { rank, size };
  return openSource(SourceSpec.parse({ ...input, ranks: size }), { seed: 1, ranks, log() {} });
}

/** Only the files that a rank reads: another machine has no others. */
const only = (names: readonly (keyof typeof FILES)[]) =>
  Object.fromEntries(names.map((name) => [name, FILES[name]]));

Deno.test("shards() gives one process the samples of all shards, in their order", () =>
  withFolder(FILES, async (folder) => {
    const { train, test } = await open(inFolder(folder), 0, 1);
    deepEqual([...train.values], [0, 0, 0, 1, 1, 1, 1, 2, 2, 1, 2, 2, 2, 3, 3, 1, 3, 2, 3, 3, 3, 4]);
    deepEqual([train.count, train.shard, [...test.values]], [11, undefined, [9, 9, 9, 8]]);
  }));

for (
  const [rank, size, names, values] of [
    [0, 2, ["0.npy", "2.npy", "test.npy"], [0, 0, 0, 1, 2, 1, 2, 2, 2, 3]],
    [1, 2, ["1.npy", "3.npy"], [1, 1, 1, 2, 3, 1, 3, 2, 3, 3, 3, 4]],
    [0, 4, ["0.npy", "test.npy"], [0, 0, 0, 1]],
    [1, 4, ["1.npy"], [1, 1, 1, 2]],
    [2, 4, ["2.npy"], [2, 1, 2, 2, 2, 3]],
    [3, 4, ["3.npy"], [3, 1, 3, 2, 3, 3, 3, 4]],
  ] as const
) {
  Deno.test(`shards() gives rank ${rank} of ${size} its own samples, where it has no other files`, () =>
    withFolder(only(names), async (folder) => {
      const { train, test } = await open(inFolder(folder), rank, size);
      deepEqual([...train.values], values);
      deepEqual([train.count, train.shard], [values.length / 2, { ranks: size }]);
      equal(test === train, rank > 0);
    }));
}

Deno.test("shards() of folders of pictures have all pictures of a folder", () =>
  withFolder(
    { "a/1.pgm": flatPgm(2, 3, 10), "a/2.pgm": flatPgm(2, 3, 20), "b/1.pgm": flatPgm(2, 3, 30) },
    async (folder) => {
      const input = shards([images(`${folder}/a`), images(`${folder}/b`)], { test: images(`${folder}/b`) });
      const { train, shape } = await open(input, 0, 2);
      deepEqual([shape, train.count, train.labels], [[2, 3, 1], 2, undefined]);
    },
  ));

Deno.test("shards() refuses fewer shards than ranks, and another number of ranks than the run has", () =>
  withFolder(FILES, async (folder) => {
    await rejects(open(inFolder(folder), 0, 5), {
      name: "RunError",
      message: "source.of must have a shard for each of 5 ranks, got 4",
    });
    const spec = SourceSpec.parse({ ...inFolder(folder), ranks: 2 });
    await rejects(openSource(spec, { seed: 1, log() {} }), {
      name: "RunError",
      message: "source.ranks must be the number of ranks, 1, got 2 (leave it out)",
    });
  }));

Deno.test("shards() refuses shards of another shape", () =>
  withFolder(
    { ...FILES, "1.npy": npyFloats([2, 3], [1, 2, 3, 4, 5, 6]) },
    (folder) =>
      rejects(open(inFolder(folder), 0, 1), {
        name: "RunError",
        message: "all shards must have samples of one shape, kind and scale, got 2 floats and 3 floats",
      }),
  ));

Deno.test("shards() refuses in a plan what depends on the samples of all shards", () =>
  withFolder(FILES, (folder) => {
    const input = shards([
      images("a", { range: "set" }),
      npy("b.npy", { missing: "mean" }),
      npy("c.npy", { test: "d.npy" }),
    ], {
      test: npy(`${folder}/test.npy`),
    });
    deepEqual(sourceFaults(SourceSpec.parse(input)).map(({ path, message }) => `${path} ${message}`), [
      'of[0].range must be two numbers or "file" for a shard, got "set"',
      'of[1].missing must be "refuse", "zero" or "drop" for a shard, got "mean"',
      "of[2].test must be left out for a shard (give shards() the test and validation samples)",
    ]);
    return Promise.resolve();
  }));

Deno.test("shards() states its number, and the shape of the first where its file is there", () =>
  withFolder(FILES, (folder) => {
    const spec = SourceSpec.parse(inFolder(folder));
    equal(describeSource(spec), "shards: 4 of npy");
    equal(describeSource({ ...spec, ranks: 2 } as SourceSpec), "shards: 4 of npy, dealt out to 2 ranks");
    deepEqual(sourceShape(spec), [2]);
    return Promise.resolve();
  }));
