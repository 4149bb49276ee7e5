/** The results of a sweep that has ended: shown, and written into its folder. @module */
import { dropNamedLock, waitForNamedLock } from "../../run/named_lock.ts";
import { readSweep } from "../../sweep/folder.ts";
import { resourceNotices } from "../../sweep/merge/resources.ts";
import { poolOf } from "../../sweep/tables/trial_summary.ts";
import { writeSweepTables } from "../../sweep/tables/write_tables.ts";
import { tryWriteSweepReport } from "../notify_end.ts";
import { warnOnce, writeAll } from "../output.ts";
import { metricNotice } from "./metric_notice.ts";
import type { SweepRunOptions } from "./sweep_run.ts";
import { type EndedSweep, reportSweep } from "./write_comparison.ts";

/** Shows and writes the results of a sweep, of a shard those that are in its folder. Processes that end together take turns. */
export async function reportResults(ended: EndedSweep, options: SweepRunOptions): Promise<void> {
  if (ended.results.length === 0) return;
  const path = `${ended.folder}/report.lock`, lock = await waitForNamedLock(path);
  try {
    await writeResults(ended, options);
  } finally {
    await dropNamedLock(path, lock);
  }
}

async function writeResults(ended: EndedSweep, { report }: SweepRunOptions): Promise<void> {
  const { results, plan: { trials }, folder } = ended;
  const early = results.filter(({ state }) => state === "stoppedEarly").length;
  if (early > 0) writeAll(`${early} of ${trials.length} trials were stopped early, and are not compared\n`);
  await reportSweep(ended);
  const pooled = poolOf(await readSweep(folder), results), notice = metricNotice(pooled, ended.sweep.options);
  await writeSweepTables(folder, pooled);
  [...resourceNotices(results), ...notice === undefined ? [] : [notice]].forEach(warnOnce());
  if (report === false) return;
  await tryWriteSweepReport(folder);
  writeAll(`${folder}/index.html\n`);
}
