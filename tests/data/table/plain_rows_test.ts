import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { numberOf } from "../../../src/data/table/cells.ts";
import { openTableFile } from "../../../src/data/table/open.ts";

/** Reads a table of two columns: its numbers from bytes where that is possible, and from its texts. */
async function readBoth(content: string): Promise<{ rows: number; fromBytes: number; texts: string[][] }> {
  const path = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(path, content);
    const file = await openTableFile(path), texts: string[][] = [];
    let rows = 0, fromBytes = 0;
    await file.read([0, 1], async (block) => {
      equal(block.first, rows);
      rows += block.count;
      for (const position of [0, 1]) {
        const cells = Array.from(await block.column(position), String);
        (texts[position] ??= []).push(...cells);
        const values = new Float32Array(2 * block.count);
        const missing = block.numbers?.(position, { values, at: 1, stride: 2 });
        if (missing === undefined) continue;
        fromBytes += block.count;
        const expected = cells.map((cell) => numberOf(cell, "number", ".")!);
        deepEqual(Array.from(cells, (_, row) => values[2 * row + 1]), expected.map(Math.fround));
        equal(missing, expected.filter(Number.isNaN).length);
      }
    });
    return { rows, fromBytes, texts };
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("RowBlock.numbers() reads plain, small, large and missing numbers from bytes as they are read from texts", async () => {
  const cells = [
    "1",
    "-2.50",
    ".5",
    "1e-5",
    "12345678901234567890",
    "0.12573022209613246",
    "",
    " NA ",
    "+3",
    "nan",
  ];
  const content = `a,b\n${cells.map((cell) => `${cell},7`).join("\r\n")}\n`;
  const { rows, fromBytes, texts } = await readBoth(content);
  deepEqual([rows, fromBytes], [cells.length, 2 * cells.length]);
  deepEqual(texts[0], cells);
  // What is no number of single precision is left to a reader of texts, which complains.
  for (const cell of ["x", "0x10", "inf", "1e39"]) {
    equal((await readBoth(`a,b\n1,2\n${cell},3\n`)).fromBytes, 2);
  }
});

Deno.test("tables are read alike with and without quotes, blank lines, other letters and a line end at the end", async () => {
  const cell = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.constantFrom("", "é", '"a,b"', '"1"'),
  );
  const row = fc.tuple(cell, cell);
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 20 }),
      fc.constantFrom("", "\n", "\n\n"),
      async (rows, end) => {
        const { texts } = await readBoth(`a,b\n${rows.map((cells) => cells.join(",")).join("\n")}${end}`);
        const bare = (text: string) => text.replace(/^"(.*)"$/, "$1");
        deepEqual(texts, [0, 1].map((column) => rows.map((cells) => bare(cells[column]))));
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("a table of several pieces is read in order, from bytes where its rows are plain", async () => {
  // Pieces have 1 MiB; a quoted cell in the third one holds a line end.
  const rows = 300_000, lines = Array.from({ length: rows }, (_, row) => `${row},${row / 8}`);
  lines[250_000] = '250000,"31\n250"';
  const { rows: found, fromBytes, texts } = await readBoth(`a,b\n${lines.join("\n")}\n\n`);
  equal(found, rows);
  equal(fromBytes > rows && fromBytes < 2 * rows, true, `${fromBytes}`);
  equal(texts[0].every((text, row) => text === String(row)), true);
  deepEqual([texts[1][250_000], texts[1][299_999]], ["31\n250", "37499.875"]);
});
