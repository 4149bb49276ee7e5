import { doesNotMatch, match, ok } from "node:assert/strict";
import { comparisonPage } from "../../src/report/comparison/comparison.ts";
import { comparisonMarkdown } from "../../src/report/comparison/comparison_markdown.ts";
import { markdownReport } from "../../src/report/markdown.ts";
import { reportPage } from "../../src/report/page.ts";
import { readReportData } from "../../src/report/read_run.ts";
import { RECORD, withRun } from "./fake_run_folder.ts";

const REASON = "GATE FAILED: evaluate.mse = 0.5, must not be > 0.1";
const record = { ...RECORD, exitCode: 3, reason: REASON };

Deno.test("report of a run that fails a gate says so in its title, its notices and its Markdown, and never completed", async () => {
  await withRun({ record }, async (folder) => {
    const data = await readReportData(folder), page = await reportPage(data), text = markdownReport(data);
    match(page, /<span class="status bad">gate failed<\/span>/);
    match(page, /<strong>GATE FAILED: evaluate\.mse = 0\.5, must not be &gt; 0\.1<\/strong>/);
    match(text, /^# glyphs-dae: gate failed\n/);
    match(text, /^- GATE FAILED: evaluate\.mse = 0\.5, must not be &#62; 0\.1$/m);
    doesNotMatch(text, /completed/);
  });
});

Deno.test("comparison names the gate that a run fails, and the status of the others", async () => {
  await withRun({ record }, async (folder) => {
    const runs = [await readReportData(folder)];
    match(comparisonMarkdown(runs), /GATE FAILED: evaluate\.mse = 0\.5, must not be &#62; 0\.1/);
    ok(
      (await comparisonPage(runs)).includes("<td>GATE FAILED: evaluate.mse = 0.5, must not be &gt; 0.1</td>"),
    );
    doesNotMatch(comparisonMarkdown(runs), /completed/);
  });
});
