import { deepStrictEqual as deepEqual, match, rejects, strictEqual as equal } from "node:assert/strict";
import { openTableFile } from "../../../src/data/table/open.ts";
import { cellsOf, FILES, loadFiles, rowsOf, withFiles } from "./files_support.ts";

const NUMBERS = ["length", "count", "small", "single", "half", "price"];
const typesFile = (codec: string) => Deno.readFileSync(`${FILES}types-${codec}.parquet`);

Deno.test("openParquet() states rows and types of columns from the metadata", async () => {
  const { columns, rows, format } = await openTableFile(`${FILES}types-none.parquet`);
  deepEqual([format, rows], ["Parquet", 6]);
  deepEqual(Object.fromEntries(columns.map(({ name, type, what }) => [name, what ?? type])), {
    length: "number",
    count: "integer",
    small: "integer",
    single: "number",
    half: "number",
    price: "number",
    flag: "boolean",
    colour: "text",
    kind: "text",
    day: "date",
    time: "date",
    clock: "times of day",
    list: "lists",
    point: "structures",
    raw: "bytes",
  });
});

for (const codec of ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]) {
  Deno.test(`openParquet() reads the numbers that pyarrow wrote, compressed by ${codec}, over several row groups`, async () => {
    const { dataset } = await loadFiles({ "types.parquet": typesFile(codec) }, {
      features: NUMBERS,
      missing: "zero",
      testShare: 0,
    });
    const f = Math.fround;
    deepEqual(rowsOf(dataset.train), [
      [1.5, 1, 1, 0.5, 0.5, f(1.1)],
      [-2.25, 2, 2, 0.25, 0.25, 2.25],
      [0, 3, 3, 0.125, 0.125, 0],
      [3, 0, 4, 1, 1, -3],
      [4, 5, 5, 2, 2, f(0.01)],
      [f(0.001), 2 ** 40, 6, 3, 3, f(9.99)],
    ]);
  });
}

Deno.test("openParquet() gives booleans, dates and texts as what they are", async () => {
  const { dataset } = await loadFiles({ "types.parquet": typesFile("snappy") }, {
    features: ["flag", "day", "time", "colour", "kind"],
    dates: "days",
    categories: "oneHot",
    missing: "zero",
    testShare: 0,
  });
  deepEqual(dataset.featureNames, [
    "flag",
    "day",
    "time",
    "colour=blue",
    "colour=grün",
    "colour=red",
    "kind=a",
    "kind=b",
  ]);
  deepEqual(rowsOf(dataset.train), [
    [1, 19723, 19723.5, 0, 0, 1, 1, 0],
    [0, 19724, 0, 1, 0, 0, 0, 1],
    [1, 0, 1, 0, 0, 0, 1, 0],
    [0, -1, 0.25, 0, 0, 1, 0, 1],
    [1, 0, 10957, 0, 1, 0, 1, 0],
    [0, 11016, 10957, 1, 0, 0, 0, 1],
  ]);
});

Deno.test("table() refuses Parquet columns of lists, structures, bytes and times, a sentence each", async () => {
  const features = ["list", "point", "raw", "clock"];
  await rejects(loadFiles({ "types.parquet": typesFile("none") }, { features }), ({ message }: Error) => {
    deepEqual(
      message.split("; "),
      Object.entries({ lists: "list", structures: "point", bytes: "raw", "times of day": "clock" }).map((
        [what, name],
      ) =>
        `load.source.features must be columns of single values, got ${what} in "${name}" of "types.parquet" ` +
        `(leave it out: exclude: ["${name}"], or write each element as a column of its own)`
      ),
    );
    return true;
  });
});

Deno.test("openParquet() refuses a damaged file in one sentence, wherever the damage is", async () => {
  const whole = typesFile("gzip");
  for (const size of [8, 100, 4000, whole.length - 5]) {
    await withFiles(
      { "cut.parquet": whole.slice(0, size) },
      (path) =>
        rejects(cellsOf(path("cut.parquet")), ({ name, message }: Error) => {
          equal(name, "RunError");
          match(
            message,
            /cut\.parquet" must be a whole Parquet file .* got one that does not decode: .+ \(write it again\)$/,
          );
          return true;
        }),
    );
  }
  for (let at = 4; at < whole.length; at += 97) {
    const broken = whole.slice();
    broken[at] ^= 0xff;
    await withFiles({ "broken.parquet": broken }, async (path) => {
      const thrown = await cellsOf(path("broken.parquet")).then(() => undefined, (thrown: Error) => thrown);
      if (thrown !== undefined) equal(thrown.name, "RunError", `byte ${at}: ${thrown.stack}`);
    });
  }
});
