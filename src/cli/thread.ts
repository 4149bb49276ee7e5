/**
 * Runs a program in its own thread, while the main thread of the process sleeps.
 *
 * At SIGUSR1, which batch systems send before they end a job, Deno opens a port for debuggers (since 2.9.2, even if the program listens to
 * the signal itself). It does so in the event loop of the first thread; a thread that sleeps has none.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { offerThreads, startIdleThread } from "../core/threads.ts";
import { safeLines } from "../ui/text/text.ts";
import { writeError } from "./output.ts";

/** Indices of the numbers in shared memory. */
const STATE = 0, EXIT_CODE = 1;
/** The states of the thread. */
const STARTING = 0, RUNNING = 1, ENDED = 2;
/** The time limit for starting the thread, in milliseconds: after it, its file counts as unloadable. */
const TIMEOUT_MS = 60_000;

function mayRead(path: URL): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/** The first message to the thread. */
interface ThreadStart {
  readonly memory: SharedArrayBuffer;
  /** The ports of idle threads. */
  readonly idle: readonly MessagePort[];
}

/**
 * Runs a module in a thread and exits with its exit code. Its first import must be {@link endProcessWithThread}.
 *
 * @param hasWorker Whether it starts a worker, which may start another: threads for both are started now.
 */
export function runInThread(module: URL, hasWorker: boolean = false): void {
  if (module.protocol === "file:" && !mayRead(module)) {
    writeError(
      "error: --allow-read must be granted, as the program runs in a worker, which Deno reads from its file\n",
    );
    Deno.exit(2);
  }
  const memory = new SharedArrayBuffer(8), numbers = new Int32Array(memory);
  const isFile = module.protocol === "file:", thread = new Worker(module, { type: "module" });
  const idle = hasWorker && isFile ? [startIdleThread([startIdleThread()])] : [];
  thread.postMessage({ memory, idle } satisfies ThreadStart, [...idle]);
  // The modules of a published version may have to be downloaded at any time, which needs the event loop of this thread.
  if (!isFile) return void followThread(numbers, module);
  checkStart(Atomics.wait(numbers, STATE, STARTING, TIMEOUT_MS), module);
  while (Atomics.load(numbers, STATE) !== ENDED) Atomics.wait(numbers, STATE, RUNNING);
  Deno.exit(numbers[EXIT_CODE]);
}

/** Waits for the end of the thread without sleeping. */
async function followThread(numbers: Int32Array<SharedArrayBuffer>, module: URL): Promise<void> {
  checkStart(await Atomics.waitAsync(numbers, STATE, STARTING, TIMEOUT_MS).value, module);
  while (Atomics.load(numbers, STATE) !== ENDED) await Atomics.waitAsync(numbers, STATE, RUNNING).value;
  Deno.exit(numbers[EXIT_CODE]);
}

function checkStart(started: "ok" | "not-equal" | "timed-out", { pathname }: URL): void {
  if (started !== "timed-out") return;
  writeError(`error: ${pathname} must be loaded within ${TIMEOUT_MS / 1000} s, got a timeout\n`);
  Deno.exit(1);
}

let handleStray = (thrown: unknown): void => {
  writeError(`error: ${safeLines(messageOf(thrown))}\n`);
  Deno.exit(1);
};

/** In the thread: sets the handler of errors that nothing awaits, from timers and promises. */
export function onStrayError(handle: (thrown: unknown) => void): void {
  handleStray = handle;
}

/** In the thread: connects to the main thread, so that `Deno.exit` in the thread ends the process. */
export function endProcessWithThread(): Promise<void> {
  return new Promise((resolve) => {
    self.onmessage = ({ data: { memory, idle } }: MessageEvent<ThreadStart>) => {
      offerThreads(idle);
      const numbers = new Int32Array(memory);
      const enter = (state: number) => {
        Atomics.store(numbers, STATE, state);
        Atomics.notify(numbers, STATE);
      };
      // Deno.exit in a worker ends only the worker, after this event.
      self.addEventListener("unload", () => {
        numbers[EXIT_CODE] = Deno.exitCode;
        enter(ENDED);
        // The process ends here: a worker that is torn down at the same time would crash it.
        Atomics.wait(numbers, STATE, ENDED);
      });
      const fail = (event: Event, thrown: unknown) => {
        event.preventDefault();
        handleStray(thrown);
      };
      self.addEventListener("error", (event) => fail(event, event.error ?? event.message));
      self.addEventListener("unhandledrejection", (event) => fail(event, event.reason));
      enter(RUNNING);
      resolve();
    };
  });
}
