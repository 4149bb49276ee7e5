/** The dashboard of a run that this process has started in the background: it ends with the run, or detaches. @module */
import { requestStop } from "../run/control.ts";
import { attach, type ScreenSetup } from "./attach.ts";
import type { BackgroundRun } from "./background.ts";
import { typed } from "../core/typed_command.ts";

/** Shows the run to its end and returns its exit code; 0 after detaching. */
export async function showChildRun(run: BackgroundRun, setup: ScreenSetup): Promise<number> {
  const leaving = new AbortController();
  let isDetached = false;
  // Signals are forwarded by startBackgroundRun(); keys use the control file, as in any other viewer.
  const ask = (stop: "batch" | "epoch" | "now") =>
    void requestStop(run.folder, { stop, exitCode: 130 }).catch(() => {});
  const attached = attach({
    folder: run.folder,
    setup,
    leaving,
    controls: {
      stop: ask,
      abort: () => ask("now"),
      detach() {
        isDetached = true;
        leaving.abort();
      },
    },
  });
  const ended = run.exited.then((code) => {
    leaving.abort();
    return code;
  });
  await attached;
  if (!isDetached) return await ended;
  run.leave();
  setup.write(`attach: ${typed(`monitor ${run.id}`)}\nstop: ${typed(`stop ${run.id}`)}\n`);
  return 0;
}
