import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { cellsOf, withFiles } from "./files_support.ts";

/** The cells of one file. */
const read = (content: string | Uint8Array, name = "table.csv", format = {}) =>
  withFiles({ [name]: content }, (path) => cellsOf(path(name), format));

/** The message of a file that is refused, without its folder. */
async function refusal(content: string | Uint8Array, name = "table.csv", format = {}): Promise<string> {
  let message = "";
  await rejects(read(content, name, format), (thrown: Error) => {
    message = `${thrown.name}: ${thrown.message.replace(/"\/[^"]*\//g, '"')}`;
    return true;
  });
  return message;
}

Deno.test("openDelimited() reads quoted cells with delimiters, line ends and quotes in them", async () => {
  const { names, rows } = await read('a,"b, c"\n"1\n2",x\n"say ""hi""", y \n"",""\n');
  deepEqual(names, ["a", "b, c"]);
  deepEqual(rows, [["1\n2", "x"], ['say "hi"', " y "], ["", ""]]);
});

Deno.test("openDelimited() takes LF, CRLF and CR for line ends, mixed ones too, with or without one at the end", async () => {
  const rows = [["1", "2"], ["3", "4"]];
  for (
    const text of [
      "a,b\n1,2\n3,4\n",
      "a,b\r\n1,2\r\n3,4",
      "a,b\r1,2\r3,4\r",
      "a,b\n1,2\r\n3,4\r\n",
      'a,b\r\n1,"2"\r\n3,4',
    ]
  ) {
    const found = await read(text);
    deepEqual(found.names, ["a", "b"], JSON.stringify(text));
    deepEqual(found.rows, rows, JSON.stringify(text));
  }
});

Deno.test("openDelimited() reads UTF-8 with its mark, UTF-16 and gzipped texts alike", async () => {
  const text = "größe,b\n1,ä\n", bytes = new TextEncoder().encode(text);
  const utf16 = new Uint8Array(2 + 2 * text.length);
  utf16.set([0xff, 0xfe]);
  [...text].forEach((letter, at) =>
    new DataView(utf16.buffer).setUint16(2 + 2 * at, letter.charCodeAt(0), true)
  );
  const zipped = new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );
  for (const content of [bytes, new Uint8Array([0xef, 0xbb, 0xbf, ...bytes]), utf16, zipped]) {
    const { names, rows } = await read(content);
    deepEqual([names, rows], [["größe", "b"], [["1", "ä"]]]);
  }
});

Deno.test("openDelimited() finds the delimiter in the first line, or is given it", async () => {
  for (const mark of [",", ";", "\t", "|"]) {
    deepEqual((await read(`a${mark}"b,;c"\n1${mark}2\n`)).names, ["a", "b,;c"], mark);
  }
  const tsv = await read("a, b\tc\n1\t2\n", "table.tsv");
  deepEqual([tsv.file.format, tsv.names], ["TSV", ["a, b", "c"]]);
  deepEqual((await read("a:b\n1:2\n", "table.csv", { delimiter: ":" })).rows, [["1", "2"]]);
});

Deno.test("openDelimited() finds the types of columns in the first rows", async () => {
  const text = [
    "number,integer,boolean,date,text,empty,misspelt",
    "1.5,1,true,2024-01-31,red,,1",
    "-2e3,NA,False,2024-02-01 12:30:00,blue,NaN,2",
    ",3,TRUE,2024-02-01T12:30:00Z,7,,x",
  ].join("\n");
  deepEqual((await read(text)).types, ["number", "integer", "boolean", "date", "text", "empty", "integer"]);
  deepEqual((await read("a;b\n1,5;x\n2;y\n", "t.csv", { decimal: "," })).types, ["number", "text"]);
});

Deno.test("openDelimited() names columns by their places where the first line is a row", async () => {
  const { names, rows } = await read("1,2\n3,4\n", "table.csv", { header: false });
  deepEqual([names, rows], [["column1", "column2"], [["1", "2"], ["3", "4"]]]);
  const { file } = await read("1,2\n3,4\n");
  deepEqual(file.warnings.map((message) => message.replace(/"\/[^"]*\//, '"')), [
    'The first line of "table.csv" holds numbers and is read as names of columns (header: false reads it as a row)',
  ]);
});

