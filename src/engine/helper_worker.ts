/** The helper thread: waits for requests, runs them, reports that they are done. @module */
import { messageOf } from "../core/errors.ts";
import { collectGarbage } from "../core/garbage.ts";
import { joinHalf, type SharedHalf } from "./native/data_parallel.ts";
import { instantiate } from "./wasm/kernels.ts";
import {
  ARGUMENTS,
  awaitChange,
  claim,
  CONTROL,
  control as controlOf,
  isReached,
  leaveMessage,
  signal,
  type ThreadControl,
} from "./threads/control.ts";
import type { Message, TaskOrder } from "./threads/task.ts";
import { RUN, SHARED_KERNELS } from "./wasm/sharing.ts";

/** Runs the requests of one program. */
interface Task {
  /** Milliseconds of spinning for the next request. */
  readonly spinMs: number;
  /** A kernel, or the first piece of a run. */
  begin(act: number): void;
  /** The second piece of a run. */
  end(): void;
  release(): void;
}

const tasks = new Map<number, Task>();
let control: ThreadControl, seen = 0, received = 0, spinMs = 0;

self.onmessage = ({ data: message }: MessageEvent<Message<SharedHalf>>) => {
  if (message.kind === "start") {
    control = controlOf(message.control);
    return;
  }
  if (message.kind === "add") tasks.set(message.id, taskOf(message.order));
  else {
    tasks.get(message.id)?.release();
    tasks.delete(message.id);
    if (message.isLast) return self.close();
    collectGarbage();
  }
  Atomics.store(control.numbers, CONTROL.received, ++received);
  work();
};

/** Runs requests until there is a message to receive. */
function work(): void {
  const { numbers } = control;
  for (;;) {
    if (Atomics.load(numbers, CONTROL.sent) !== received) return;
    const woken = awaitChange(control, CONTROL.woken, seen, spinMs);
    if (woken === seen) continue;
    seen = woken;
    if (Atomics.load(numbers, CONTROL.requested) === woken) answer(woken);
  }
}

/**
 * Runs the pieces that the main thread has not claimed. The main thread may have made another request meanwhile: the shared numbers
 * surely belong to this token only while a piece of it is claimed.
 */
function answer(token: number): void {
  const { numbers } = control, isMine = claim(control, CONTROL.firstPiece, token);
  const task = tasks.get(numbers[CONTROL.task]), act = numbers[CONTROL.act];
  if (task === undefined) return;
  spinMs = task.spinMs;
  if (isMine) attempt(() => task.begin(act), act === RUN ? CONTROL.firstDone : CONTROL.done, token);
  if (act !== RUN) return;
  for (let there = Atomics.load(numbers, CONTROL.halfway); !isReached(there, token);) {
    there = awaitChange(control, CONTROL.halfway, there, spinMs);
  }
  if (claim(control, CONTROL.secondPiece, token)) attempt(() => task.end(), CONTROL.done, token);
}

/** Runs a piece, and reports that it is done; the thread that waits for it finds the error's message. */
function attempt(piece: () => void, done: number, token: number): void {
  try {
    piece();
  } catch (thrown) {
    leaveMessage(control, messageOf(thrown));
  }
  signal(control, done, token);
}

function taskOf({ module, memory, spinMs, half: shared }: TaskOrder<SharedHalf>): Task {
  const kernels = instantiate(module, memory), given = control.numbers.subarray(ARGUMENTS);
  const half = shared === undefined ? undefined : joinHalf(shared, kernels, memory.buffer as ArrayBuffer);
  // As many arguments as any kernel takes; the others ignore the rest.
  const calls = SHARED_KERNELS.map((name) => {
    const kernel = kernels[name] as (...numbers: number[]) => void;
    return (a: Int32Array) =>
      kernel(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12]);
  });
  return {
    spinMs,
    begin(act) {
      if (act === RUN) half?.runRows(given[0]);
      else calls[act](given);
    },
    end: () => half?.runRange(given[0]),
    release: () => half?.release(),
  };
}
