/**
 * The ranks of a run: what they tell one another besides numbers of the training. All of it is decided by rank 0.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";
import type { Collective } from "../../core/collective.ts";
import { rankCollective } from "../../engine/mpi/collective.ts";
import { type Communicator, joinRanks } from "../../engine/mpi/communicator.ts";
import type { RankPlace } from "../../engine/mpi/launcher.ts";
import { type StopFlag, stopFlag } from "../stop.ts";
import type { RankProcess } from "./processes.ts";

/** All ranks of a run, seen from one of them. Every rank must make the same calls in the same order, from one thread. */
export interface Team {
  readonly rank: number;
  readonly size: number;
  readonly collective: Collective;
  /** The requests to stop this rank, and after each {@link problem} those to any other. */
  readonly flag: StopFlag;
  /** The processes of all ranks, by rank. */
  readonly processes: readonly RankProcess[];
  /** The value of rank 0; other ranks give none. It must be data that can be cloned. */
  share<Value>(value?: Value): Value;
  /**
   * What is wrong on the first rank on which something is, with its number and its machine; `undefined` when all is well everywhere. A request to
   * stop one rank becomes one to all.
   */
  problem(own: string | undefined): string | undefined;
  /** Ends the communication: all ranks call it. */
  close(): void;
}

/** Joins the other ranks of a run. `flag`: the requests to this rank. */
export function openTeam(place: RankPlace, flag: StopFlag): Team {
  const communicator = joinRanks(place);
  const { rank, size } = communicator;
  const processes = gather<RankProcess>(communicator, { rank, pid: Deno.pid, host: Deno.hostname() });
  return {
    rank,
    size,
    collective: rankCollective(communicator),
    flag,
    processes,
    share: <Value>(value?: Value) => shareFrom(communicator, 0, value) as Value,
    problem(own) {
      const states = gather(communicator, { text: own ?? "", stop: flag.order });
      states.forEach(({ stop }) => stop !== 0 && flag.passOn(stop));
      const first = states.findIndex(({ text }) => text !== "");
      return first < 0 ? undefined : `rank ${first} on ${processes[first].host}: ${states[first].text}`;
    },
    close: communicator.close,
  };
}

/** Lets the other ranks end, where rank 0 ends before it has started. */
export function dismissRanks(place: RankPlace): void {
  const team = openTeam(place, stopFlag());
  team.share(undefined);
  team.close();
}

/** A value of one rank, on all. */
function shareFrom(communicator: Communicator, from: number, value: unknown): unknown {
  const isMine = communicator.rank === from, packed = isMine ? serialize(value) : undefined;
  const length = new Float64Array(new ArrayBuffer(8));
  length[0] = packed?.length ?? 0;
  communicator.broadcast(new Uint8Array(length.buffer), from);
  const bytes = new Uint8Array(new ArrayBuffer(length[0]));
  if (packed !== undefined) bytes.set(packed);
  communicator.broadcast(bytes, from);
  return isMine ? value : deserialize(Buffer.from(bytes.buffer));
}

/** The values of all ranks, on all. */
function gather<Value>(communicator: Communicator, value: Value): Value[] {
  return Array.from(
    { length: communicator.size },
    (_, from) => shareFrom(communicator, from, value) as Value,
  );
}
