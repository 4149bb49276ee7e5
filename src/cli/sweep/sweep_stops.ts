/** What stops a sweep as a whole: signals, requests, a time limit, a failed trial. @module */
import type { Abort, RunningRun } from "../../run/start.ts";
import { STOP_SIGNALS, type StopOrder } from "../../run/stop.ts";
import { listenToSignals } from "../signals.ts";

/** Something that is running, and that a stop of the sweep stops, too. */
export type Stoppable = Pick<RunningRun, "stop" | "abort" | "hangUp">;

/** The stops of a sweep. */
export interface SweepStops {
  /** The first request, if there was one: nothing is started after it. */
  requested(): StopOrder | undefined;
  /** Stops all that is running, with checkpoints. */
  ask(order: StopOrder): void;
  /** Ends all that is running at once, and then the process. */
  abort(why: Abort): void;
  /** Passes stops on to something that is running, including one that was requested before; returns a function that ends this. */
  pass(running: Stoppable): () => void;
}

/** Listens to the signals of this process: the first stops the sweep, a second one aborts it. */
export function sweepStops(): SweepStops {
  let requested: StopOrder | undefined;
  const all = new Set<Stoppable>();
  function ask(order: StopOrder): void {
    requested ??= order;
    all.forEach((running) => running.stop(order));
  }
  function abort(why: Abort): void {
    void Promise.allSettled([...all].map((running) => running.abort(why))).finally(() =>
      Deno.exit(why.exitCode)
    );
  }
  listenToSignals().direct({
    stop: (signal) => ask({ exitCode: STOP_SIGNALS[signal], cause: signal }),
    abort: (signal) => abort({ exitCode: STOP_SIGNALS[signal], reason: `aborted by a second ${signal}` }),
    hangUp: () => all.forEach((running) => running.hangUp()),
  });
  return {
    requested: () => requested,
    ask,
    abort,
    pass(running) {
      all.add(running);
      if (requested !== undefined) running.stop(requested);
      return () => void all.delete(running);
    },
  };
}
