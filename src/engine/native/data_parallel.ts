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
import { blockSums } from "../wasm/part_steps.ts";
import { openPart, type PartTarget, type SharedMaps } from "./parts.ts";
import { type BranchTarget, openBranch, type SharedBranch } from "./part_runs.ts";
import { portsAt, type SharedSession } from "./ports.ts";
import { joinSession, type Session } from "./session.ts";

/** What the helper thread needs to run its half. */
export type SharedHalf = SharedSessions | SharedMaps | SharedBranch;

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

/** The four pieces of a run. Each thread computes half of the rows; then, when both are done, each sums over one range. */
export interface RunPieces {
  readonly rows: readonly [Piece, Piece];
  readonly ranges: readonly [Piece | undefined, Piece | undefined];
}

/** A piece of a run of `all` rows. */
type Piece = (all: number) => void;

/** Runs a whole batch: with the helper thread once it is ready, alone until then. Returns the number of threads. */
export function runDataParallel(
  { rows: [firstRows, secondRows], ranges: [one, two] }: RunPieces,
  helper: HelperThread,
  all: number,
): 1 | 2 {
  if (!helper.isReady()) {
    firstRows(all);
    secondRows(all);
    one?.(all);
    two?.(all);
    return 1;
  }
  helper.arguments[0] = all;
  helper.ask(RUN);
  try {
    firstRows(all);
    if (helper.takeFirst()) secondRows(all);
    else helper.awaitFirst();
    helper.release();
    one?.(all);
    if (helper.takeSecond()) two?.(all);
    else helper.awaitLast();
  } catch (thrown) {
    abandon(helper);
    throw thrown;
  }
  return 2;
}

/** The pieces of a run whose rows one session, or one part, computes in two calls. */
export function piecesOf(
  rows: Pick<Session, "run">,
  ranges: readonly (Pick<Session, "run"> | undefined)[],
): RunPieces {
  const rangeOf = (at: number): Piece | undefined => {
    const range = ranges[at];
    return range && ((all) => range.run(all));
  };
  return {
    rows: [(all) => rows.run(firstHalf(all), 0), (all) => runSecondRows(rows, all)],
    ranges: [rangeOf(0), rangeOf(1)],
  };
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
function runSecondRows(rows: Pick<Session, "run">, all: number): void {
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
  if (shared.kind === "parts") return joinBranch(shared, { api, kernels, buffer });
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

function joinBranch(shared: SharedBranch, target: BranchTarget): JoinedHalf {
  const { run, release } = openBranch(shared, target),
    { add, count } = blockSums(target.kernels, shared.layout);
  const { secondBlock, middle } = shared;
  return { runRows: run, runRange: () => add(0, secondBlock, middle, count - middle), release };
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
