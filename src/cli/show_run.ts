/** Runs in this process: shows the run, and stops it at signals. @module */
import { shownStatus } from "../pipeline/gates.ts";
import type { RunListeners, RunningRun } from "../run/start.ts";
import { STOP_SIGNALS, type StopSignalName } from "../run/stop.ts";
import { type ScreenName, startScreen } from "../ui/choose.ts";
import type { ScreenOptions } from "../ui/screen.ts";
import { writeJson } from "./output.ts";
import { listenToSignals } from "./signals.ts";
import { runStarted } from "./stray_errors.ts";
import type { EndedRun } from "./notify_end.ts";

/** Options for {@link showRun}. */
interface ShowOptions {
  /** Whether a line announces the started run, for the program that started it. */
  readonly isAnnounced: boolean;
  /** Reports how it ended. */
  end(outcome: EndedRun): Promise<void>;
}

/** Starts a run, shows it to its end, and returns its exit code. */
export async function showRun(
  name: ScreenName,
  setup: Omit<ScreenOptions, "controls">,
  start: (listeners: RunListeners) => Promise<RunningRun>,
  { isAnnounced, end }: ShowOptions,
): Promise<number> {
  const signals = listenToSignals();
  let running: RunningRun | undefined;
  const controls = {
    stop: (after: "batch" | "epoch") => running?.stop({ exitCode: 130, after, cause: "request" }),
    abort: () => void running?.abort({ exitCode: 130, reason: "aborted on request" }).then(leave),
  };
  const screen = await startScreen(name, { ...setup, controls });
  const leave = (exitCode: number) => void screen.finish().finally(() => Deno.exit(exitCode));
  // A partly created folder would look like a crashed run.
  signals.hold();
  try {
    const run = running = await start({
      past: screen.past,
      listen: screen.event,
      progress: screen.progress,
      onAborted: leave,
    });
    runStarted();
    signals.direct({
      stop: (signal) => run.stop({ exitCode: STOP_SIGNALS[signal], cause: signal }),
      abort: (signal) => void abort(run, signal).then(leave),
      hangUp: run.hangUp,
    });
    if (isAnnounced) writeJson({ id: run.id, folder: run.folder });
    const outcome = await run.finished;
    // It has ended: a second signal only cuts short the final reports.
    signals.direct({ stop() {}, abort: () => leave(outcome.exitCode), hangUp() {} });
    await end({ ...outcome, status: shownStatus(outcome), id: run.id, folder: run.folder });
    return outcome.exitCode;
  } finally {
    await screen.finish();
  }
}

function abort(run: RunningRun, signal: StopSignalName): Promise<number> {
  return run.abort({ exitCode: STOP_SIGNALS[signal], reason: `aborted by a second ${signal}` });
}
