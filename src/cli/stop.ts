/** `stop RUN`: stops a run or a sweep from any terminal or script. @module */
import { Command } from "@commander-js/extra-typings";
import { RunError, UsageError } from "../core/errors.ts";
import { requestStop } from "../run/control.ts";
import { findOwnRun, readRun } from "../run/list.ts";
import { findSweep } from "../sweep/find_sweep.ts";
import { writeAll } from "./output.ts";
import { parseDuration } from "./options.ts";
import { stopSweep } from "./stop_sweep.ts";

/** Milliseconds between two checks whether it has ended. */
const POLL_MS = 200;

/** The command. */
export function stopCommand(exit: (code: number) => void) {
  return new Command("stop")
    .description(
      "stop a run after its current epoch, or the trials of a sweep after their batch, with a checkpoint, and wait for the end",
    )
    .argument("[run]", "its id, the end of it, or its folder, or that of a sweep (default: the newest run)")
    .option("--runs <folder>", "folder of runs", "runs")
    .option("--after-batch", "stop after the batch, not the epoch")
    .option("--now", "abort it: progress since the last checkpoint is lost")
    .option(
      "--wait <duration>",
      "how long to wait for its end, as in 30s (default: 10m)",
      parseDuration,
      600_000,
    )
    .option("--debug", "show stack traces")
    .action(async (wanted, { runs, afterBatch, now, wait }) => {
      const sweep = wanted === undefined ? undefined : await findSweep(wanted);
      if (sweep !== undefined) {
        await stopSweep(sweep, now ? "now" : "batch", wait);
        return exit(0);
      }
      const { id, folder, status } = await findOwnRun(runs, wanted);
      if (status !== "running") {
        throw new UsageError(`Run ${id} must be running to be stopped, got: it is ${status}`);
      }
      await requestStop(folder, {
        stop: now ? "now" : afterBatch ? "batch" : "epoch",
        exitCode: 130,
      });
      writeAll(`${id}: stop requested\n`);
      const until = performance.now() + wait;
      for (;;) {
        const { status, record } = await readRun(folder);
        if (status !== "running") {
          writeAll(`${id} ${status}${record?.reason ? `: ${record.reason}` : ""}\n`);
          return exit(0);
        }
        if (performance.now() > until) {
          throw new RunError(
            `Run ${id} must stop within the time of --wait, got: it is still running (--now aborts it)`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    });
}
