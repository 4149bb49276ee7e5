import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { npy, type NpyOptions } from "../../src/data/npy.ts";
import {
  describeSource,
  hasValidation,
  sourceFaults,
  sourceShape,
  SourceSpec,
} from "../../src/data/source.ts";
import { LOCKED, ROOT } from "../support/program.ts";
import { hasPython, needsPython, python } from "../support/python.ts";
import { FIXTURES, npyBytes, npyFloats, openInput, runError, valuesOf } from "./arrays/npy_support.ts";
import { withFolder } from "./pictures.ts";

const all: NpyOptions = { testShare: 0 };
const eighths = Array.from({ length: 24 }, (_, k) => k / 8);
Deno.test("npy() reads what NumPy wrote: types, byte orders, Fortran order, versions of the header", async () => {
  const expected: Record<string, number[]> = {
    "f4": eighths,
    "f8-fortran-big": eighths,
    "f2": eighths,
    "version2": eighths,
    "version3": eighths,
    "u1": eighths.map((value) => 80 * value),
    "i8": eighths.map((value) => 8 * value - 5),
    "b1": eighths.map((value) => (8 * value + 1) % 2),
  };
  for (const [name, values] of Object.entries(expected)) {
    const { train, test, shape } = await openInput(npy(`${FIXTURES}${name}.npy`, all));
    deepEqual([shape, train.count, test === train], [[3, 2, 1], 4, true], name);
    deepEqual([...train.values], values, name);
    equal(train.values instanceof Uint8Array, name === "u1", name);
  }
});

const PEER = `
import json, sys, numpy as np
folder = sys.argv[1]
random = np.random.default_rng(7)
x = random.integers(0, 100, (5, 4, 3))
values = {}
for order in "CF":
    for end in "<>":
        for code in "b1 u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8".split():
            name = f"{code}{'le' if end == '<' else 'be'}{order}"
            signed = x - 50 if code[0] in "if" else x
            array = (signed % 2 == 0) if code == "b1" else (signed / 4 if code[0] == "f" else signed).astype(end + code)
            np.save(f"{folder}/{name}.npy", np.array(array, order=order))
            values[name] = np.ravel(array).astype(float).tolist()
print(json.dumps(values))
`;

Deno.test({
  name: `npy() reads 48 arrays as NumPy does, in memory, in parts and through a cache ${
    needsPython("numpy")
  }`,
  ignore: !hasPython("numpy"),
  fn: () =>
    withFolder({}, async (folder) => {
      const written = python(PEER, folder) as Record<string, number[]>;
      equal(Object.keys(written).length, 48);
      const caches = new Set<string>();
      for (const [name, values] of Object.entries(written)) {
        for (const memory of [undefined, 100]) {
          const { train } = await openInput(npy(`${folder}/${name}.npy`, all), { memory });
          deepEqual(valuesOf(train, 12), values, `${name}, ${memory}`);
          // Bytes fit in 100 bytes of memory; floats do not.
          equal(train.file !== undefined, memory !== undefined && !name.startsWith("u1"), name);
          if (train.file?.path.startsWith("data/cache")) caches.add(train.file.path);
          else if (train.file !== undefined) match(name, /^f4leC/);
        }
      }
      equal(caches.size, 43);
      for (const path of caches) Deno.removeSync(path);
    }),
});

Deno.test("npy() takes arrays as vectors, grey pictures or pictures with channels, or the shape that is given", async () => {
  const values = Array.from({ length: 48 }, (_, k) => k);
  const files = {
    "a.npy": npyFloats([4, 12], values),
    "b.npy": npyFloats([4, 3, 4], values),
    "c.npy": npyFloats([4, 2, 2, 3], values),
    "d.npy": npyFloats([4, 3, 2, 2], values),
    "e.npy": npyFloats([4, 1, 6, 2], values),
    "f.npy": npyFloats([48], values),
  };
  await withFolder(files, async (folder) => {
    const shapeOf = async (name: string, options: NpyOptions = {}) => {
      const input = npy(`${folder}/${name}.npy`, options), { shape } = await openInput(input);
      deepEqual(sourceShape(SourceSpec.parse(input)), shape);
      return shape;
    };
    deepEqual(await shapeOf("a"), [12]);
    deepEqual(await shapeOf("b"), [3, 4, 1]);
    deepEqual(await shapeOf("c"), [2, 2, 3]);
    deepEqual(await shapeOf("a", { shape: [3, 4] }), [3, 4, 1]);
    deepEqual(await shapeOf("a", { shape: [2, 2, 3] }), [2, 2, 3]);
    deepEqual(await shapeOf("b", { shape: [12] }), [12]);
    deepEqual(await shapeOf("e", { shape: [6, 2, 1] }), [6, 2, 1]);
    await rejects(
      shapeOf("d"),
      runError(/got \[4, 3, 2, 2\] \(channels come last: np.moveaxis\(x, 1, -1\)\)$/),
    );
    await rejects(shapeOf("e"), runError(/\(channels come last: shape: \[6, 2, 1\]\)$/));
    await rejects(shapeOf("f"), runError(/^".*f.npy" must be \[samples, features\].*got \[48\]/));
    await rejects(shapeOf("a", { shape: [5] }), runError(/samples of ".*a.npy" must be 5, got \[4, 12\]$/));
    await rejects(
      shapeOf("a", { shape: [3, 2, 2] }),
      runError(/shape must have 1 or 3 channels.*got 3x2x2$/),
    );
  });
});

