/**
 * Reports: one self-contained HTML page and the same as Markdown, generated from run folders.
 *
 * @module
 */
import { writeFileAtomically } from "../core/files.ts";
import { comparisonPage } from "./comparison/comparison.ts";
import { comparisonMarkdown } from "./comparison/comparison_markdown.ts";
import { markdownReport } from "./markdown.ts";
import { reportPage } from "./page.ts";
import { readReportData } from "./read_run.ts";
import type { RunRecord } from "../run/record.ts";
import { readSweepResults, type SweepReportOptions } from "./sweep/read_sweep.ts";
import { sweepMarkdown } from "./sweep/sweep_markdown.ts";
import { sweepPage } from "./sweep/sweep_page.ts";

export { markdownReport } from "./markdown.ts";
export { readReportData } from "./read_run.ts";

/**
 * Writes `report.html` and `report.md` into a run folder; existing ones are replaced.
 *
 * @param record The final content of `run.json` while it is not written yet.
 */
export async function writeReport(runFolder: string, record?: RunRecord): Promise<void> {
  const data = await readReportData(runFolder, record);
  await writeFileAtomically(`${runFolder}/report.md`, markdownReport(data));
  await writeFileAtomically(`${runFolder}/report.html`, await reportPage(data));
}

/**
 * Writes one page that compares several runs, and the same as Markdown.
 *
 * @param labels The name of each run's setting.
 */
export async function writeComparison(
  runFolders: readonly string[],
  file: string,
  labels?: readonly string[],
): Promise<void> {
  const runs = await Promise.all(runFolders.map((folder) => readReportData(folder)));
  await writeFileAtomically(`${file.replace(/\.html?$/, "")}.md`, comparisonMarkdown(runs, labels));
  await writeFileAtomically(file, await comparisonPage(runs, labels));
}

/**
 * Writes `index.html` and `index.md` into the folder of a sweep: its settings ranked by a metric, as far as it has come. Existing ones are
 * replaced.
 */
export async function writeSweepReport(folder: string, options: SweepReportOptions = {}): Promise<void> {
  const results = await readSweepResults(folder, options);
  await writeFileAtomically(`${folder}/index.md`, sweepMarkdown(results));
  await writeFileAtomically(`${folder}/index.html`, await sweepPage(results));
}
