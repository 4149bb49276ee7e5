/**
 * What two threads share to work in turns and together: numbers in shared memory, and how to wait for them.
 *
 * Whoever waits looks often before it lets go of its core, as the other is nearly always there within microseconds, and waking takes
 * longer than that.
 *
 * @module
 */

/** Where the numbers lie. Whatever is asked for has a number of its own, counted up: its token. */
export const CONTROL = {
  /** How often the helper was woken: for what it is asked (the token of that), or for a message. */
  woken: 0,
  /** The token of what it was last asked for. */
  asked: 1,
  /** What it is asked for: the number of a task, and what to do of it. */
  task: 2,
  act: 3,
  /** The pieces that may still be begun, by whoever comes first: the token, or {@link TAKEN}. */
  firstPiece: 4,
  secondPiece: 5,
  /** The token of which the helper has done the first piece, and the last piece that it began. */
  firstDone: 6,
  done: 7,
  /** The token of which all first pieces are done, so that second ones may begin. */
  halfway: 8,
  /** How many messages the helper was sent, and how many it has heard. */
  sent: 9,
  heard: 10,
  /** 1 when something went wrong; the message stands behind the numbers. */
  failed: 11,
  messageLength: 12,
} as const;

/** Stands for a piece that somebody has begun. */
const TAKEN = 0;

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

/** Takes a piece of what has a token, if nobody has begun it: it is done by whoever took it, and by nobody else. */
export function claim(
  { numbers }: Control,
  piece: typeof CONTROL.firstPiece | typeof CONTROL.secondPiece,
  token: number,
): boolean {
  return Atomics.compareExchange(numbers, piece, token, TAKEN) === token;
}

/** The token after another: never {@link TAKEN}, and in 32 bits. */
export function nextToken(token: number): number {
  return (token + 1 | 0) === TAKEN ? TAKEN + 1 : token + 1 | 0;
}

/** Whether a token is another one or came after it. */
export function isReached(token: number, wanted: number): boolean {
  return (token - wanted | 0) >= 0;
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