Deno.test("npy() brings labels, targets, and test and validation samples of their own", async () => {
  const files = {
    "x.npy": npyFloats([3, 2], [0, 1, 2, 3, 4, 5]),
    "clean.npy": npyFloats([3, 2], [9, 8, 7, 6, 5, 4]),
    "y.npy": npyFloats([3, 1], [1, 0, 1]),
    "test.npy": npyFloats([1, 2], [10, 11]),
    "testClean.npy": npyFloats([1, 2], [12, 13]),
    "testY.npy": npyFloats([1], [2]),
    "val.npy": npyFloats([2, 2], [1, 2, 3, 4]),
    "valClean.npy": npyFloats([2, 2], [4, 3, 2, 1]),
  };
  await withFolder(files, async (folder) => {
    const at = (name: string) => `${folder}/${name}.npy`;
    const input = npy(at("x"), {
      labels: at("y"),
      targets: at("clean"),
      test: at("test"),
      testLabels: at("testY"),
      testTargets: at("testClean"),
      validation: at("val"),
      validationTargets: at("valClean"),
    });
    const { train, test, validation, labelNames } = await openInput(input);
    deepEqual([[...train.values], [...train.targets!.values]], [[0, 1, 2, 3, 4, 5], [9, 8, 7, 6, 5, 4]]);
    deepEqual([[...train.labels!], [...test.labels!], labelNames], [[1, 0, 1], [2], ["0", "1", "2"]]);
    deepEqual([[...test.values], [...test.targets!.values]], [[10, 11], [12, 13]]);
    deepEqual([[...validation!.values], [...validation!.targets!.values]], [[1, 2, 3, 4], [4, 3, 2, 1]]);
    const spec = SourceSpec.parse(input);
    equal(hasValidation(spec), true);
    equal(describeSource(spec), "npy: 3 + 1 + 2 vectors of 2");
    deepEqual(sourceFaults(spec), []);
  });
});

Deno.test("npy() draws the test split by the seed, with labels and targets", async () => {
  const values = Array.from({ length: 20 }, (_, k) => k);
  const files = { "x.npy": npyFloats([20, 1], values), "t.npy": npyFloats([20, 1], values) };
  await withFolder(files, async (folder) => {
    const { train, test } = await openInput(
      npy(`${folder}/x.npy`, { labels: `${folder}/x.npy`, targets: `${folder}/t.npy` }),
    );
    deepEqual([train.count, test.count], [18, 2]);
    for (const split of [train, test]) {
      deepEqual([...split.values], [...split.labels!]);
      deepEqual([...split.values], [...split.targets!.values]);
    }
    deepEqual([...train.values, ...test.values].sort((a, b) => a - b), values);
    const some = await openInput(npy(`${folder}/x.npy`, { testShare: 0, offset: 3, limit: 4 }));
    deepEqual([...some.train.values], [3, 4, 5, 6]);
  });
});

