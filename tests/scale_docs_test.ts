import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { scaleTables } from "../docs/scale_figures.ts";
import { ROOT } from "./support/program.ts";

/** The rows of a table in Markdown, however it is padded. */
function rowsOf(table: string): string[][] {
  const rows = table.trim().split("\n").map((line) =>
    line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim())
  );
  return rows.filter((row) => !row.every((cell) => /^:?-+:?$/.test(cell)));
}

Deno.test("docs/scale.md has the tables that docs/scale_figures.ts computes", () => {
  const tables = Deno.readTextFileSync(`${ROOT}docs/scale.md`).match(/^\|.*\n(?:\|.*\n)+/gm)!.map(rowsOf);
  const wanted = scaleTables().map(rowsOf);
  equal(wanted.length, 3);
  for (const table of wanted) {
    deepEqual(tables.find(([head]) => head.join() === table[0].join()), table, table[0].join(" | "));
  }
});
