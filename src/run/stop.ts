/**
 * Stop requests inside a process: two numbers in shared memory that the main thread writes and the busy worker polls, as a worker that
 * computes cannot receive messages.
 *
 * @module
 */

/**
 * The signals at which a run stops with a checkpoint, with their exit codes: requests to end the process, and warnings of batch systems
 * that its time limit is near (Slurm's `--signal`, Grid Engine's `-notify`, a limit on CPU time).
 */
export const STOP_SIGNALS = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGQUIT: 143,
  SIGPWR: 143,
  SIGUSR1: 124,
  SIGUSR2: 124,
  SIGXCPU: 124,
  SIGALRM: 124,
} as const;
/** One of them. */
export type StopSignalName = keyof typeof STOP_SIGNALS;
/** All of them. */
export const STOP_SIGNAL_NAMES = Object.keys(STOP_SIGNALS) as [StopSignalName, ...StopSignalName[]];

/** Causes of a stop request. */
const CAUSES = [...STOP_SIGNAL_NAMES, "request", "time", "epochs", "sweep"] as const;
/** See {@link StopOrder}. */
export type StopCause = typeof CAUSES[number];

/** When to stop: after the batch, or after the epoch. */
export type StopMoment = "batch" | "epoch";

/** A request to stop. */
export interface StopOrder {
  /** The resulting exit code. */
  readonly exitCode: number;
  /** @default {"batch"} */
  readonly after?: StopMoment;
  readonly cause: StopCause;
}

/** Indices of the numbers: the stop order, and how often the terminal hung up. */
const ORDER = 0, HANGUPS = 1, LENGTH = 2;
/** The parts of an order, in one number so that no thread reads half of it (0: none): the exit code, the moment, the cause. */
const CODE_MASK = 0xff, AFTER_EPOCH = 0x100, CAUSE_SHIFT = 9;

/** The stop request of a run, seen from both threads. */
export interface StopFlag {
  readonly memory: SharedArrayBuffer;
  /** Requests a stop. A later request can make it sooner (after the batch, not the epoch), never later. */
  ask(order: StopOrder): void;
  /** The request as one number, 0: none; {@link passOn} takes it in another process. */
  readonly order: number;
  /** Makes the request of another process, which wins over earlier ones as in {@link ask}. */
  passOn(order: number): void;
  /** After the batch. */
  readonly aborted: boolean;
  /** After the epoch, at the latest. */
  readonly ending: boolean;
  /** The exit code. */
  readonly reason: number;
  readonly cause: StopCause;
  /** Reports that the terminal has closed. */
  hangUp(): void;
  readonly hangUps: number;
}

/** Opens a stop flag, on another thread's memory if it is given. */
export function stopFlag(memory = new SharedArrayBuffer(4 * LENGTH)): StopFlag {
  const numbers = new Int32Array(memory), read = (place: number) => Atomics.load(numbers, place);
  function passOn(order: number): void {
    const isSooner = !isAfterEpoch(order);
    for (let before = read(ORDER); before === 0 || (isSooner && isAfterEpoch(before));) {
      const found = Atomics.compareExchange(numbers, ORDER, before, order);
      if (found === before) return;
      // The other thread has made a request in the meantime.
      before = found;
    }
  }
  return {
    memory,
    ask: ({ exitCode, after = "batch", cause }) =>
      passOn(exitCode | (after === "epoch" ? AFTER_EPOCH : 0) | CAUSES.indexOf(cause) << CAUSE_SHIFT),
    get order() {
      return read(ORDER);
    },
    passOn,
    get aborted() {
      const order = read(ORDER);
      return order !== 0 && !isAfterEpoch(order);
    },
    get ending() {
      return read(ORDER) !== 0;
    },
    get reason() {
      return read(ORDER) & CODE_MASK;
    },
    get cause() {
      return CAUSES[read(ORDER) >> CAUSE_SHIFT];
    },
    hangUp: () => void Atomics.add(numbers, HANGUPS, 1),
    get hangUps() {
      return read(HANGUPS);
    },
  };
}

function isAfterEpoch(order: number): boolean {
  return (order & AFTER_EPOCH) !== 0;
}

/** What resumes a run, as the end of a reason. */
export const RESUME_HINT = ": resume with --resume auto";

/** Why a run stopped, as text. */
export function stopReason(cause: StopCause): string {
  switch (cause) {
    case "request":
      return "stopped on request";
    case "sweep":
      return "stopped early, as other trials of its sweep are better";
    case "time":
      return `--max-time reached${RESUME_HINT}`;
    case "epochs":
      return `--max-epochs reached${RESUME_HINT}`;
    default:
      return `stopped by ${cause}${STOP_SIGNALS[cause] === 124 ? RESUME_HINT : ""}`;
  }
}
