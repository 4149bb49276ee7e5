import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { openPartFile } from "../../src/core/part_file.ts";
import { floatBytes, npyHeader } from "../../src/export/arrays/npy.ts";
import { openTable } from "../../src/export/arrays/table_file.ts";
import { decodePicture } from "../data/first_picture.ts";
import { flatten } from "../../src/data/raster.ts";
import { encodePicture, writableName } from "../../src/export/picture_file.ts";
import { hasPython, needsPython, python } from "../support/python.ts";

Deno.test("npyHeader() is NumPy's, padded to 64 bytes", () => {
  for (const shape of [[3], [60000, 20], [2, 7, 5], [0, 4]]) {
    const bytes = npyHeader(shape), text = new TextDecoder("latin1").decode(bytes);
    equal(bytes.length % 64, 0);
    deepEqual([bytes[0], text.slice(1, 8)], [0x93, "NUMPY\x01\x00"]);
    equal(bytes[8] + 256 * bytes[9], bytes.length - 10);
    equal(text.at(-1), "\n");
  }
});

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: `npyHeader() and numbers are read by NumPy ${needsPython("numpy")}`,
  ignore: !hasPython("numpy"),
  fn: () =>
    withFolder((folder) => {
      for (const shape of [[6], [2, 3], [1, 2, 3]]) {
        const path = `${folder}/${shape.length}.npy`, file = openPartFile(path);
        file.write(npyHeader(shape));
        file.write(floatBytes(Float32Array.of(0, 1.5, -2, 3e-8, 4e8, 0.1)));
        file.finish();
        const [found, values, type] = python(
          "import json, sys, numpy as np; a = np.load(sys.argv[1]); print(json.dumps([a.shape, a.ravel().tolist(), str(a.dtype)]))",
          path,
        );
        deepEqual(found, shape);
        deepEqual(values, [0, 1.5, -2, 3e-8, 4e8, 0.1].map(Math.fround));
        equal(type, "float32");
      }
      return Promise.resolve();
    }),
});

const COLUMNS = [
  { name: "file", type: "text" },
  { name: "score", type: "double" },
  { name: "z0", type: "float" },
  { name: "row", type: "integer" },
] as const;
const ROWS = [["a, b.png", 0.1, Math.fround(0.1), 0], ['"quoted"', 1e-300, Math.fround(-1e20), 1]] as const;

Deno.test("openTable() writes CSV and TSV, whole or not at all, floats in the digits that give them back", () =>
  withFolder(async (folder) => {
    for (const [ending, delimiter] of [["csv", ","], ["tsv", "\t"]]) {
      const table = await openTable(`${folder}/t.${ending}`, COLUMNS);
      await table.write(ROWS);
      await rejects(Deno.stat(`${folder}/t.${ending}`));
      await table.finish();
      const expected = [
        ["file", "score", "z0", "row"],
        ['"a, b.png"', "0.1", "0.100000001", "0"],
        ['"""quoted"""', "1e-300", "-100000002000000000000", "1"],
      ];
      equal(
        await Deno.readTextFile(`${folder}/t.${ending}`),
        expected.map((row) => `${row.join(delimiter)}\n`).join("").replace('"a, b.png"', '"a, b.png"'),
      );
    }
    equal(Math.fround(0.100000001), Math.fround(0.1));
  }));

Deno.test({
  name: `openTable() writes Parquet in parts that pandas reads ${needsPython("pandas", "pyarrow")}`,
  ignore: !hasPython("pandas", "pyarrow"),
  fn: () =>
    withFolder(async (folder) => {
      const path = `${folder}/t.parquet`, table = await openTable(path, COLUMNS);
      // More than a group of rows.
      const count = 120_000;
      for (let start = 0; start < count; start += 1000) {
        await table.write(
          Array.from(
            { length: 1000 },
            (
              _,
              row,
            ) => [`${start + row}.png`, (start + row) / 7, Math.fround((start + row) / 3), start + row],
          ),
        );
      }
      await table.finish();
      const found = python(
        `import json, sys, pandas as pd, numpy as np
t = pd.read_parquet(sys.argv[1])
n = np.arange(len(t))
print(json.dumps([len(t), [str(d) for d in t.dtypes[1:]], bool((t.score == n / 7).all()), bool((t.z0 == (n / 3).astype("f4")).all()),
  bool((t.row == n).all()), t.file[119999]]))`,
        path,
      );
      deepEqual(found, [count, ["float64", "float32", "int32"], true, true, true, "119999.png"]);
    }),
});

