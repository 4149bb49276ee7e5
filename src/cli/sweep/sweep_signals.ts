/** Stops a sweep at signals: the running trial stops with a checkpoint, and no other is started. @module */
import type { RunningRun } from "../../run/start.ts";
import { STOP_SIGNALS, type StopSignalName } from "../../run/stop.ts";
import type { SweepStop } from "../../sweep/stop_request.ts";
import { listenToSignals } from "../signals.ts";

/** The signals that a sweep received. */
export interface SweepSignals {
  /** The first of them that asks for a stop. */
  requested(): StopSignalName | undefined;
  /** Passes signals to a running trial, including one that was received before. */
  pass(run: RunningRun): void;
  /** Takes a request from the screen of another process for a signal. */
  take(request: SweepStop): void;
}

/** Listens to the signals of this process. */
export function sweepSignals(): SweepSignals {
  let requested: StopSignalName | undefined, running: RunningRun | undefined;
  const pass = (signal: StopSignalName) => running?.stop({ exitCode: STOP_SIGNALS[signal], cause: signal });
  function stop(signal: StopSignalName): void {
    requested = signal;
    pass(signal);
  }
  function abort(signal: StopSignalName): void {
    const exitCode = STOP_SIGNALS[signal], reason = `aborted by a second ${signal}`;
    void Promise.resolve(running?.abort({ exitCode, reason })).finally(() => Deno.exit(exitCode));
  }
  listenToSignals().direct({ stop, abort, hangUp: () => running?.hangUp() });
  const acts = { batch: stop, now: abort } as const satisfies Record<SweepStop, typeof stop>;
  return {
    requested: () => requested,
    pass(run) {
      running = run;
      if (requested !== undefined) pass(requested);
    },
    take: (request) => acts[request]("SIGINT"),
  };
}
