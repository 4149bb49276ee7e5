/**
 * Synchronization of two threads: numbers in shared memory, and how to wait for a change of them.
 *
 * A waiting thread spins before it sleeps, as the other thread is nearly always done within microseconds, and waking takes longer.
 *
 * @module
 */

/** The places of the numbers. Each request has a number of its own, counted up: its token. */
export const CONTROL = {
  /** Changes to wake the helper thread: the token of a request, or a count for a message. */
  woken: 0,
  /** The token of the last request. */
  requested: 1,
  /** The request: the number of a task, and what to run of it. */
  task: 2,
  act: 3,
  /** The pieces that either thread may still claim: the token, or {@link TAKEN}. */
  firstPiece: 4,
  secondPiece: 5,
  /** The tokens of the last request whose first piece the helper thread finished, and whose last piece it finished. */
  firstDone: 6,
  done: 7,
  /** The token whose first pieces are all done, so that second pieces may start. */
  halfway: 8,
  /** Messages sent to the helper thread, and messages it has received. */
  sent: 9,
  received: 10,
  /** 1 after an error; its message is stored after the numbers. */
  failed: 11,
  messageLength: 12,
} as const;

/** Marks a piece that a thread has claimed. */
const TAKEN = 0;

/** The place of the request's arguments: 32-bit numbers, as kernels take them. */
export const ARGUMENTS = 16;

const NUMBERS = 32, MESSAGE_BYTES = 1024;

/** Spins between two readings of the clock. */
const SPINS = 100;

/** The shared numbers, and space for a message. */
export interface ThreadControl {
  readonly memory: SharedArrayBuffer;
  readonly numbers: Int32Array;
}

/** Allocates the shared memory, or wraps that of another thread. */
export function control(
  memory: SharedArrayBuffer = new SharedArrayBuffer(4 * NUMBERS + MESSAGE_BYTES),
): ThreadControl {
  return { memory, numbers: new Int32Array(memory, 0, NUMBERS) };
}

/** Sets a number, and wakes the thread that waits on it. */
export function signal({ numbers }: ThreadControl, at: number, value: number): void {
  Atomics.store(numbers, at, value);
  Atomics.notify(numbers, at);
}

/**
 * Waits until a number differs from `was`; returns the new one.
 *
 * @param spinMs Milliseconds of spinning before the thread sleeps.
 * @param milliseconds At most how long it sleeps after that.
 */
export function awaitChange(
  { numbers }: ThreadControl,
  at: number,
  was: number,
  spinMs: number,
  milliseconds: number = Infinity,
): number {
  const end = performance.now() + spinMs;
  do {
    for (let spin = 0; spin < SPINS; spin++) {
      const is = Atomics.load(numbers, at);
      if (is !== was) return is;
      // With hyper-threading the other thread gets the core's units.
      Atomics.pause();
    }
  } while (performance.now() < end);
  Atomics.wait(numbers, at, was, milliseconds);
  return Atomics.load(numbers, at);
}

/** Claims a piece of a request; false when it is claimed already. Only the thread that claimed a piece runs it. */
export function claim(
  { numbers }: ThreadControl,
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

/** Stores an error's message, cut to the space there is. */
export function leaveMessage({ memory, numbers }: ThreadControl, text: string): void {
  const bytes = new TextEncoder().encode(text).subarray(0, MESSAGE_BYTES);
  new Uint8Array(memory, 4 * NUMBERS).set(bytes);
  numbers[CONTROL.messageLength] = bytes.length;
  Atomics.store(numbers, CONTROL.failed, 1);
}

/** Takes the stored error's message, if there is one. */
export function takeMessage({ memory, numbers }: ThreadControl): string | undefined {
  if (Atomics.load(numbers, CONTROL.failed) === 0) return undefined;
  Atomics.store(numbers, CONTROL.failed, 0);
  return new TextDecoder().decode(
    new Uint8Array(memory, 4 * NUMBERS, numbers[CONTROL.messageLength]).slice(),
  );
}
