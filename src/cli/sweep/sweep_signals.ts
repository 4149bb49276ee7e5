/** Stops a sweep at signals: the running trial stops with a checkpoint, and no other is started. @module */
import type { RunningRun } from "../../run/start.ts";
import { STOP_SIGNALS, type StopSignalName } from "../../run/stop.ts";
import { listenToSignals } from "../signals.ts";

/** The signals that a sweep received. */
export interface SweepSignals {
  /** The first of them that asks for a stop. */
  requested(): StopSignalName | undefined;
  /** Passes signals to a running trial, including one that was received before. */
  pass(run: RunningRun): void;
}

/** Listens to the signals of this process. */
export function sweepSignals(): SweepSignals {
  let requested: StopSignalName | undefined, running: RunningRun | undefined;
  const stop = (signal: StopSignalName) => running?.stop({ exitCode: STOP_SIGNALS[signal], cause: signal });
  listenToSignals().direct({
    stop(signal) {
      requested = signal;
      stop(signal);
    },
    abort(signal) {
      const exitCode = STOP_SIGNALS[signal], reason = `aborted by a second ${signal}`;
      void Promise.resolve(running?.abort({ exitCode, reason })).finally(() => Deno.exit(exitCode));
    },
    hangUp: () => running?.hangUp(),
  });
  return {
    requested: () => requested,
    pass(run) {
      running = run;
      if (requested !== undefined) stop(requested);
    },
  };
}
