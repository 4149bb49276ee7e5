/**
 * Which epochs get a line in a plain log: the longer the run, the rarer the lines, so that a night's log fits one or two screens.
 *
 * @module
 */
import type { LogEvery } from "./choose.ts";
import type { TrainingView } from "./view.ts";

/** Milliseconds between two epoch lines at least and at most; in between, a tenth of the time since the log began: 90 lines in 8 hours. */
const SHORTEST = 1000, LONGEST = 30 * 60_000, SHARE = 0.1;
/** Milliseconds between two lines inside an epoch, at least. */
const SHORTEST_INSIDE = 5000;

/** Lets some epochs through, and some of the progress inside of long ones. Its clock is that of the events. */
export interface EpochGate {
  /** A training starts. */
  begin(at: number): void;
  /** An epoch has ended. The first and the last of a training always get a line. */
  take(training: TrainingView, at: number): void;
  /** Some batches of the current epoch are done. */
  progress(training: TrainingView, at: number): void;
  /** Writes the epoch that has no line yet, so that what is written next stands after it. */
  flush(): void;
}

/** What a gate needs. */
export interface EpochGateOptions {
  /** @default {the interval grows} */
  readonly every?: LogEvery;
  writeEpoch(training: TrainingView): void;
  writeProgress(training: TrainingView): void;
}

/** A gate that has let nothing through. */
export function epochGate({ every, writeEpoch, writeProgress }: EpochGateOptions): EpochGate {
  /** The first thing that the gate heard of, the last line, and the last line or end of an epoch. */
  let started: number | undefined, written: number | undefined, heard = 0;
  let pending: { readonly training: TrainingView; readonly at: number } | undefined;

  function interval(at: number): number {
    if (every !== undefined && "milliseconds" in every) return every.milliseconds;
    return Math.min(LONGEST, Math.max(SHORTEST, SHARE * (at - (started ?? at))));
  }
  function isDue({ last, epochs }: TrainingView, at: number): boolean {
    const { epoch } = last!;
    if (epoch === 1 || epoch === epochs || written === undefined) return true;
    if (every !== undefined && "epochs" in every) return epoch % every.epochs === 0;
    // A clock that was set back must not silence the log.
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
      heard = at;
    },
    take(training, at) {
      started ??= at;
      heard = at;
      pending = { training, at };
      if (isDue(training, at)) flush();
    },
    progress(training, at) {
      started ??= at;
      if (every !== undefined && "epochs" in every) return;
      if (at >= heard && at - heard < Math.max(SHORTEST_INSIDE, interval(at))) return;
      flush();
      writeProgress(training);
      written = heard = at;
    },
  };
}
