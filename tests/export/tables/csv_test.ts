import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { csv } from "../../../src/export/tables/csv.ts";
import { hasPython, needsPython, python } from "../../support/python.ts";

Deno.test("csv() quotes as RFC 4180 does, and leaves out what is missing", () => {
  const text = csv(["a", "b,c"], [['say "x"', 1.5], ["two\nlines", null], [undefined, NaN], [true, -1e-7]]);
  equal(text, 'a,"b,c"\n"say ""x""",1.5\n"two\nlines",\n,\ntrue,-1e-7\n');
});

Deno.test("csv() lets no spreadsheet take a text for a formula, and keeps negative numbers", () => {
  const texts = ["=1+1", "+1", "-1", "@x", "\tx", "\rx"];
  const cells = parse(csv(["text", "number"], texts.map((text) => [text, -1]))).slice(1);
  deepEqual(cells, texts.map((text) => [`'${text}`, "-1"]));
});

Deno.test("csv() is read back by a parser of CSV, whatever the cells hold", () => {
  const text = fc.string({ unit: "binary" }).map((text) => text.replace(/^[=+\-@\t\r]+/, ""));
  const cell = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
  const row = fc.tuple(cell, cell, cell);
  fc.assert(fc.property(fc.array(row, { minLength: 1 }), (rows) => {
    const read = parse(csv(["a", "b", "c"], rows), { columns: false, skip_empty_lines: false });
    deepEqual(
      read.slice(1),
      rows.map((row) => row.map((value) => Object.is(value, -0) ? "0" : String(value))),
    );
  }));
});

const READ = `
import json, sys, pandas
table = pandas.read_csv(sys.argv[1])
print(json.dumps({"columns": list(table.columns), "types": [str(t) for t in table.dtypes],
                  "values": json.loads(table.to_json(orient="values", double_precision=15))}))
`;

Deno.test({
  name: `csv() is read back by pandas ${needsPython("pandas")}`,
  ignore: !hasPython("pandas"),
  async fn() {
    const file = await Deno.makeTempFile({ suffix: ".csv" });
    try {
      const rows = [["a, b", 0.1, 1], ['"quoted"', null, 2], ["zwei\nZeilen ü", 1e-7, -3]];
      Deno.writeTextFileSync(file, csv(["name", "x", "n"], rows));
      const { columns, types, values } = python(READ, file);
      deepEqual(columns, ["name", "x", "n"]);
      deepEqual(types.slice(1), ["float64", "int64"]);
      deepEqual(values, rows);
    } finally {
      await Deno.remove(file);
    }
  },
});