/** A header of a version of Python, and its content. */
const header = (descr: string, shape = "(2, 2)") =>
  `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;

Deno.test("npy() says in a sentence why a file is no array of real numbers", async () => {
  const files: Record<string, [Uint8Array, RegExp]> = {
    short: [
      npyFloats([4, 4], [1, 2]),
      /with 64 bytes after its header for 4x4 numbers of f4, got 8: it was cut off/,
    ],
    long: [npyFloats([1, 1], [1, 2]), /got 8: it has more than its header says/],
    huge: [
      npyBytes(header("'<f8'", "(9007199254740993, 9007199254740993)")),
      /it was cut off \(save it again\)$/,
    ],
    negative: [npyBytes(header("'<f4'", "(-1, 4)")), /got the header ".*" \(save it again\)$/],
    code: [npyBytes(header("__import__('os')")), /got the header /],
    half: [npyFloats([2, 2], [1, 2, 3, 4]).subarray(0, 60), /cut off in its header/],
    tiny: [npyFloats([2, 2], [1, 2, 3, 4]).subarray(0, 9), /cut off in its header/],
    future: [Uint8Array.from([...npyFloats([1], [1])].with(6, 9)), /of version 1.0, 2.0 or 3.0, got 9.0/],
    precise: [npyBytes(header("'<f16'")), /got "<f16": numbers of another precision \(save x.astype/],
    png: [Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]), /got a PNG picture \(read a folder/],
    zip: [new TextEncoder().encode("PK\x03\x04......"), /got a zip archive \(npz\(\) reads/],
    html: [new TextEncoder().encode("<html>not found"), /got a text, maybe the page of an error/],
    nothing: [new Uint8Array(), /got an empty file/],
    other: [new TextEncoder().encode("hello, world"), /got another kind of file \(save it with np.save\)$/],
  };
  const contents = Object.fromEntries(Object.entries(files).map(([name, [bytes]]) => [`${name}.npy`, bytes]));
  await withFolder(contents, async (folder) => {
    for (const [name, [, pattern]] of Object.entries(files)) {
      const input = npy(`${folder}/${name}.npy`),
        begin = `".*${name}.npy" must be a NumPy array of real numbers`;
      await rejects(openInput(input), runError(new RegExp(`^${begin}.*${pattern.source}`, "s")), name);
      const [{ path, message }] = sourceFaults(SourceSpec.parse(input));
      deepEqual([path, pattern.test(message)], ["file", true], message);
    }
  });
  const written = {
    object: /got "\|O": Python objects, whose pickle is a program \(save numbers/,
    complex: /got "<c8": complex numbers \(save x.real, x.imag or np.abs\(x\)\)$/,
    text: /got "<U3": texts \(save numbers/,
    record: /got "\|V": records/,
    date: /got "<M8\[D\]": dates/,
  };
  for (const [name, pattern] of Object.entries(written)) {
    await rejects(openInput(npy(`${FIXTURES}${name}.npy`)), runError(pattern), name);
  }
  await rejects(openInput(npy("no/such.npy")), runError(/^Cannot read "no\/such.npy": it does not exist/));
  deepEqual(sourceFaults(SourceSpec.parse(npy("no/such.npy"))).length, 1);
});

Deno.test("npy() refuses arrays that are empty, too few, or do not belong together", async () => {
  const files = {
    "one.npy": npyFloats([1, 2], [1, 2]),
    "x.npy": npyFloats([3, 2], [1, 2, 3, 4, 5, 6]),
    "y.npy": npyFloats([2], [0, 1]),
    "half.npy": npyFloats([3], [0, 1, 0.5]),
    "below.npy": npyFloats([3], [0, -1, 1]),
    "hot.npy": npyFloats([3, 2], [0, 1, 1, 0, 0, 1]),
    "wide.npy": npyFloats([3, 4], Array(12).fill(1)),
    "more.npy": npyFloats([4, 2], Array(8).fill(1)),
    "flat.npy": npyFloats([3, 2, 3], Array(18).fill(1)),
    "tall.npy": npyFloats([3, 3, 2], Array(18).fill(1)),
  };
  await withFolder(files, async (folder) => {
    const at = (name: string) => `${folder}/${name}.npy`;
    const refuses = (input: ReturnType<typeof npy>, pattern: RegExp) =>
      rejects(openInput(input), runError(pattern));
    await refuses(npy(`${FIXTURES}empty.npy`), /empty.npy" must have samples, got \[0, 5\], an empty array$/);
    await refuses(npy(`${FIXTURES}scalar.npy`), /scalar.npy" must be \[samples, features\]/);
    await refuses(npy(at("one")), /one.npy" must have at least 2 samples to train on, got 1$/);
    await refuses(
      npy(at("x"), { labels: at("y") }),
      /y.npy" must have one label for each of the 3 .*, got 2/,
    );
    await refuses(npy(at("x"), { labels: at("hot") }), /hot.npy", 3x2, must have one label .*, got 6/);
    await refuses(
      npy(at("x"), { labels: at("half") }),
      /half.npy" must hold whole numbers .*, got 0.5 at sample 2/,
    );
    await refuses(
      npy(at("x"), { labels: at("below") }),
      /whole numbers from 0 to 65,535, got -1 at sample 1/,
    );
    await refuses(
      npy(at("x"), { test: at("wide") }),
      /samples of ".*wide.npy" must be 2, got \[3, 4\]$/,
    );
    await refuses(
      npy(at("x"), { targets: at("more") }),
      /more.npy" must have one target for each of the 3 samples of .*, got 4$/,
    );
  });
});

Deno.test("npy() refuses options that do not go together", () => {
  const faults = (options: NpyOptions) =>
    SourceSpec.safeParse(npy("x.npy", options)).error?.issues.map(({ path, message }) =>
      `${path}: ${message}`
    )
      .join("\n") ?? "";
  match(faults({ testLabels: "y" }), /^testLabels: 'testLabels' belong to 'test', which is not given$/);
  match(faults({ test: "t", testShare: 0.2 }), /^testShare: .*leave one of them out$/);
  match(
    faults({ test: "t", targets: "c" }),
    /^testTargets: targets must be given for every split or for none$/,
  );
  match(faults({ shape: [0] }), /^shape.0: /);
});

Deno.test("npy() refuses numbers beyond single precision, and counts those that are rounded", async () => {
  const doubles = (...values: number[]) =>
    npyBytes(header("'<f8'"), new Uint8Array(Float64Array.from(values).buffer));
  const longs = npyBytes(
    header("'<i8'"),
    new Uint8Array(BigInt64Array.from([16777216n, 16777217n, -16777219n, 2n ** 60n]).buffer),
  );
  await withFolder({ "d.npy": doubles(1, 2, 3, -1e300), "l.npy": longs }, async (folder) => {
    await rejects(
      openInput(npy(`${folder}/d.npy`)),
      runError(/d.npy" must hold numbers of single precision, up to 3.4e38, got -1e\+300/),
    );
    const notes: string[] = [], { train } = await openInput(npy(`${folder}/l.npy`, all), { notes });
    deepEqual([...train.values], [16777216, 16777216, -16777220, 2 ** 60]);
    match(notes.join(), /^2 numbers of ".*l.npy" are rounded to single precision/);
  });
});

Deno.test("npy() keeps a file that is larger than the memory where it is, or converts it once", async () => {
  const values = Array.from({ length: 600 }, (_, k) => k);
  const doubles = npyBytes(header("'>f8'", "(100, 6)"), new Uint8Array(800 * 6));
  const view = new DataView(doubles.buffer, doubles.length - 4800);
  values.forEach((value, at) => view.setFloat64(8 * at, value));
  await withFolder({ "f.npy": npyFloats([100, 6], values), "d.npy": doubles }, async (folder) => {
    const inPlace = await openInput(npy(`${folder}/f.npy`), { memory: 500 });
    equal(inPlace.train.file?.path, `${folder}/f.npy`);
    deepEqual([inPlace.train.count, inPlace.test.count, inPlace.train.file?.block], [90, 10, 20]);
    deepEqual([...valuesOf(inPlace.train, 6), ...valuesOf(inPlace.test, 6)], values);
    const notes: string[] = [], converted = await openInput(npy(`${folder}/d.npy`), { memory: 500, notes });
    const { path } = converted.train.file!;
    try {
      match(path, /^data\/cache\/array-[0-9a-f]{24}\.values$/);
      match(notes.join(), /^Converting ".*d.npy" into data\/cache\/array-.*, once$/);
      deepEqual([...valuesOf(converted.train, 6), ...valuesOf(converted.test, 6)], values);
      const again = await openInput(npy(`${folder}/d.npy`), { memory: 500, notes });
      deepEqual([again.train.file, notes.length], [converted.train.file, 1]);
      // A new content of the same file is converted again.
      doubles[doubles.length - 1] ^= 1;
      Deno.writeFileSync(`${folder}/d.npy`, doubles);
      Deno.utimeSync(`${folder}/d.npy`, 1, 1);
      const changed = await openInput(npy(`${folder}/d.npy`), { memory: 500, notes });
      ok(changed.train.file!.path !== path);
      Deno.removeSync(changed.train.file!.path);
    } finally {
      Deno.removeSync(path);
    }
    await rejects(
      openInput(npy(`${folder}/f.npy`), { memory: 20 }),
      runError(/^load.memory must hold at least one sample of ".*f.npy", 6, got 20 bytes/),
    );
  });
});

Deno.test({
  name: "npy() loads a large file, and draws a test split, without holding it twice (measured on Linux)",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const sizes = [40_000, 500], values = new Float32Array(sizes[0] * sizes[1]);
    for (let sample = 0; sample < sizes[0]; sample++) values[sample * sizes[1]] = sample;
    await withFolder(
      { "small.npy": npyFloats([4, 1], [1, 2, 3, 4]), "large.npy": npyFloats(sizes, values) },
      async (folder) => {
        const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: [
            "run",
            "-A",
            ...LOCKED,
            `${ROOT}tests/data/arrays/peak_memory.ts`,
            `${folder}/small.npy`,
            `${folder}/large.npy`,
          ],
        }).output();
        equal(code, 0, new TextDecoder().decode(stderr));
        const { bytes, risen } = JSON.parse(new TextDecoder().decode(stdout));
        ok(bytes >= 79e6 && risen < 1.6 * bytes, `${risen} bytes more for ${bytes}`);
      },
    );
  },
});
