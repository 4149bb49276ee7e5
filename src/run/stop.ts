/**
 * What asks a run to stop: four numbers in memory that the main thread writes and the busy worker polls, as it hears no message.
 *
 * @module
 */

/** Why a run is asked to stop. */
const CAUSES = ["signal", "request", "time", "epochs"] as const;
/** See {@link StopOrder}. */
export type StopCause = typeof CAUSES[number];

/** When it is to stop: after the batch, or after the epoch. */
export type StopMoment = "batch" | "epoch";

/** A request to stop. */
export interface StopOrder {
  /** The exit code that it leads to. */
  readonly exitCode: number;
  /** @default {"batch"} */
  readonly after?: StopMoment;
  /** @default {"signal"} */
  readonly cause?: StopCause;
}

/** Where the numbers lie: the exit code (0: go on), whether after the epoch, the cause, and how often the terminal hung up. */
const CODE = 0, AFTER_EPOCH = 1, CAUSE = 2, HANGUPS = 3, LENGTH = 4;

/** The stop request of a run, seen from both threads. */
export interface StopFlag {
  readonly memory: SharedArrayBuffer;
  /** Asks to stop. A later request can make it sooner (after the batch, not the epoch), never later. */
  ask(order: StopOrder): void;
  /** After the batch. */
  readonly aborted: boolean;
  /** After the epoch, at the latest. */
  readonly ending: boolean;
  /** The exit code. */
  readonly reason: number;
  readonly cause: StopCause;
  /** Tells that the terminal is gone. */
  hangUp(): void;
  readonly hangUps: number;
}

/** Opens a stop flag, on the memory of another thread's if it is given. */
export function stopFlag(memory = new SharedArrayBuffer(4 * LENGTH)): StopFlag {
  const numbers = new Int32Array(memory), read = (place: number) => Atomics.load(numbers, place);
  return {
    memory,
    ask({ exitCode, after = "batch", cause = "signal" }) {
      const isFirst = read(CODE) === 0, isSooner = after === "batch" && read(AFTER_EPOCH) === 1;
      if (!isFirst && !isSooner) return;
      Atomics.store(numbers, CAUSE, CAUSES.indexOf(cause));
      Atomics.store(numbers, AFTER_EPOCH, Number(after === "epoch"));
      Atomics.store(numbers, CODE, exitCode);
    },
    get aborted() {
      return read(CODE) !== 0 && read(AFTER_EPOCH) === 0;
    },
    get ending() {
      return read(CODE) !== 0;
    },
    get reason() {
      return read(CODE);
    },
    get cause() {
      return CAUSES[read(CAUSE)];
    },
    hangUp: () => void Atomics.add(numbers, HANGUPS, 1),
    get hangUps() {
      return read(HANGUPS);
    },
  };
}

/** Why a run stopped, in words. */
export function stopReason({ reason, cause }: Pick<StopFlag, "reason" | "cause">): string {
  switch (cause) {
    case "signal":
      return `stopped by ${reason === 143 ? "SIGTERM" : "SIGINT"}`;
    case "request":
      return "stopped on request";
    case "time":
      return "its time (--max-time) is used up: go on with --resume auto";
    case "epochs":
      return "its epochs (--max-epochs) are used up: go on with --resume auto";
  }
}
