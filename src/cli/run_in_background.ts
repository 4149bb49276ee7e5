/** Runs the same command in a process of its own, and shows it unless it is detached. @module */
import { typed } from "../core/typed_command.ts";
import { writtenFolders } from "./access.ts";
import type { ScreenSetup } from "./attach.ts";
import { startBackgroundRun } from "./background.ts";
import { showChildRun } from "./child_run.ts";
import { showChildSweep } from "./sweep/show_sweep.ts";
import { writeAll } from "./output.ts";

/** Starts the command of this process in the background; returns the exit code. */
export async function runInBackground(
  { detach }: { readonly detach?: boolean },
  setup: ScreenSetup,
): Promise<number> {
  const started = await startBackgroundRun(Deno.args, writtenFolders(Deno.args));
  if ("exitCode" in started) return started.exitCode;
  if (!detach) {
    return await ("sweep" in started ? showChildSweep(started, setup) : showChildRun(started, setup));
  }
  started.leave();
  if ("sweep" in started) {
    const { sweep, folder, results } = started;
    writeAll(
      `sweep ${sweep} runs in the background; its runs are in ${folder}\nattach: ${
        typed(`monitor ${results}`)
      }\nstop: ${typed(`stop ${results}`)}\n`,
    );
    return 0;
  }
  const { id, folder } = started;
  writeAll(`${id} runs in ${folder}\nattach: ${typed(`monitor ${id}`)}\nstop: ${typed(`stop ${id}`)}\n`);
  return 0;
}