Deno.test({
  name: `openTable() writes 64-bit whole numbers and missing cells that pandas reads ${
    needsPython("pandas", "pyarrow")
  }`,
  ignore: !hasPython("pandas", "pyarrow"),
  fn: () =>
    withFolder(async (folder) => {
      const path = `${folder}/t.parquet`,
        table = await openTable(path, [
          { name: "seed", type: "long" },
          { name: "epochs", type: "long", nullable: true },
          { name: "mse", type: "double", nullable: true },
          { name: "tied", type: "boolean", nullable: true },
        ]);
      await table.write([[Number.MAX_SAFE_INTEGER, 3, 0.1, true], [0, null, undefined, null]]);
      await table.finish();
      const found = python(
        `import json, sys, pyarrow.parquet as pq
t = pq.read_table(sys.argv[1])
print(json.dumps([[str(f.type) for f in t.schema], t.to_pylist()]))`,
        path,
      );
      deepEqual(found, [["int64", "int64", "double", "bool"], [
        { seed: Number.MAX_SAFE_INTEGER, epochs: 3, mse: 0.1, tied: true },
        { seed: 0, epochs: null, mse: null, tied: null },
      ]]);
    }),
});

Deno.test("encodePicture() writes PNG, GIF, PGM, TIFF that give the pixels back, and JPEG nearly", async () => {
  const picture = {
    height: 11,
    width: 17,
    channels: 1,
    pixels: Uint8Array.from({ length: 187 }, (_, at) => Math.round(127 + 100 * Math.sin(at / 9))),
  };
  for (const name of ["a.png", "a.gif", "a.pgm", "a.tif", "a.JPG"]) {
    const { height, width, pixels } = flatten(
      await decodePicture(await encodePicture(name, picture)),
      1,
      [1, 1, 1],
    );
    deepEqual([height, width], [11, 17], name);
    const worst = Math.max(...Array.from(pixels, (value, at) => Math.abs(value - picture.pixels[at])));
    if (name === "a.JPG") equal(worst < 20, true, `${worst}`);
    else equal(worst, 0, name);
  }
  const colours = {
    height: 2,
    width: 2,
    channels: 3,
    pixels: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7),
  };
  for (const name of ["a.png", "a.ppm", "a.tif"]) {
    const { rgba } = await decodePicture(await encodePicture(name, colours));
    deepEqual([...rgba].filter((_value, at) => at % 4 !== 3), [...colours.pixels], name);
  }
  deepEqual(["a/b.webp", "b.png", "c.x.JPEG", "noending"].map(writableName), [
    "a/b.png",
    "b.png",
    "c.x.JPEG",
    "noending.png",
  ]);
});

Deno.test("encodePicture() keeps 16 bits in PNG, PGM, PPM and TIFF, and floats in TIFF; other formats get 8 bits", async () => {
  for (const channels of [1, 3]) {
    const size = { height: 5, width: 7, channels }, length = 35 * channels;
    const deep = { ...size, pixels: Uint16Array.from({ length }, (_, at) => (at * 4099) % 65_536) };
    const floats = { ...size, pixels: Float32Array.from({ length }, (_, at) => Math.fround(at / 7 - 2)) };
    const valuesOf = async (name: string, picture: typeof deep | typeof floats) => {
      const { rgba } = await decodePicture(await encodePicture(name, picture));
      return [...rgba].filter((_value, at) => at % 4 < channels);
    };
    for (const name of ["a.png", channels === 1 ? "a.pgm" : "a.ppm", "a.tif"]) {
      deepEqual(await valuesOf(name, deep), [...deep.pixels], `${name} ${channels}`);
    }
    deepEqual(await valuesOf("a.tiff", floats), [...floats.pixels]);
    deepEqual(await valuesOf("a.bmp", deep), Array.from(deep.pixels, (value) => Math.round(value / 257)));
  }
});

Deno.test({
  name: `encodePicture() writes 16 bits that Pillow reads ${needsPython("PIL", "numpy")}`,
  ignore: !hasPython("PIL", "numpy"),
  fn: () =>
    withFolder(async (folder) => {
      const pixels = Uint16Array.from({ length: 35 }, (_, at) => (at * 4099) % 65_536);
      for (const ending of ["png", "pgm", "tif"]) {
        const path = `${folder}/a.${ending}`;
        await Deno.writeFile(path, await encodePicture(path, { height: 5, width: 7, channels: 1, pixels }));
        const found = python(
          `import json, sys, numpy as np; from PIL import Image
print(json.dumps(np.asarray(Image.open(sys.argv[1])).ravel().tolist()))`,
          path,
        );
        deepEqual(found, [...pixels], ending);
      }
    }),
});

Deno.test({
  name: `encodePicture() writes files that Pillow reads, BMP too ${needsPython("PIL")}`,
  ignore: !hasPython("PIL"),
  fn: () =>
    withFolder(async (folder) => {
      for (const channels of [1, 3]) {
        const pixels = Uint8Array.from({ length: 5 * 7 * channels }, (_, at) => (at * 37) % 256);
        for (const ending of ["png", "gif", "tif", "bmp", channels === 1 ? "pgm" : "ppm"]) {
          const path = `${folder}/a.${ending}`;
          await Deno.writeFile(path, await encodePicture(path, { height: 5, width: 7, channels, pixels }));
          const found = python(
            `import json, sys; from PIL import Image
print(json.dumps(list(Image.open(sys.argv[1]).convert(sys.argv[2]).tobytes())))`,
            path,
            channels === 1 ? "L" : "RGB",
          );
          deepEqual(found, [...pixels], `${ending} ${channels}`);
        }
      }
    }),
});
