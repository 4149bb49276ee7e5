/** The second thread: waits until it is asked, works, says so. @module */
import { messageOf } from "../../core/errors.ts";
import { collectGarbage } from "../../core/garbage.ts";
import { joinHalf } from "../native/halves.ts";
import { instantiate } from "../wasm/kernels.ts";
import {
  ARGUMENTS,
  awaitChange,
  claim,
  CONTROL,
  type Control,
  control as controlOf,
  isReached,
  leaveMessage,
  tell,
} from "./control.ts";
import { type Message, RUN, SHARED_KERNELS, type TaskOrder } from "./task.ts";

/** What it does for a program, with the arguments that it is given. */
interface Task {
  /** Milliseconds of looking out for more to do. */
  readonly looksFor: number;
  /** A kernel, or the first piece of a run. */
  begin(act: number): void;
  /** The second piece of a run. */
  end(): void;
  release(): void;
}

const tasks = new Map<number, Task>();
let control: Control, seen = 0, heard = 0, looksFor = 0;

self.onmessage = ({ data: message }: MessageEvent<Message>) => {
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
  Atomics.store(control.numbers, CONTROL.heard, ++heard);
  work();
};

/** Does what it is asked for, until there is a message that it has not heard. */
function work(): void {
  const { numbers } = control;
  for (;;) {
    if (Atomics.load(numbers, CONTROL.sent) !== heard) return;
    const woken = awaitChange(control, CONTROL.woken, seen, looksFor);
    if (woken === seen) continue;
    seen = woken;
    if (Atomics.load(numbers, CONTROL.asked) === woken) answer(woken);
  }
}

/**
 * Does the pieces that nobody else has begun. Who asks may have gone on meanwhile, and asked for something else: what stands in the shared
 * numbers belongs to this token for certain only while a piece of it is claimed.
 */
function answer(token: number): void {
  const { numbers } = control, isMine = claim(control, CONTROL.firstPiece, token);
  const task = tasks.get(numbers[CONTROL.task]), act = numbers[CONTROL.act];
  if (task === undefined) return;
  looksFor = task.looksFor;
  if (isMine) attempt(() => task.begin(act), act === RUN ? CONTROL.firstDone : CONTROL.done, token);
  if (act !== RUN) return;
  for (let there = Atomics.load(numbers, CONTROL.halfway); !isReached(there, token);) {
    there = awaitChange(control, CONTROL.halfway, there, looksFor);
  }
  if (claim(control, CONTROL.secondPiece, token)) attempt(() => task.end(), CONTROL.done, token);
}

/** Does a piece, and says that it is done; who waits for it finds what went wrong. */
function attempt(piece: () => void, done: number, token: number): void {
  try {
    piece();
  } catch (thrown) {
    leaveMessage(control, messageOf(thrown));
  }
  tell(control, done, token);
}

function taskOf({ module, memory, looksFor, halves }: TaskOrder): Task {
  const kernels = instantiate(module, memory), given = control.numbers.subarray(ARGUMENTS);
  const half = halves === undefined ? undefined : joinHalf(halves, memory);
  // As many arguments as any kernel takes; the others take no notice of the rest.
  const calls = SHARED_KERNELS.map((name) => {
    const kernel = kernels[name] as (...numbers: number[]) => void;
    return (a: Int32Array) =>
      kernel(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12]);
  });
  return {
    looksFor,
    begin(act) {
      if (act === RUN) half?.runRows(given[0]);
      else calls[act](given);
    },
    end: () => half?.runRange(given[0]),
    release: () => half?.release(),
  };
}
