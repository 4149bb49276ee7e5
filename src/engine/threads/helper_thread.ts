/**
 * The helper thread of this process: it runs half of each request of large programs, on memory that both threads share. All programs
 * share one helper thread; unless it is kept, it starts with the first program and ends with the last. Until it is ready for a program,
 * the main thread runs both halves, with the same bits.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { startWorker, type WorkerThread } from "../../core/threads.ts";
import {
  ARGUMENTS,
  awaitChange,
  claim,
  CONTROL,
  control as newControl,
  nextToken,
  signal,
  takeMessage,
  type ThreadControl,
} from "./control.ts";
import type { Message, TaskOrder } from "./task.ts";

/** The helper thread for one program. The main thread runs the pieces that the helper thread has not claimed in time. */
export interface HelperThread {
  /** Whether it has received this program. */
  isReady(): boolean;
  /** The arguments of the next request: 32-bit numbers. */
  readonly arguments: Int32Array;
  /** Requests a kernel (its place in `SHARED_KERNELS`) or half of a run (`RUN`); returns at once. */
  ask(act: number): void;
  /** Claims the request (of a run, its first piece) back; false when the helper thread has claimed it. */
  takeFirst(): boolean;
  /** Waits until the first piece of a run is done. @throws {RunError} When it failed, or the thread does not answer. */
  awaitFirst(): void;
  /** Releases the second piece of a run, as all first pieces are done. */
  release(): void;
  /** Claims the second piece of a run back; false when the helper thread has claimed it. */
  takeSecond(): boolean;
  /** Waits until its last piece is done: a kernel, or the second piece of a run. @throws {RunError} As {@link awaitFirst}. */
  awaitLast(): void;
  /** Removes this program from the helper thread. */
  close(): void;
}

/**
 * A thread that does not answer within this time, this many times in a row, counts as gone. Once is not enough: the clock keeps running
 * while the whole process is suspended.
 */
const TIMEOUT_MS = 6_000, MAX_TIMEOUTS = 10;

/** Milliseconds of spinning before the main thread sleeps. */
const SPIN_MS = 40;

/** The worker and its counters, which wrap around as 32-bit numbers do. */
interface Thread {
  readonly worker: WorkerThread;
  readonly control: ThreadControl;
  readonly tasks: Set<number>;
  sent: number;
  woken: number;
}

let thread: Thread | undefined;
let tasksEver = 0;
let isKept = false;

/**
 * Starts the helper thread now, and keeps it even while no program needs it. For workers that are terminated from outside, as a helper
 * thread keeps its process alive; starting one from a worker takes a second, unless an idle thread is left.
 */
export function keepThread(): void {
  isKept = true;
  thread ??= start();
}

/** Ends a kept thread, now or with its last program: a process of which it is all that is left would not end. */
export function endKeptThread(): void {
  isKept = false;
  if (thread === undefined || thread.tasks.size > 0) return;
  thread.worker.terminate();
  thread = undefined;
}

/** Adds a program to the helper thread; starts the thread if necessary. */
export function helperThread(order: TaskOrder): HelperThread {
  const own = thread ??= start(), id = ++tasksEver, { control } = own, { numbers } = control;
  own.tasks.add(id);
  send(own, { kind: "add", id, order });
  return {
    isReady: () => own.tasks.has(id) && Atomics.load(numbers, CONTROL.received) === own.sent,
    arguments: numbers.subarray(ARGUMENTS),
    ask(act) {
      const token = own.woken = nextToken(own.woken);
      numbers[CONTROL.task] = id;
      numbers[CONTROL.act] = act;
      Atomics.store(numbers, CONTROL.requested, token);
      Atomics.store(numbers, CONTROL.firstPiece, token);
      Atomics.store(numbers, CONTROL.secondPiece, token);
      signal(control, CONTROL.woken, token);
    },
    takeFirst: () => claim(control, CONTROL.firstPiece, own.woken),
    awaitFirst: () => awaitToken(control, CONTROL.firstDone, own.woken),
    release: () => signal(control, CONTROL.halfway, own.woken),
    takeSecond: () => claim(control, CONTROL.secondPiece, own.woken),
    awaitLast: () => awaitToken(control, CONTROL.done, own.woken),
    close() {
      if (!own.tasks.delete(id)) return;
      const isLast = own.tasks.size === 0 && !isKept;
      if (isLast) thread = undefined;
      send(own, { kind: "remove", id, isLast });
    },
  };
}

function start(): Thread {
  const control = newControl();
  const worker = startWorker(new URL("../helper_worker.ts", import.meta.url));
  // A thread that cannot start never becomes ready, and the main thread runs both halves.
  worker.onerror = (event) => event.preventDefault();
  worker.postMessage({ kind: "start", control: control.memory } satisfies Message);
  return { worker, control, tasks: new Set(), sent: 0, woken: 0 };
}

/**
 * Sends a message, and wakes the thread: it receives no messages while it waits for requests. It is counted first: a thread that received a
 * message before it was counted would wait for another one.
 */
function send(own: Thread, message: Message): void {
  Atomics.store(own.control.numbers, CONTROL.sent, ++own.sent);
  own.worker.postMessage(message);
  signal(own.control, CONTROL.woken, own.woken = nextToken(own.woken));
}

function awaitToken(control: ThreadControl, at: number, token: number): void {
  let is = Atomics.load(control.numbers, at);
  for (let times = 0; is !== token; times++) {
    if (times === MAX_TIMEOUTS) {
      throw new RunError(
        `The helper thread has not answered for ${MAX_TIMEOUTS * TIMEOUT_MS / 1000} seconds`,
      );
    }
    const next = awaitChange(control, at, is, SPIN_MS, TIMEOUT_MS);
    if (next !== is) times = 0;
    is = next;
  }
  const message = takeMessage(control);
  if (message !== undefined) throw new RunError(message);
}
