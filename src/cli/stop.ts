/** `stop RUN`: asks a run to stop, from any terminal or script. @module */
import { Command } from "@commander-js/extra-typings";
import { RunError, UsageError } from "../core/errors.ts";
import { askRun } from "../run/control.ts";
import { findRun, readRun } from "../run/list.ts";
import { writeAll } from "./output.ts";
import { parseDuration } from "./options.ts";

/** Milliseconds between two looks whether it has ended. */
const LOOK_MS = 200;

/** The command. */
export function stopCommand(exit: (code: number) => void) {
  return new Command("stop")
    .description("ask a run to stop after its epoch, with a checkpoint, and wait until it has")
    .argument("[run]", "its id, the end of it, or its folder (default: the newest)")
    .option("--runs <folder>", "where runs lie", "runs")
    .option("--after-batch", "stop after the batch, not the epoch")
    .option("--now", "end it at once: what came after its last checkpoint is lost")
    .option(
      "--wait <duration>",
      "how long to wait for its end, as in 30s (default: 10m)",
      parseDuration,
      600_000,
    )
    .option("--debug", "show the stack of an error")
    .action(async (wanted, { runs, afterBatch, now, wait }) => {
      const { id, folder, status } = await findRun(runs, wanted);
      if (status !== "running") {
        throw new UsageError(`Cannot stop ${id} as it must be running: it is ${status}`);
      }
      await askRun(folder, {
        stop: now ? "now" : afterBatch ? "batch" : "epoch",
        exitCode: 130,
      });
      writeAll(`${id} is asked to stop\n`);
      const until = performance.now() + wait;
      for (;;) {
        const { status, record } = await readRun(folder);
        if (status !== "running") {
          writeAll(`${id} ${status}${record?.reason ? `: ${record.reason}` : ""}\n`);
          return exit(0);
        }
        if (performance.now() > until) {
          throw new RunError(`Cannot wait any longer for ${id} to stop: it was asked, and still runs`);
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    });
}
