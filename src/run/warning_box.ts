/**
 * A warning from the main thread for the events of a run: a text in shared memory, which the worker, the only writer of events, adds
 * before its next event. A worker that computes cannot receive messages.
 *
 * @module
 */

const LENGTH = 0, HEAD_BYTES = 4;
/** The longest warning, in bytes; a longer one is cut. */
const MOST_BYTES = 2048;

/** A place for one warning, seen from both threads. */
export interface WarningBox {
  readonly memory: SharedArrayBuffer;
  /** Leaves a warning. One that is not taken yet stays, and the new one is dropped. */
  put(message: string): void;
  /** Takes the warning; `undefined` when there is none. */
  take(): string | undefined;
}

/** Opens a box, on another thread's memory if it is given. */
export function warningBox(memory = new SharedArrayBuffer(HEAD_BYTES + MOST_BYTES)): WarningBox {
  const head = new Int32Array(memory, 0, 1), bytes = new Uint8Array(memory, HEAD_BYTES);
  return {
    memory,
    put(message) {
      if (Atomics.load(head, LENGTH) !== 0) return;
      const own = new Uint8Array(MOST_BYTES);
      // Never half of a character.
      const { written } = new TextEncoder().encodeInto(message, own);
      bytes.set(own.subarray(0, written));
      Atomics.store(head, LENGTH, written);
    },
    take() {
      const length = Atomics.load(head, LENGTH);
      if (length === 0) return undefined;
      const message = new TextDecoder().decode(bytes.slice(0, length));
      Atomics.store(head, LENGTH, 0);
      return message;
    },
  };
}
