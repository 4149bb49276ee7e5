import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { FLOP_RATE, scaleTables } from "../docs/scale_figures.ts";
import { scaleTexts } from "../docs/scale_texts.ts";
import { stepCost } from "../src/engine/parts/cost.ts";
import { resolveInspected } from "../src/pipeline/resolve.ts";
import { loadPipeline } from "../src/run/load_pipeline.ts";
import { ROOT } from "./support/program.ts";

const PAGE = Deno.readTextFileSync(`${ROOT}docs/scale.md`);
/** The text with single blanks, however its lines are broken. */
const TEXT = PAGE.replace(/\s+/g, " ");

/** The rows of a table in Markdown, however it is padded. */
function rowsOf(table: string): string[][] {
  const rows = table.trim().split("\n").map((line) =>
    line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim())
  );
  return rows.filter((row) => !row.every((cell) => /^:?-+:?$/.test(cell)));
}

const TABLES = PAGE.match(/^\|.*\n(?:\|.*\n)+/gm)!.map(rowsOf);

Deno.test("docs/scale.md has the tables that docs/scale_figures.ts computes", () => {
  const wanted = scaleTables().map(rowsOf);
  equal(wanted.length, 3);
  for (const table of wanted) {
    deepEqual(TABLES.find(([head]) => head.join() === table[0].join()), table, table[0].join(" | "));
  }
});

Deno.test("docs/scale.md has the numbers that docs/scale_texts.ts computes", () => {
  const texts = scaleTexts();
  ok(texts.length > 15);
  deepEqual(texts.filter((text) => !TEXT.includes(text)), []);
});

/** The numbers in a cell of the table of what was measured. */
function measured(row: string, column: number): number[] {
  const rows = TABLES.find(([head]) => head[0] === "what")!;
  const cell = rows.find(([what]) => what.startsWith(row))![column];
  return (cell.match(/[\d,.]+/g) ?? []).map((text) => Number(text.replaceAll(",", "")));
}

Deno.test("docs/scale.md derives what it says of planning and merging from what was measured", () => {
  const [one] = measured("start the program", 2), [thousand] = measured("the same with 1,000", 2);
  const [oneWall] = measured("start the program", 3), [thousandWall] = measured("the same with 1,000", 3);
  equal((thousand - one).toFixed(1), "0.2");
  equal((thousandWall - oneWall).toFixed(1), "0.1");
  ok(TEXT.includes("1,000 trials are planned in 0.1 s beyond the start"));
  // Seconds for 100,000 results are hundredths of a millisecond for one.
  for (const seconds of measured("merge 100,000 trials of 12", 2)) equal((seconds / 100).toFixed(1), "0.2");
  ok(TEXT.includes("a result costs about 0.2 ms of processor time to merge"));
  const walls = /The merge of 12 metrics took (\d+), (\d+) and (\d+) s/.exec(TEXT)!.slice(1).map(Number);
  const [least, most] = measured("merge 100,000 trials of 12", 3);
  deepEqual([walls[0], walls[2]], [Math.round(least), Math.round(most)]);
  ok(
    measured("merge 100,000 trials of 101", 4)[0] > 1000 &&
      TEXT.includes("with a hundred metrics it exceeds 1 GB"),
  );
});

Deno.test("docs/parallel.md has the sum of mnist-conv-vae on two processes that plan estimates", async () => {
  const { stages } = await resolveInspected(await loadPipeline(`${ROOT}pipelines/mnist-conv-vae.ts`));
  const work = stages.find(({ step }) => step !== undefined)!.step!;
  const { sum, total } = stepCost(work, { flopRate: 100e9, bandwidth: 1e9, latency: 50e-6 }, {
    processes: 2,
    parts: 2,
  });
  const text = Deno.readTextFileSync(`${ROOT}docs/parallel.md`).replace(/\s+/g, " ");
  const milliseconds = (seconds: number) => Math.round(1000 * seconds);
  ok(
    text.includes(
      `at 1 GB/s and 100 GFLOP/s for each, \`plan\` has ${milliseconds(sum)} ms of ${milliseconds(total)}`,
    ),
  );
});

Deno.test("docs/scale.md computes with the speed of step E that docs/performance.md has", () => {
  const steps = Deno.readTextFileSync(`${ROOT}docs/performance.md`);
  const row = rowsOf(steps).find(([step, engine, threads]) =>
    step === "E" && engine === "native" && threads === "2"
  );
  equal(Number(row![4]), FLOP_RATE / 1e9);
});
