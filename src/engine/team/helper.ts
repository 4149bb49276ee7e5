/**
 * The second thread of this process: it takes one half of what large programs do, on memory that both threads share. There is one for
 * all programs; unless it is kept, it starts with the first and ends with the last. Until it has heard of a program, the first thread does both halves, to the
 * same bits.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import {
  ARGUMENTS,
  awaitChange,
  claim,
  CONTROL,
  type Control,
  control as newControl,
  nextToken,
  takeMessage,
  tell,
} from "./control.ts";
import type { Message, TaskOrder } from "./task.ts";

/** The second thread as one program sees it. What it has not begun when the first thread is done with its own, the first does itself. */
export interface Helper {
  /** Whether it has heard of this program. */
  isReady(): boolean;
  /** The arguments of what is asked for next: 32-bit numbers. */
  readonly arguments: Int32Array;
  /** Asks for a kernel (its place among `SHARED_KERNELS`) or for half of a run (`RUN`); returns at once. */
  ask(act: number): void;
  /** Takes what was asked (of a run, its first piece), if it has not been begun. */
  takeFirst(): boolean;
  /** Waits until the first piece of a run is done. @throws {RunError} When it failed, or the thread is gone. */
  awaitFirst(): void;
  /** Says that all first pieces of a run are done, so that the second one may begin. */
  goOn(): void;
  /** Takes the second piece of a run, if it has not been begun. */
  takeSecond(): boolean;
  /** Waits until what it began last is done: a kernel, or the second piece of a run. @throws {RunError} As {@link awaitFirst}. */
  awaitLast(): void;
  /** Makes it forget this program. */
  close(): void;
}

/**
 * A thread that has not answered for so long, so often in turn, counts as gone. Once is not enough: where the whole process was halted,
 * the time goes on.
 */
const PATIENCE_MS = 6_000, MOST_TIMES = 10;

/** Milliseconds of looking at a thread that is at work. */
const LOOKS_FOR = 40;

/** The thread, and how often what was done with it; counts wrap around as 32-bit numbers do. */
interface Thread {
  readonly worker: Worker;
  readonly control: Control;
  readonly tasks: Set<number>;
  sent: number;
  woken: number;
}

let thread: Thread | undefined;
let tasksEver = 0;
let isKept = false;

/**
 * Starts the second thread now, and keeps it although no program needs it: for threads that are ended from outside, as one that is there
 * keeps a process alive. In a thread that is not the process's first, starting takes a second.
 */
export function keepThread(): void {
  isKept = true;
  thread ??= start();
}

/** Tells the second thread of a program; starts it when there is none. */
export function helperFor(order: TaskOrder): Helper {
  const own = thread ??= start(), id = ++tasksEver, { control } = own, { numbers } = control;
  own.tasks.add(id);
  send(own, { kind: "add", id, order });
  return {
    isReady: () => own.tasks.has(id) && Atomics.load(numbers, CONTROL.heard) === own.sent,
    arguments: numbers.subarray(ARGUMENTS),
    ask(act) {
      const token = own.woken = nextToken(own.woken);
      numbers[CONTROL.task] = id;
      numbers[CONTROL.act] = act;
      Atomics.store(numbers, CONTROL.asked, token);
      Atomics.store(numbers, CONTROL.firstPiece, token);
      Atomics.store(numbers, CONTROL.secondPiece, token);
      tell(control, CONTROL.woken, token);
    },
    takeFirst: () => claim(control, CONTROL.firstPiece, own.woken),
    awaitFirst: () => awaitToken(control, CONTROL.firstDone, own.woken),
    goOn: () => tell(control, CONTROL.halfway, own.woken),
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
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  // A thread that cannot start hears of no program, and the first does both halves.
  worker.onerror = (event) => event.preventDefault();
  worker.postMessage({ kind: "start", control: control.memory } satisfies Message);
  return { worker, control, tasks: new Set(), sent: 0, woken: 0 };
}

/** Sends a message, and wakes the thread: it hears nothing while it waits to be asked. */
function send(own: Thread, message: Message): void {
  own.worker.postMessage(message);
  Atomics.store(own.control.numbers, CONTROL.sent, ++own.sent);
  tell(own.control, CONTROL.woken, own.woken = nextToken(own.woken));
}

function awaitToken(control: Control, at: number, token: number): void {
  let is = Atomics.load(control.numbers, at);
  for (let times = 0; is !== token; times++) {
    if (times === MOST_TIMES) {
      throw new RunError(`The second thread has not answered for ${MOST_TIMES * PATIENCE_MS / 1000} seconds`);
    }
    const next = awaitChange(control, at, is, LOOKS_FOR, PATIENCE_MS);
    if (next !== is) times = 0;
    is = next;
  }
  const message = takeMessage(control);
  if (message !== undefined) throw new RunError(message);
}
