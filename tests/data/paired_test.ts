import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { npy } from "../../src/data/npy.ts";
import { paired, type PairedOptions } from "../../src/data/paired.ts";
import { describeSource, sourceFaults, sourceShape, SourceSpec } from "../../src/data/source.ts";
import { openInput, runError, valuesOf } from "./arrays/npy_support.ts";
import { flatPgm, withFolder } from "./pictures.ts";

/** Pairs of pictures of one grey: the target of grey g has 255 - g. */
function pairs(count: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let k = 0; k < count; k++) {
    files[`noisy/p${k}.pgm`] = flatPgm(2, 2, k);
    files[`clean/p${k}.pgm`] = flatPgm(2, 2, 255 - k);
  }
  return files;
}

const inFolder = (
  files: Record<string, string>,
  work: (open: (options?: PairedOptions, memory?: number) => ReturnType<typeof openInput>) => Promise<void>,
) =>
  withFolder(
    files,
    (folder) =>
      work((options, memory) => openInput(paired(`${folder}/noisy`, `${folder}/clean`, options), { memory })),
  );

Deno.test("paired() joins pictures of one name, and draws the test split of pairs", async () => {
  await inFolder(pairs(20), async (open) => {
    const { name, shape, train, test } = await open({ testShare: 0.25 });
    deepEqual([name, shape, train.count, test.count], ["paired", [2, 2, 1], 15, 5]);
    for (const { values, targets } of [train, test]) {
      deepEqual([...targets!.values], Array.from(values, (value) => 255 - value));
    }
    const greys = [...train.values, ...test.values].filter((_, at) => at % 4 === 0).sort((a, b) => a - b);
    deepEqual(greys, [...Array(20).keys()]);
    const some = await open({ testShare: 0, limit: 3 });
    deepEqual([some.train.count, some.train.targets!.values.length], [3, 12]);
  });
});

Deno.test("paired() joins names whatever their endings and their order", async () => {
  const files = {
    "noisy/a.b.pgm": flatPgm(1, 2, 1),
    "noisy/a.pgm": flatPgm(1, 2, 2),
    "noisy/z/c.pgm": flatPgm(1, 2, 3),
    "clean/a.b.pgm": flatPgm(1, 2, 10),
    "clean/a.ppm": "P3 2 1 255 20 20 20 20 20 20",
    "clean/z/c.ppm": "P3 2 1 255 30 30 30 30 30 30",
  };
  const flat = Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name.replace("z/", ""), file]),
  );
  await inFolder(flat, async (open) => {
    const { train } = await open({ testShare: 0 });
    deepEqual([...train.targets!.values], Array.from(train.values, (value) => 10 * value));
  });
});

Deno.test("paired() keeps folders that are larger than the memory in files, with pairs in one order", async () => {
  await inFolder(pairs(30), async (open) => {
    const { train, test } = await open({ testShare: 0.2 }, 40);
    ok(train.file !== undefined && train.targets!.file !== undefined);
    deepEqual([train.count, test.count], [24, 6]);
    for (const split of [train, test]) {
      const targets = valuesOf({ ...split.targets!, count: split.count }, 4);
      deepEqual(targets, valuesOf(split, 4).map((value) => 255 - value));
    }
    equal((await open({ limit: 7, testShare: 0 }, 40)).train.count, 7);
    for (const { path } of [train.file, train.targets!.file!]) Deno.removeSync(path);
  });
});

Deno.test("paired() names pictures without a partner, and sizes that differ", async () => {
  const { "clean/p3.pgm": _, "noisy/p5.pgm": __, ...some } = pairs(6);
  await inFolder(
    { ...some, "noisy/p5.pgm": flatPgm(2, 2, 5) },
    (open) =>
      rejects(
        open(),
        runError(
          /^".*\/clean" must have a picture for each one of ".*\/noisy", got none for "p3.pgm" \(add or remove it\)$/,
        ),
      ),
  );
  await inFolder(
    { ...pairs(3), "clean/p7.pgm": flatPgm(2, 2, 1), "clean/p8.pgm": flatPgm(2, 2, 1) },
    (open) =>
      rejects(open(), runError(/^".*\/noisy" must have a picture .*got none for "p7.pgm" and 1 more/)),
  );
  await inFolder({ "noisy/a.pgm": flatPgm(2, 2, 1), "clean/a.pgm": flatPgm(4, 4, 1) }, async (open) => {
    await rejects(
      open(),
      runError(/pictures of ".*clean" must be 2x2 like those of ".*noisy", got 4x4 \(give 'height'/),
    );
    deepEqual((await open({ height: 2, width: 2 })).shape, [2, 2, 1]);
  });
  const twice = {
    "noisy/a.pgm": flatPgm(1, 1, 1),
    "noisy/a.ppm": "P3 1 1 255 1 1 1",
    "clean/a.pgm": flatPgm(1, 1, 2),
  };
  await inFolder(
    twice,
    (open) => rejects(open(), runError(/must differ in more than their endings.*\(rename them\)$/)),
  );
});

Deno.test("paired() checks folders and options before any run", () => {
  const spec = SourceSpec.parse(paired("no/noisy", "no/clean", { height: 8, width: 9 }));
  deepEqual([sourceShape(spec), describeSource(spec)], [[8, 9, 1], "paired: no/noisy to no/clean"]);
  const faults = sourceFaults(spec);
  deepEqual(faults.map(({ path }) => path), ["inputs", "targets"]);
  match(faults[1].message, /"no\/clean", which does not exist/);
  match(SourceSpec.safeParse(paired("a", "b", { height: 8 })).error!.issues[0].message, /belong together/);
});

Deno.test("paired() of two .npy files is npy() with targets", () => {
  deepEqual(
    paired("noisy.npy", "clean.npy", { testShare: 0 }),
    npy("noisy.npy", { targets: "clean.npy", testShare: 0 }),
  );
});

Deno.test("paired() leaves out pairs of which one picture is broken, where it is asked to", async () => {
  const files = { ...pairs(8), "noisy/p2.pgm": "P5", "clean/p5.pgm": "no picture" };
  await inFolder(files, async (open) => {
    await rejects(open({ testShare: 0 }), runError(/p2.pgm" must be/));
    const { train, skipped } = await open({ testShare: 0, onBroken: "skip" });
    deepEqual(train.names, [0, 1, 3, 4, 6, 7].map((k) => `p${k}.pgm`));
    deepEqual([...train.targets!.values], Array.from(train.values, (value) => 255 - value));
    deepEqual([skipped!.count, skipped!.of], [2, 16]);
    match(skipped!.text, /p2.pgm" must .*; .*p5.pgm" must /);
  });
});

Deno.test("paired() refuses targets of other bits, and fits a range to the train split of pairs alone", async () => {
  await inFolder({ "noisy/a.pgm": flatPgm(2, 2, 1), "clean/a.pgm": "P2 2 2 65535 1 2 3 4" }, async (open) => {
    await rejects(
      open({ testShare: 0 }),
      runError(
        /must have as many bits as those of ".*noisy", got others \(convert them, or use --set load.source.range=file/,
      ),
    );
    const { train } = await open({ testShare: 0, range: "file" });
    deepEqual([...train.targets!.values], [0, 1 / 3, 2 / 3, 1].map(Math.fround));
  });
  await inFolder(pairs(20), async (open) => {
    const { train, test } = await open({ testShare: 0.25, range: "set" });
    const { shift: [shift], divisor: [divisor] } = train.scale!;
    deepEqual([shift, shift + divisor], [Math.min(...train.values), Math.max(...train.values)]);
    equal(test.scale, train.scale);
  });
});
