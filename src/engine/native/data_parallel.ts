/**
 * A data-parallel run by two threads: each computes half of the rows, both synchronize, and each sums the gradients of half of the
 * parameters.
 *
 * How the work is split into calls depends on the number of rows alone, so the bits are the same whichever thread makes the calls.
 *
 * @module
 */
import { RUN } from "../wasm/sharing.ts";
import type { HelperThread } from "../threads/helper_thread.ts";
import { type Api, type ApiAddresses, connectAt } from "./api.ts";
import type { Kernels } from "../wasm/kernels.ts";
import { openPart, type PartTarget, type SharedMaps } from "./parts.ts";
import { joinSession, type Ports, type Session } from "./session.ts";
import type { Port } from "./tensors.ts";

/** A {@link Port} by its place in the memory, which can be sent to another thread. */
export interface PortPlace {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** Its address in bytes; `"ones"` for numbers that are all 1 and are not in the memory. */
  readonly address: number | "ones";
  /** How many numbers there are. */
  readonly length: number;
}

/** A session by addresses. */
export interface SharedSession {
  readonly address: bigint;
  readonly inputs: readonly PortPlace[];
  readonly outputs: readonly PortPlace[];
}

/** What the helper thread needs to run its half. */
export type SharedHalf = SharedSessions | SharedMaps;

/** A half by sessions. */
export interface SharedSessions {
  readonly kind: "sessions";
  readonly api: ApiAddresses;
  readonly rows: SharedSession;
  /** `undefined` if there is nothing for it to sum. */
  readonly range: SharedSession | undefined;
}

/** How long the helper thread spins for the next request: longer than the main thread works alone between two steps, as waking takes up to half a millisecond. */
export const DATA_PARALLEL_SPIN_MS = 40;

/** The sessions of both threads. */
export interface DataParallelSessions {
  readonly rows: Pick<Session, "run">;
  readonly ranges: readonly (Pick<Session, "run"> | undefined)[];
}

/** Ports in a memory. */
export function portsAt(
  buffer: ArrayBuffer,
  { inputs, outputs }: Pick<SharedSession, "inputs" | "outputs">,
): Ports {
  const port = ({ name, dimensions, address, length }: PortPlace): Port => ({
    name,
    dimensions,
    view: address === "ones"
      ? new Float32Array(new ArrayBuffer(4 * length)).fill(1)
      : new Float32Array(buffer, address, length),
  });
  return { inputs: inputs.map(port), outputs: outputs.map(port) };
}

/** Runs a whole batch: with the helper thread once it is ready, alone until then. Returns the number of threads. */
export function runDataParallel(
  { rows, ranges: [one, two] }: DataParallelSessions,
  helper: HelperThread,
  all: number,
): 1 | 2 {
  const first = firstHalf(all);
  if (!helper.isReady()) {
    rows.run(first, 0);
    runSecondRows(rows, all);
    one?.run(all);
    two?.run(all);
    return 1;
  }
  helper.arguments[0] = all;
  helper.ask(RUN);
  try {
    rows.run(first, 0);
    if (helper.takeFirst()) runSecondRows(rows, all);
    else helper.awaitFirst();
    helper.release();
    one?.run(all);
    if (helper.takeSecond()) two?.run(all);
    else helper.awaitLast();
  } catch (thrown) {
    abandon(helper);
    throw thrown;
  }
  return 2;
}

/** Claims the pieces that the helper thread has not claimed, and waits for the others. */
function abandon(helper: HelperThread): void {
  try {
    const isClaimed = !helper.takeSecond();
    helper.release();
    if (isClaimed) helper.awaitLast();
    else if (!helper.takeFirst()) helper.awaitFirst();
  } catch {
    // The first failure is the one that is thrown.
  }
}

/** The second half of the rows, if there is one. */
export function runSecondRows(rows: Pick<Session, "run">, all: number): void {
  const first = firstHalf(all);
  if (first < all) rows.run(all - first, first);
}

/** The helper thread's half of a run. */
export interface JoinedHalf {
  /** The second half of `all` rows. */
  runRows(all: number): void;
  /** The gradients of the second half of the parameters. */
  runRange(all: number): void;
  release(): void;
}

/** Prepares the second half in another thread than the one that created its sessions. */
export function joinHalf(shared: SharedHalf, kernels: Kernels, buffer: ArrayBuffer): JoinedHalf {
  const api = connectAt(shared.api);
  const { rows, range } = shared.kind === "sessions"
    ? joinSessions(shared, api, buffer)
    : joinMaps(shared, { api, sessions: shared.sessions, kernels, buffer });
  return {
    runRows: (all) => runSecondRows(rows, all),
    runRange: (all) => range?.run(all),
    release() {
      rows.release();
      range?.release();
    },
  };
}

function joinSessions({ rows, range }: SharedSessions, api: Api, buffer: ArrayBuffer) {
  return { rows: join(api, rows, buffer), range: range && join(api, range, buffer) };
}

function joinMaps({ rows, range }: SharedMaps, target: PartTarget) {
  return { rows: openPart(rows, target), range: range && openPart(range, target) };
}

function join(api: Api, session: SharedSession, buffer: ArrayBuffer): Session {
  return joinSession(api, Deno.UnsafePointer.create(session.address), portsAt(buffer, session));
}

/** How many rows the first half has. */
function firstHalf(rows: number): number {
  return Math.ceil(rows / 2);
}
