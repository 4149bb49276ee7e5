/**
 * A run by two threads: each computes half of the rows, both meet, and each sums up the gradients of half of the parameters.
 *
 * Which numbers are computed by which call depends on the number of rows alone, so the bits are the same whoever makes the calls.
 *
 * @module
 */
import { RUN } from "../team/task.ts";
import type { Helper } from "../team/helper.ts";
import { type Api, type ApiAddresses, connectAt } from "./api.ts";
import { joinSession, type Ports, type Session } from "./session.ts";
import type { Port } from "./tensors.ts";

/** A {@link Port} by where it lies in a memory: what can be told to another thread. */
export interface PortPlace {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** Its address in bytes; `"ones"` for numbers that are all 1 and are not in the memory. */
  readonly address: number | "ones";
  /** How many numbers there are. */
  readonly length: number;
}

/** A session by where things lie. */
export interface SharedSession {
  readonly address: bigint;
  readonly inputs: readonly PortPlace[];
  readonly outputs: readonly PortPlace[];
}

/** What another thread needs to run its half. */
export interface SharedHalves {
  readonly api: ApiAddresses;
  readonly rows: SharedSession;
  /** `undefined` where there is nothing to sum up for it. */
  readonly range: SharedSession | undefined;
}

/** The sessions of both halves. */
export interface HalfSessions {
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

/** Runs a whole batch: with the helper once it is there, alone until then. Says by how many threads. */
export function runHalves({ rows, ranges }: HalfSessions, helper: Helper, all: number): 1 | 2 {
  const first = firstHalf(all);
  if (!helper.isReady()) {
    rows.run(first, 0);
    if (first < all) rows.run(all - first, first);
    ranges.forEach((range) => range?.run(all));
    return 1;
  }
  helper.arguments[0] = all;
  helper.ask(RUN);
  let failure: unknown;
  try {
    rows.run(first, 0);
  } catch (thrown) {
    failure = thrown;
  }
  helper.meet();
  try {
    if (failure === undefined) ranges[0]?.run(all);
  } catch (thrown) {
    failure = thrown;
  }
  helper.join();
  if (failure !== undefined) throw failure;
  return 2;
}

/** What the second thread does of a run of `all` rows; `meet` waits for the first half of the rows. */
export function runSecondHalf(
  rows: Pick<Session, "run">,
  range: Pick<Session, "run"> | undefined,
  all: number,
  meet: () => void,
): void {
  const first = firstHalf(all);
  try {
    if (first < all) rows.run(all - first, first);
  } finally {
    // The other thread waits there, whatever happened here.
    meet();
  }
  range?.run(all);
}

/** The second half of a run, in another thread than that which made its sessions. */
export interface JoinedHalf {
  run(all: number, meet: () => void): void;
  release(): void;
}

/** Makes the second half ready. */
export function joinHalf(
  { api: addresses, rows, range }: SharedHalves,
  memory: WebAssembly.Memory,
): JoinedHalf {
  const api = connectAt(addresses), buffer = memory.buffer as ArrayBuffer;
  const ofRows = join(api, rows, buffer), ofRange = range && join(api, range, buffer);
  return {
    run: (all, meet) => runSecondHalf(ofRows, ofRange, all, meet),
    release() {
      ofRows.release();
      ofRange?.release();
    },
  };
}

function join(api: Api, session: SharedSession, buffer: ArrayBuffer): Session {
  return joinSession(api, Deno.UnsafePointer.create(session.address), portsAt(buffer, session));
}

/** How many rows the first half has. */
function firstHalf(rows: number): number {
  return Math.ceil(rows / 2);
}
