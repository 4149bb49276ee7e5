/**
 * The second thread of this process: it takes one half of what large programs do, on memory that both threads share. There is one for
 * all programs; it starts with the first and ends with the last. Until it has heard of a program, the first thread does both halves, to the
 * same bits.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import {
  ARGUMENTS,
  awaitChange,
  CONTROL,
  type Control,
  control as newControl,
  takeMessage,
  tell,
} from "./control.ts";
import type { Message, TaskOrder } from "./task.ts";

/** The second thread as one program sees it. */
export interface Helper {
  /** Whether it has heard of this program. */
  isReady(): boolean;
  /** The arguments of what is asked for next: 32-bit numbers. */
  readonly arguments: Int32Array;
  /** Asks for a kernel (its place among `SHARED_KERNELS`) or for half of a run (`RUN`); returns at once. */
  ask(act: number): void;
  /** Waits until it has come to the middle of what was asked, and lets it go on from there. */
  meet(): void;
  /** Waits until what was asked is done. @throws {RunError} When it failed, or the thread is gone. */
  join(): void;
  /** Makes it forget this program. */
  close(): void;
}

/**
 * A thread that has not answered for so long, so often in turn, counts as gone. Once is not enough: where the whole process was halted,
 * the time goes on.
 */
const PATIENCE_MS = 6_000, MOST_TIMES = 10;

/** Milliseconds of looking at a thread that is at work. */
const LOOKS_FOR = 3;

/** The thread, and how often what was done with it; counts wrap around as 32-bit numbers do. */
interface Thread {
  readonly worker: Worker;
  readonly control: Control;
  readonly tasks: Set<number>;
  sent: number;
  woken: number;
  met: number;
}

let thread: Thread | undefined;
let tasksEver = 0;

/** Tells the second thread of a program; starts it when there is none. */
export function helperFor(order: TaskOrder): Helper {
  const own = thread ??= start(), id = ++tasksEver, { control } = own, { numbers } = control;
  own.tasks.add(id);
  send(own, { kind: "add", id, order });
  return {
    isReady: () => own.tasks.has(id) && Atomics.load(numbers, CONTROL.heard) === own.sent,
    arguments: numbers.subarray(ARGUMENTS),
    ask(act) {
      numbers[CONTROL.task] = id;
      numbers[CONTROL.act] = act;
      own.woken = (own.woken + 1) | 0;
      numbers[CONTROL.asked] = own.woken;
      tell(control, CONTROL.woken, own.woken);
    },
    meet() {
      own.met = (own.met + 1) | 0;
      tell(control, CONTROL.firstMet, own.met);
      awaitNumber(control, CONTROL.helperMet, own.met);
    },
    join() {
      awaitNumber(control, CONTROL.done, own.woken);
      const message = takeMessage(control);
      if (message !== undefined) throw new RunError(message);
    },
    close() {
      if (!own.tasks.delete(id)) return;
      const isLast = own.tasks.size === 0;
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
  return { worker, control, tasks: new Set(), sent: 0, woken: 0, met: 0 };
}

/** Sends a message, and wakes the thread: it hears nothing while it waits to be asked. */
function send(own: Thread, message: Message): void {
  own.worker.postMessage(message);
  Atomics.store(own.control.numbers, CONTROL.sent, ++own.sent);
  own.woken = (own.woken + 1) | 0;
  tell(own.control, CONTROL.woken, own.woken);
}

function awaitNumber(control: Control, at: number, wanted: number): void {
  let is = Atomics.load(control.numbers, at);
  for (let times = 0; is !== wanted; times++) {
    if (times === MOST_TIMES) {
      throw new RunError(`The second thread has not answered for ${MOST_TIMES * PATIENCE_MS / 1000} seconds`);
    }
    const next = awaitChange(control, at, is, LOOKS_FOR, PATIENCE_MS);
    if (next !== is) times = 0;
    is = next;
  }
}
