/**
 * A limit on the time of a step that ranks share. A rank that hangs, or whose machine has vanished, is in no process list of another machine:
 * that no step ends is all that the others see of it.
 *
 * @module
 */
import { batchReader } from "../progress.ts";

/** What rank 0 watches. */
export interface StepTimeout {
  /** The memory of the run's progress. */
  readonly progress: SharedArrayBuffer;
  /** Seconds within which a step must end. */
  readonly seconds: number;
}

/** The longest time between two polls, in milliseconds. */
const POLL_MS = 1000;

/** Calls back once when the same batch is in progress for too long, until it is closed. What happens between epochs has no limit. */
export function watchSteps(
  { progress, seconds }: StepTimeout,
  onTimeout: () => void,
): { close(): void } {
  const read = batchReader(progress), pollMs = Math.min(POLL_MS, 250 * seconds);
  let last = read(), unchangedMs = 0;
  const timer = setInterval(() => {
    const batch = read();
    // Polls are counted, not the clock: while its scheduler suspends a job, none is due.
    unchangedMs = batch !== undefined && batch === last ? unchangedMs + pollMs : 0;
    last = batch;
    if (unchangedMs < 1000 * seconds) return;
    clearInterval(timer);
    onTimeout();
  }, pollMs);
  return { close: () => clearInterval(timer) };
}
