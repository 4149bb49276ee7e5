/** A metric that nothing knows by its name, as a stage of one's own has it. */
import { match, ok, strictEqual as equal } from "node:assert/strict";
import { compareRuns } from "../../src/analysis/statistics/comparison.ts";
import { metric } from "../../src/pipeline/metric.ts";
import { comparisonMarkdown } from "../../src/report/comparison/comparison_markdown.ts";
import { comparisonPage } from "../../src/report/comparison/comparison.ts";
import { markdownReport } from "../../src/report/markdown.ts";
import { reportPage } from "../../src/report/page.ts";
import type { ReportData } from "../../src/report/report_data.ts";
import { resultsPage } from "../../src/report/results.ts";
import { comparisonLines } from "../../src/ui/runs/comparison_table.ts";
import { summaryLines } from "../../src/ui/panels/summary.ts";
import { initialView } from "../../src/run/fold/fold.ts";
import { reduce } from "../../src/ui/view/reduce.ts";
import { writeMetrics } from "../../src/run/metrics_file.ts";
import { readReportData } from "../../src/report/read_run.ts";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { glyphRun } from "../ui/fake_run.ts";
import { RECORD, withRun } from "./fake_run_folder.ts";

const METRIC = metric(0.75, {
  unit: "share of pairs",
  direction: "higher",
  split: "validation",
  estimator: "over 400 pairs",
  interval: { low: 0.7, high: 0.8 },
});
const START = glyphRun()[0];
const ENDED: RunEvent = {
  type: "stage",
  t: START.t + 1,
  stage: "mine",
  state: "finished",
  seconds: 1,
  metrics: { orderliness: METRIC },
};

/** A run with the metric, as the runner writes it. */
async function dataOf(value = METRIC.value, seed = 1): Promise<ReportData> {
  let data: ReportData | undefined;
  await withRun(
    { record: { ...RECORD, seed, id: `run-${seed}` }, events: [START, ENDED] },
    async (folder) => {
      await writeMetrics(folder, { mine: { orderliness: { ...METRIC, value } } }, {});
      data = await readReportData(folder);
    },
  );
  return data!;
}

Deno.test("reports show unit, direction, split, interval and estimator of a metric that has no text of theirs", async () => {
  const data = await dataOf(), page = await reportPage(data);
  match(
    markdownReport(data),
    /\| `orderliness` \| 75\.00 % \(70\.00 % to 80\.00 %\) \| share of pairs in the right order \| ↑ higher \| validation \| – \|/,
  );
  const row = /<tr><th scope="row"><code>orderliness<\/code>.*?<\/tr>/s.exec(page)?.[0] ?? "";
  for (const text of ["share of pairs", "↑ higher", "validation", "over 400 pairs"]) {
    ok(row.includes(text), text);
  }
  match(
    page,
    /<dt>orderliness, validation<\/dt>/,
    "the head shows it where it has no metric that it prefers",
  );
});

Deno.test("runs and summaries show unit and direction of a metric that has no text of theirs", () => {
  const end: RunEvent = {
    type: "end",
    t: START.t + 2,
    status: "completed",
    exitCode: 0,
    reason: "done",
    seconds: 1,
  };
  const view = [START, ENDED, end].reduce(reduce, initialView());
  match(summaryLines(view).join("\n"), /mine +orderliness 0\.75000 share of pairs ↑/);
});

Deno.test("comparisons rate a metric that has no description by its direction", async () => {
  const runs = await Promise.all([0.5, 0.51, 0.52, 0.9, 0.91, 0.92].map((value, at) => dataOf(value, at)));
  const labels = ["a", "a", "a", "b", "b", "b"];
  const options = (label: string) => ({ name: "mine", kind: "mine", options: { label } });
  const all = runs.map((run, at) => ({
    ...run,
    record: { ...run.record, stages: [...run.record.stages, options(labels[at])] },
  }));
  match(
    comparisonMarkdown(all, labels),
    /\| `orderliness` \| share of pairs in the right order \| ↑ higher \| validation \| 51\.00 % .* \| 91\.00 % .* \| better \|/,
  );
  match(await comparisonPage(all, labels), /<td class="good">better<\/td>/);
});

Deno.test("comparisons give no verdict on a metric whose unit differs between the runs", async () => {
  const runs = await Promise.all([0.5, 0.51, 0.52, 0.9, 0.91, 0.92].map((value, at) => dataOf(value, at)));
  const labels = ["a", "a", "a", "b", "b", "b"];
  const all = runs.map((run, at) => {
    const options = { name: "mine", kind: "mine", options: { label: labels[at] } };
    const { orderliness } = run.metrics.mine, unit = at < 3 ? orderliness.unit : "percent";
    return {
      ...run,
      record: { ...run.record, stages: [...run.record.stages, options] },
      metrics: { mine: { orderliness: { ...orderliness, unit } } },
    };
  });
  match(
    comparisonMarkdown(all, labels),
    /\| `orderliness` \| units differ \| – \| validation \| 0\.51.* \| – \|/,
  );
});

Deno.test("sweeps show unit and direction of a metric that has no text of theirs, and results know a difference by its unit", () => {
  const runs = [0.5, 0.51, 0.52].flatMap((value, seed) => [
    { label: "a", seed, metrics: { mine: { orderliness: value } } },
    { label: "b", seed, metrics: { mine: { orderliness: value + 0.1 + seed / 1000 } } },
  ]);
  const groups = compareRuns(runs, ["mine.orderliness"], { baseline: "a", better: () => METRIC.direction });
  const info = { "mine.orderliness": METRIC };
  const lines = comparisonLines(groups, ["mine.orderliness"], { baseline: "a", info });
  equal(lines[1].startsWith("  mine.orderliness (share of pairs) ↑  0.51000 ± "), true, lines[1]);
  match(lines[3], /\(better: \+0\.10100/);
  const page = resultsPage([{
    title: "Order",
    command: "run",
    outcome: {
      kind: "sweep",
      stages: [],
      success: null,
      groups: [{ label: "a", runs: 3, failed: 0, means: { "mine.gap": { value: 1, low: 0.5, high: 1.5 } } }],
      info: { "mine.gap": { unit: "share difference", direction: "lower" } },
    },
  }], { date: "2026-01-01", machine: "a machine", version: "1.0.0" });
  match(page, /\| a +\| `mine\.gap` \| 1 ± 0\.5 +\| worse +\|/);
});
