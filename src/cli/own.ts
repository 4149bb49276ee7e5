/** The dashboard of a run that this process has started in another: it ends with the run, or leaves it alone. @module */
import { askRun } from "../run/control.ts";
import { attach, type Look } from "./attach.ts";
import type { StartedRunner } from "./runner.ts";

/** Shows the run to its end and gives its exit code; 0 when it is left alone. */
export async function ownRun(run: StartedRunner, look: Look): Promise<number> {
  const leaving = new AbortController();
  let isDetached = false;
  // Signals are sent on to the run by who started it; the keys ask it by a file, as those of any other screen.
  const ask = (stop: "batch" | "epoch" | "now") =>
    void askRun(run.folder, { stop, exitCode: 130 }).catch(() => {});
  const attached = attach({
    folder: run.folder,
    look,
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
  look.write(`look in: deno task monitor ${run.id}\nstop it: deno task stop ${run.id}\n`);
  return 0;
}
