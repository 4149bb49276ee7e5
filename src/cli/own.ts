/** The dashboard of a run that this process has started in another: it ends with the run, or leaves it alone. @module */
import { askRun } from "../run/control.ts";
import { attach, type Look } from "./attach.ts";
import type { StartedRunner } from "./runner.ts";

/** What a shell says of a process that SIGHUP ended. */
const HUNG_UP = 129;

/** Shows the run to its end and gives its exit code; 0 when it is left alone. */
export async function ownRun(run: StartedRunner, look: Look): Promise<number> {
  const leaving = new AbortController();
  let isDetached = false, asked = 0;
  const ask = (
    stop: "batch" | "epoch" | "now",
    exitCode: 130 | 143 = 130,
    cause: "signal" | "request" = "request",
  ) => void askRun(run.folder, { stop, exitCode, cause }).catch(() => {});
  const onSignal = (exitCode: 130 | 143) => ask(asked++ === 0 ? "batch" : "now", exitCode, "signal");
  const listeners = [
    ["SIGINT", () => onSignal(130)],
    ["SIGTERM", () => onSignal(143)],
    // The terminal is gone and this process with it; the run goes on in its own.
    ["SIGHUP", () => Deno.exit(HUNG_UP)],
  ] as const;
  listeners.forEach(([signal, listener]) => Deno.addSignalListener(signal, listener));
  const attached = attach({
    folder: run.folder,
    look,
    leaving,
    controls: {
      stop: (how) => ask(how),
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
  listeners.forEach(([signal, listener]) => Deno.removeSignalListener(signal, listener));
  if (!isDetached) return await ended;
  run.leave();
  look.write(`look in: deno task monitor ${run.id}\nstop it: deno task stop ${run.id}\n`);
  return 0;
}
