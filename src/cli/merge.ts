/** `merge DIR... --out DIR`: pools the shards of a sweep. @module */
import { Command } from "@commander-js/extra-typings";
import { countText, plural } from "../core/amounts.ts";
import { type Merged, mergeShards } from "../sweep/merge/merge.ts";
import { PART_FAILED } from "../run/record.ts";
import { writeSweepReport } from "../report/report.ts";
import { warnOnce, writeAll } from "./output.ts";
import { thisProcess } from "./sweep/this_process.ts";

/** The command. */
export function mergeCommand(exit: (code: number) => void) {
  return new Command("merge")
    .description("pool the shards of a sweep: one table, and the best model")
    .argument("<folders...>", "folders of runs (--runs of each shard), or folders of a sweep")
    .requiredOption(
      "--out <folder>",
      "folder of the merged sweep: new, or an earlier merge, which is replaced",
    )
    .option("--sweep <name>", "pipeline's name or sweep's id, where the folders hold several sweeps")
    .option("--metric <stage.name>", "metric by which the best trial is chosen, as in evaluate.mse")
    .option("--allow-partial", "merge even if trials are missing")
    .option("--debug", "show stack traces")
    .action(async (folders, { out, sweep, metric, allowPartial }) => {
      const merger = { ...thisProcess(), now: new Date() };
      const merged = await mergeShards(
        { folders, out, merger, sweep, metric, allowPartial },
        (folder, { pooled, runs }) => writeSweepReport(folder, { metric, pooled, roots: runs }),
      );
      merged.notices.forEach(warnOnce());
      writeAll(mergedLines(merged, out).map((line) => `${line}\n`).join(""));
      const { results } = merged.pooled;
      exit(results.values().some(({ state }) => state === "failed") ? PART_FAILED : 0);
    });
}

/** What was merged: the trials by their states, the best, and the folder. */
function mergedLines({ pooled: { plan, results }, missing, best }: Merged, out: string): string[] {
  const counts = Map.groupBy(results.values(), ({ state }) => state);
  const parts = [
    `${countText(counts.get("complete")?.length ?? 0)} complete`,
    ...[...counts].filter(([state]) => state !== "complete")
      .map(([state, own]) =>
        `${countText(own.length)} ${state === "stoppedEarly" ? "stopped early" : state}`
      ),
    ...(missing.length === 0 ? [] : [`${countText(missing.length)} missing`]),
  ];
  const winner = plan.trials.find(({ id }) => id === best?.trial);
  return [
    `${plan.pipeline} ${plan.sweep}: ${plural(plan.trials.length, "trial")}, ${parts.join(", ")}`,
    ...(best === undefined || winner === undefined ? [] : [
      `best ${best.address}, ${best.value}: ${winner.label}, seed ${winner.seed} (trial ${winner.id})`,
    ]),
    out,
  ];
}
