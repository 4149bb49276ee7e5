/** A run in this process: shown as it goes, stopped by signals. @module */
import type { RunningRun, StartOptions } from "../run/start.ts";
import { type ScreenName, type ScreenOptions, startScreen } from "../ui/choose.ts";
import { writeJson } from "./output.ts";
import type { EndedRun } from "./tell_end.ts";

type Signal = 130 | 143;

/** What goes with a run. */
interface ShowOptions {
  /** Whether a line says that it has begun, for the program that started it. */
  readonly isAnnounced: boolean;
  /** Tells others how it ended. */
  end(outcome: EndedRun): Promise<void>;
}

/** Starts a run, shows it to its end, and gives its exit code. */
export async function showRun(
  name: ScreenName,
  look: Omit<ScreenOptions, "controls">,
  start: (hear: Pick<StartOptions, "past" | "listen" | "progress">) => Promise<RunningRun>,
  { isAnnounced, end }: ShowOptions,
): Promise<number> {
  let interrupt: (reason: Signal) => void = (reason) => Deno.exit(reason);
  let running: RunningRun | undefined;
  const controls = {
    stop: (after: "batch" | "epoch") =>
      after === "batch" ? interrupt(130) : running?.stop({ exitCode: 130, after, cause: "request" }),
    abort: () => interrupt(130),
  };
  const screen = await startScreen(name, { ...look, controls });
  try {
    running = await start({ past: screen.past, listen: screen.event, progress: screen.progress });
    interrupt = interrupter(running, () => screen.finish());
    if (isAnnounced) writeJson({ id: running.id, folder: running.folder });
    const outcome = await seeThrough(running, interrupt);
    await end({ ...outcome, id: running.id, folder: running.folder });
    return outcome.exitCode;
  } finally {
    await screen.finish();
  }
}

/** Stops after the batch at the first call, and at once at the second. */
function interrupter(run: RunningRun, finish: () => void | Promise<void>): (reason: Signal) => void {
  let asked = false;
  return (exitCode) => {
    if (!asked) {
      asked = true;
      run.stop({ exitCode });
      return;
    }
    Promise.allSettled([run.abort(exitCode), finish()]).then(() => Deno.exit(exitCode));
  };
}

/** Waits for the end of a run while signals are listened to. */
async function seeThrough(
  run: RunningRun,
  interrupt: (reason: Signal) => void,
): Promise<Awaited<RunningRun["finished"]>> {
  const listeners = [
    ["SIGINT", () => interrupt(130)],
    ["SIGTERM", () => interrupt(143)],
    ["SIGHUP", () => run.hangUp()],
  ] as const;
  const known = listeners.filter(([signal]) => Deno.build.os !== "windows" || signal === "SIGINT");
  known.forEach(([signal, listener]) => Deno.addSignalListener(signal, listener));
  try {
    return await run.finished;
  } finally {
    known.forEach(([signal, listener]) => Deno.removeSignalListener(signal, listener));
  }
}
