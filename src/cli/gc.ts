/** `gc`: removes what no run needs; a dry run unless `--yes` is given. @module */
import { Command } from "@commander-js/extra-typings";
import { bytesText, plural } from "../core/amounts.ts";
import { messageOf } from "../core/errors.ts";
import { oldCaches } from "../data/old_caches.ts";
import { findGarbage, type Garbage } from "../run/garbage.ts";
import { listRuns, type OnProblem } from "../run/list.ts";
import { parseDuration } from "./options.ts";
import { warnOnce, writeAll } from "./output.ts";
import { garbageLine } from "./remove_runs.ts";

const WEEK_MS = 7 * 86400_000;

/** The command. */
export function gcCommand(exit: (code: number) => void) {
  return new Command("gc")
    .description("remove old cached results and leftovers of crashes; a dry run unless --yes is given")
    .option("--runs <folder>", "folder of runs and their cache", "runs")
    .option(
      "--older-than <duration>",
      "minimum age of cached results (default: 7d)",
      parseDuration,
      WEEK_MS,
    )
    .option(
      "--runs-older-than <duration>",
      "also remove incomplete runs of at least this age",
      parseDuration,
    )
    .option(
      "--data-older-than <duration>",
      "also remove converted data in data/cache that was not used for so long",
      parseDuration,
    )
    .option("--yes", "remove instead of only listing")
    .option("--debug", "show stack traces")
    .action(async ({ yes = false, ...options }) => {
      const onProblem = warnOnce(), garbage = await garbageOf(options, onProblem);
      const isWhole = await removeAll(garbage, yes, onProblem);
      const total = bytesText(garbage.reduce((sum, { bytes }) => sum + bytes, 0));
      writeAll(
        garbage.length === 0
          ? "nothing to remove\n"
          : `${total} in ${plural(garbage.length, "place")}${yes ? "" : "; --yes removes them"}\n`,
      );
      exit(isWhole ? 0 : 1);
    });
}

/** Where to look, and the least ages. */
interface GcOptions {
  readonly runs: string;
  readonly olderThan: number;
  readonly runsOlderThan?: number;
  readonly dataOlderThan?: number;
}

/** What can be removed. */
async function garbageOf(
  { runs: root, olderThan, runsOlderThan, dataOlderThan }: GcOptions,
  onProblem: (problem: string) => void,
): Promise<Garbage[]> {
  const now = Date.now(), garbage = await findGarbage({ root, olderThan, runsOlderThan, now, onProblem });
  if (dataOlderThan === undefined) return garbage;
  // A run may read its data from a cache, however long ago the file system has noted that.
  if (!await isAnyRunning(root, onProblem)) {
    return [...garbage, ...oldCaches({ olderThan: dataOlderThan, now })];
  }
  onProblem("converted data is left alone while a run is running");
  return garbage;
}

/** Lists all, and removes them if `yes`; returns whether none of them failed. */
async function removeAll(
  garbage: readonly Garbage[],
  yes: boolean,
  onProblem: OnProblem,
): Promise<boolean> {
  let isWhole = true;
  for (const one of garbage) {
    try {
      if (yes) await Deno.remove(one.path, { recursive: true });
      writeAll(garbageLine(one, yes));
    } catch (thrown) {
      isWhole = false;
      onProblem(`${one.path} cannot be removed: ${messageOf(thrown)}`);
    }
  }
  return isWhole;
}

async function isAnyRunning(root: string, onProblem: OnProblem): Promise<boolean> {
  return (await listRuns(root, undefined, onProblem)).some(({ status }) => status === "running");
}
