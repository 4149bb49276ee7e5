/** The second thread: waits until it is asked, works, says so. @module */
import { messageOf } from "../../core/errors.ts";
import { joinHalf } from "../native/halves.ts";
import { instantiate } from "../wasm/kernels.ts";
import {
  ARGUMENTS,
  awaitChange,
  CONTROL,
  type Control,
  control as controlOf,
  leaveMessage,
  tell,
} from "./control.ts";
import { type Message, RUN, SHARED_KERNELS, type TaskOrder } from "./task.ts";

/** What it does for a program. */
interface Task {
  readonly looksFor: number;
  act(act: number): void;
  release(): void;
}

const tasks = new Map<number, Task>();
let control: Control, seen = 0, heard = 0, met = 0, looksFor = 0;

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
    if (numbers[CONTROL.asked] !== woken) continue;
    const task = tasks.get(numbers[CONTROL.task])!;
    looksFor = task.looksFor;
    try {
      task.act(numbers[CONTROL.act]);
    } catch (thrown) {
      leaveMessage(control, messageOf(thrown));
    }
    tell(control, CONTROL.done, seen);
  }
}

/** Says that it has come to the middle of its half, and waits for the other thread to come there. */
function meet(): void {
  met = (met + 1) | 0;
  tell(control, CONTROL.helperMet, met);
  for (let there = (met - 1) | 0; there !== met;) {
    there = awaitChange(control, CONTROL.firstMet, there, looksFor);
  }
}

function taskOf({ module, memory, looksFor, halves }: TaskOrder): Task {
  const kernels = instantiate(module, memory), given = control.numbers.subarray(ARGUMENTS);
  const joined = halves === undefined ? undefined : joinHalf(halves, memory);
  // As many arguments as any kernel takes; the others take no notice of the rest.
  const calls = SHARED_KERNELS.map((name) => {
    const kernel = kernels[name] as (...numbers: number[]) => void;
    return (a: Int32Array) =>
      kernel(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12]);
  });
  return {
    looksFor,
    act(act) {
      if (act === RUN) joined?.run(given[0], meet);
      else calls[act](given);
    },
    release: () => joined?.release(),
  };
}