Deno.test("openDelimited() skips blank lines", async () => {
  deepEqual((await read("\na,b\n\n1,2\n   \n3,4\n\n")).rows, [["1", "2"], ["3", "4"]]);
});

Deno.test("openDelimited() reads a file of many pieces as if it were one, wherever a piece ends", async () => {
  const cells = ["plain", 'a "quoted" one', "two\nlines", "comma, inside", "", "größer", "\r\n"];
  const rows = Array.from({ length: 60_000 }, (_, row) => [
    String(row),
    cells[row % cells.length],
    "x".repeat(row % 60),
  ]);
  const text = rows.map((row) =>
    row.map((cell) => /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
      .join(",")
  ).join("\r\n");
  const found = await read(`a,b,c\r\n${text}`);
  equal(found.rows.length, rows.length);
  deepEqual(found.rows, rows);
});

Deno.test("openDelimited() states at least as many rows as there are, and few more", async () => {
  for (const text of ["a\n1\n2\n3", "a\n1\n\n2\n", 'a\n"1\n2"\n', "a\r1\r2"]) {
    await withFiles({ "table.csv": text }, async (path) => {
      const { file, rows } = await cellsOf(path("table.csv")), most = await file.mostRows();
      ok(rows.length <= most && most <= rows.length + 3, `${JSON.stringify(text)}: ${most}`);
    });
  }
});

Deno.test("openDelimited() refuses ragged rows, and names the first of them", async () => {
  equal(
    await refusal("a,b\n1,2\n3\n4,5,6\n7,8\n9\n1\n"),
    'RunError: "table.csv" must have 2 cells in each row, as many as its first line has, got 1 in row 2, 3 in row 3, ' +
      '1 in row 5 and wrong numbers in 1 more row (quote cells that hold the delimiter, or give it: delimiter: ";")',
  );
});

Deno.test("openDelimited() refuses a quote that is not closed, and one in the middle of a quoted cell", async () => {
  equal(
    await refusal('a,b\n1,"2\n3,4\n'),
    'RunError: "table.csv" must have a quote at both ends of a quoted cell, got "1,2\\n3,4\\n" in one ' +
      "(write a quote inside of a cell as two quotes)",
  );
  equal(
    await refusal('a,b\n1,"x"y"\n'),
    'RunError: "table.csv" must have a quote at both ends of a quoted cell, got "1,x\\"y" in one ' +
      "(write a quote inside of a cell as two quotes)",
  );
});

Deno.test("openDelimited() refuses bytes that are no UTF-8, and an empty file", async () => {
  equal(
    await refusal(new Uint8Array([0x61, 0x2c, 0x62, 0x0a, 0xe4, 0x2c, 0x31])),
    'RunError: "table.csv" must be a text in UTF-8, got other bytes (save it as UTF-8: iconv -f latin1 -t utf8)',
  );
  equal(
    await refusal(""),
    'RunError: "table.csv" must have a line of column names and rows, got an empty file',
  );
});

Deno.test("openDelimited() refuses a gzipped file that is cut off", async () => {
  const bytes = new TextEncoder().encode(`a,b\n${"1,2\n".repeat(5000)}`);
  const zipped = new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );
  equal(
    await refusal(zipped.slice(0, zipped.length - 12), "table.csv.gz"),
    'RunError: "table.csv.gz" must be a whole gzipped text, got one that does not unpack (write it again)',
  );
});

Deno.test("openTableFile() says what a file is that is no table", async () => {
  equal(
    await refusal("PK\x03\x04....", "table.xlsx"),
    'RunError: "table.xlsx" must be a table in CSV, TSV or Parquet, got a zip archive, as of Excel (save the sheet as CSV)',
  );
  equal(
    await refusal("a,b\n", "table.parquet"),
    'RunError: "table.parquet" must begin with PAR1 as each Parquet file does, got "a,b\\n" (write it again, or name a ' +
      "text file .csv)",
  );
  match(
    await refusal("PAR1 and nothing of it", "table.parquet"),
    /"table.parquet" must be a whole Parquet file that is not encrypted, got one that does not decode: .+ \(write it again\)$/,
  );
});
