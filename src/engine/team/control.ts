/**
 * What two threads share to work in turns and together: numbers in shared memory, and how to wait for them.
 *
 * Whoever waits looks often before it lets go of its core, as the other is nearly always there within microseconds, and waking takes
 * longer than that.
 *
 * @module
 */

/** Where the numbers lie. */
export const CONTROL = {
  /** How many messages the helper has heard. */
  heard: 0,
  /** How often it was woken, and when it was last done with what it was asked for. */
  woken: 1,
  done: 2,
  /** How often the first thread and the helper came to the point where each needs what the other did. */
  firstMet: 3,
  helperMet: 4,
  /** What it is asked for: the number of a task, and what to do of it. */
  task: 5,
  act: 6,
  /** 1 when something went wrong; the message stands behind the numbers. */
  failed: 7,
  messageLength: 8,
  /** How many messages it was sent. */
  sent: 9,
  /** The waking by which it was last asked for something; the others are for messages. */
  asked: 10,
} as const;

/** The arguments of what it is asked for begin there: 32-bit numbers, as kernels take them. */
export const ARGUMENTS = 16;

const NUMBERS = 32, MESSAGE_BYTES = 1024;

/** Looks between two at the clock. */
const LOOKS = 100;

/** The shared numbers, and room for a message. */
export interface Control {
  readonly memory: SharedArrayBuffer;
  readonly numbers: Int32Array;
}

/** Makes the shared memory, or looks at one that another thread made. */
export function control(
  memory: SharedArrayBuffer = new SharedArrayBuffer(4 * NUMBERS + MESSAGE_BYTES),
): Control {
  return { memory, numbers: new Int32Array(memory, 0, NUMBERS) };
}

/** Sets a number, and wakes the thread that waits for it. */
export function tell({ numbers }: Control, at: number, value: number): void {
  Atomics.store(numbers, at, value);
  Atomics.notify(numbers, at);
}

/**
 * Waits until a number is no longer what it was; gives what it is then.
 *
 * @param looksFor Milliseconds of looking before the thread lets go of its core.
 * @param milliseconds The most that it waits after that.
 */
export function awaitChange(
  { numbers }: Control,
  at: number,
  was: number,
  looksFor: number,
  milliseconds: number = Infinity,
): number {
  const end = performance.now() + looksFor;
  do {
    for (let look = 0; look < LOOKS; look++) {
      const is = Atomics.load(numbers, at);
      if (is !== was) return is;
      // Where two threads share a core's parts, the other one shall have them.
      Atomics.pause();
    }
  } while (performance.now() < end);
  Atomics.wait(numbers, at, was, milliseconds);
  return Atomics.load(numbers, at);
}

/** Leaves word of what went wrong, as far as there is room. */
export function leaveMessage({ memory, numbers }: Control, text: string): void {
  const bytes = new TextEncoder().encode(text).subarray(0, MESSAGE_BYTES);
  new Uint8Array(memory, 4 * NUMBERS).set(bytes);
  numbers[CONTROL.messageLength] = bytes.length;
  Atomics.store(numbers, CONTROL.failed, 1);
}

/** Takes the word that was left, if there is one. */
export function takeMessage({ memory, numbers }: Control): string | undefined {
  if (Atomics.load(numbers, CONTROL.failed) === 0) return undefined;
  Atomics.store(numbers, CONTROL.failed, 0);
  return new TextDecoder().decode(
    new Uint8Array(memory, 4 * NUMBERS, numbers[CONTROL.messageLength]).slice(),
  );
}
