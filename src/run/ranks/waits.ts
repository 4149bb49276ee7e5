/**
 * A limit on the time that rank 0 waits for the others. A rank that hangs, or whose machine has vanished, is in no process list of another machine:
 * that an exchange with it does not end is all that the others see of it.
 *
 * @module
 */
import type { Collective } from "../../core/collective.ts";

/** What rank 0 watches. */
export interface WaitLimit {
  /** Memory from {@link openWaits}. */
  readonly waits: SharedArrayBuffer;
  /** Seconds for which rank 0 waits at most. */
  readonly seconds: number;
}

/** The longest time between two polls, in milliseconds. */
const POLL_MS = 1000;

/** Memory that the worker of rank 0 and its main thread share: how many exchanges have started or ended. While one lasts, the number is odd. */
export function openWaits(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** A collective that counts its exchanges, in memory from {@link openWaits}. */
export function countWaits(collective: Collective, waits: SharedArrayBuffer): Collective {
  const count = new Int32Array(waits);
  function counted<Result>(exchange: () => Result): Result {
    Atomics.add(count, 0, 1);
    try {
      return exchange();
    } finally {
      Atomics.add(count, 0, 1);
    }
  }
  return {
    ...collective,
    connect(block, state) {
      const connected = counted(() => collective.connect(block, state)), { update } = connected;
      return {
        ...connected,
        run: () => counted(connected.run),
        update: update && { ...update, end: () => counted(update.end) },
      };
    },
    total: (numbers) => counted(() => collective.total(numbers)),
  };
}

/** Calls back once when the same exchange lasts too long, until it is closed. */
export function watchWaits({ waits, seconds }: WaitLimit, onTimeout: () => void): { close(): void } {
  const count = new Int32Array(waits), pollMs = Math.min(POLL_MS, 250 * seconds);
  let last = 0, unchangedMs = 0;
  const timer = setInterval(() => {
    const now = Atomics.load(count, 0), lasts = now % 2 !== 0 && now === last;
    // Polls are counted, not the clock: while its scheduler suspends a job, none is due.
    unchangedMs = lasts ? unchangedMs + pollMs : 0;
    last = now;
    if (unchangedMs < 1000 * seconds) return;
    clearInterval(timer);
    onTimeout();
  }, pollMs);
  return { close: () => clearInterval(timer) };
}
