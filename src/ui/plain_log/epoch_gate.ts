/**
 * Decides which epochs are logged by the plain log: the longer the run, the fewer, so that the log of a night fits one or two screens.
 *
 * @module
 */
import type { LogEvery } from "../screen.ts";
import type { TrainingView } from "../../run/fold/view.ts";

/** Minimum and maximum milliseconds between two epoch lines; in between, a tenth of the time since the log started: 90 lines in 8 hours. */
const SHORTEST = 1000, LONGEST = 30 * 60_000, SHARE = 0.1;
/** Minimum milliseconds between two lines within an epoch. */
const SHORTEST_INSIDE = 5000;

/** Selects the epochs that are logged, and the progress within long ones. Times are those of the events. */
export interface EpochGate {
  /** Call when a training starts. */
  begin(at: number): void;
  /** Call when an epoch has ended. The first and the last epoch of a training are always logged. */
  take(training: TrainingView, at: number): void;
  /** Call when batches of the current epoch are done. */
  progress(training: TrainingView, at: number): void;
  /** Writes the pending epoch, so that what is written next comes after it. */
  flush(): void;
}

/** Options for a gate. */
export interface EpochGateOptions {
  /** @default {the interval grows} */
  readonly every?: LogEvery;
  writeEpoch(training: TrainingView): void;
  writeProgress(training: TrainingView): void;
}

/** Creates a gate. */
export function epochGate({ every, writeEpoch, writeProgress }: EpochGateOptions): EpochGate {
  /** The times of the first call, the last line, and the last line or end of an epoch. */
  let started: number | undefined, written: number | undefined, latest = 0;
  let pending: { readonly training: TrainingView; readonly at: number } | undefined;

  function interval(at: number): number {
    if (every !== undefined && "milliseconds" in every) return every.milliseconds;
    return Math.min(LONGEST, Math.max(SHORTEST, SHARE * (at - (started ?? at))));
  }
  function isDue({ last, epochs }: TrainingView, at: number): boolean {
    const { epoch } = last!;
    if (epoch === 1 || epoch === epochs || written === undefined) return true;
    if (every !== undefined && "epochs" in every) return epoch % every.epochs === 0;
    // If the clock was set back, the log must not stop.
    return at < written || at - written >= interval(at);
  }
  function flush(): void {
    if (pending === undefined) return;
    writeEpoch(pending.training);
    written = pending.at;
    pending = undefined;
  }
  return {
    flush,
    begin(at) {
      started ??= at;
      latest = at;
    },
    take(training, at) {
      started ??= at;
      latest = at;
      pending = { training, at };
      if (isDue(training, at)) flush();
    },
    progress(training, at) {
      started ??= at;
      if (every !== undefined && "epochs" in every) return;
      if (at >= latest && at - latest < Math.max(SHORTEST_INSIDE, interval(at))) return;
      flush();
      writeProgress(training);
      written = latest = at;
    },
  };
}
