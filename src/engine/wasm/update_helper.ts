/**
 * A second thread for the optimizer's pass: it reads and writes 28 bytes a parameter, more than one core can move, and the other core has
 * nothing to do meanwhile. Every number is changed by itself, so who changes it makes no difference to its bits.
 *
 * @module
 */
import type { PassPlaces } from "./update_pass.ts";

/** Where the numbers of the shared control lie. */
export const CONTROL = {
  ready: 0,
  asked: 1,
  done: 2,
  pass: 3,
  nesterov: 4,
  first: 5,
  length: 6,
  end: 7,
} as const;
const LENGTH = 8;

/** What the other thread is told once. */
export interface HelperOrder {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly places: PassPlaces;
  readonly control: SharedArrayBuffer;
}

/** The other thread. */
export interface UpdateHelper {
  /** Whether it has started. */
  isReady(): boolean;
  /** Asks for a pass over a range; returns at once. */
  ask(pass: number, nesterov: number, first: number, length: number): void;
  /** Waits until what was asked is done. @throws {Error} When the thread is gone. */
  join(): void;
  close(): void;
}

/** Looks before the waiting thread lets go of its core, and milliseconds until the other one counts as gone. */
const LOOKS = 20_000, GONE_MS = 10_000;

/** Starts a thread on the memory of a program. */
export function updateHelper(order: Omit<HelperOrder, "control">): UpdateHelper {
  const memory = new SharedArrayBuffer(4 * LENGTH), control = new Int32Array(memory);
  const worker = new Worker(new URL("./update_worker.ts", import.meta.url), { type: "module" });
  worker.postMessage({ ...order, control: memory } satisfies HelperOrder);
  let asked = 0;
  const wake = () => {
    Atomics.store(control, CONTROL.asked, ++asked);
    Atomics.notify(control, CONTROL.asked);
  };
  return {
    isReady: () => Atomics.load(control, CONTROL.ready) === 1,
    ask(pass, nesterov, first, length) {
      control[CONTROL.pass] = pass;
      control[CONTROL.nesterov] = nesterov;
      control[CONTROL.first] = first;
      control[CONTROL.length] = length;
      wake();
    },
    join() {
      for (let look = 0; look < LOOKS; look++) if (Atomics.load(control, CONTROL.done) === asked) return;
      for (let done = Atomics.load(control, CONTROL.done); done !== asked;) {
        if (Atomics.wait(control, CONTROL.done, done, GONE_MS) === "timed-out") {
          throw new Error("The second thread of the optimizer has not answered for ten seconds");
        }
        done = Atomics.load(control, CONTROL.done);
      }
    },
    close() {
      Atomics.store(control, CONTROL.end, 1);
      wake();
      // A thread that has not started yet would never look.
      if (Atomics.load(control, CONTROL.ready) === 0) worker.terminate();
    },
  };
}
