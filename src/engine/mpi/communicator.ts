// R = ranks: the processes that were started together, counted from 0.

/**
 * Messages among all ranks. All calls must come from one thread, the one that connected, and every rank must make the same calls in the same
 * order.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import type { RankPlace } from "./launcher.ts";
import { type MpiLibrary, openMpiLibrary } from "./library.ts";

/** Numbers that are sent as they are. */
export type Numbers = Float32Array | Float64Array | Uint8Array;

/** Where in a vector the part of each rank begins, and how long it is, in numbers. */
export interface Ranges {
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
}

/** All ranks of a program, seen from one of them. */
export interface Communicator {
  readonly rank: number;
  readonly size: number;
  /** Whether all ranks are on one machine, as their launcher says. */
  readonly isOneMachine: boolean;
  /** Waits for all ranks. */
  barrier(): void;
  /** Copies the bytes of one rank to all others, which give room of the same length. */
  broadcast(bytes: Uint8Array, from: number): void;
  /** Prepares a call that copies the numbers of each rank, `own.length` of them, into `all` of all ranks: [R, own.length]. */
  gatherer<Kind extends Numbers>(own: Kind, all: Kind): () => void;
  /** Prepares a call that copies each rank's range of a vector into the vectors of all others. */
  rangeGatherer(vector: Float32Array, ranges: Ranges): () => void;
  /** Prepares a call that sends range r of one vector to rank r, and receives what it is sent by rank r into range r of another. */
  exchanger(
    from: { readonly vector: Float32Array; readonly ranges: Ranges },
    to: { readonly vector: Float32Array; readonly ranges: Ranges },
  ): () => void;
  /** Prepares a call that adds numbers of this rank to others of it: `to[i] += from[i]`, in single precision. */
  adder(to: Float32Array, from: Float32Array): () => void;
  /** Ends the use of MPI. Every rank must call it, and none may communicate after it. */
  close(): void;
}

/** An address that MPI takes for "in place". */
const IN_PLACE = 1n;

/** At most how many bytes one call broadcasts: counts have 32 bits. */
const MOST_BYTES = 2 ** 30;

/**
 * Joins the other ranks: returns when all have joined.
 *
 * @throws {UsageError} When there is no library of Open MPI.
 * @throws {RunError} When the library does not see the ranks that the launcher has started.
 */
export function joinRanks({ rank, size, local }: RankPlace): Communicator {
  yieldWhenIdle(local);
  const library = openMpiLibrary(), { functions, handles: { world, errorsReturn } } = library;
  const check = checkBy(library);
  check(functions.MPI_Init(null, null), "MPI_Init");
  // Else an error ends the process inside the library.
  check(functions.MPI_Comm_set_errhandler(world, errorsReturn), "MPI_Comm_set_errhandler");
  const number = (
    call: (handle: Deno.PointerValue, out: Int32Array<ArrayBuffer>) => number,
    what: string,
  ) => {
    const out = new Int32Array(1);
    check(call(world, out), what);
    return out[0];
  };
  const found = {
    rank: number(functions.MPI_Comm_rank, "MPI_Comm_rank"),
    size: number(functions.MPI_Comm_size, "MPI_Comm_size"),
  };
  if (found.rank !== rank || found.size !== size) {
    throw new RunError(
      `Open MPI must see rank ${rank} of ${size}, as its launcher says, got rank ${found.rank} of ${found.size} ` +
        "(mpirun and the library must be of the same Open MPI; Slurm needs srun --mpi=pmix)",
    );
  }
  return communicator(library, { ...found, isOneMachine: local === size }, check);
}

/**
 * Lets ranks that wait give up their core where there are more ranks than cores: Open MPI spins otherwise. `mpirun` sets this by the slots that it
 * knows of, `srun` does not.
 */
function yieldWhenIdle(local: number): void {
  const name = "OMPI_MCA_mpi_yield_when_idle";
  if (local <= navigator.hardwareConcurrency || Deno.env.get(name) !== undefined) return;
  Deno.env.set(name, "1");
}

type Check = (code: number, what: string) => void;

/** Throws the message of an error code. */
function checkBy({ functions }: MpiLibrary): Check {
  return (code, what) => {
    if (code === 0) return;
    const text = new Uint8Array(256), length = new Int32Array(1);
    functions.MPI_Error_string(code, text, length);
    const message = new TextDecoder().decode(text.subarray(0, length[0]));
    throw new RunError(`Open MPI must exchange numbers with the other ranks, got in ${what}: ${message}`);
  };
}

function communicator(
  { functions, handles }: MpiLibrary,
  { rank, size, isOneMachine }: Pick<Communicator, "rank" | "size" | "isOneMachine">,
  check: Check,
): Communicator {
  const { world, bytes, floats, doubles, sum } = handles;
  const inPlace = Deno.UnsafePointer.create(IN_PLACE);
  const typeOf = (numbers: Numbers) =>
    numbers instanceof Float32Array ? floats : numbers instanceof Float64Array ? doubles : bytes;
  return {
    rank,
    size,
    isOneMachine,
    barrier: () => check(functions.MPI_Barrier(world), "MPI_Barrier"),
    broadcast(all, from) {
      for (let at = 0; at < all.length; at += MOST_BYTES) {
        const piece = all.subarray(at, at + MOST_BYTES);
        check(functions.MPI_Bcast(pointerTo(piece), piece.length, bytes, from, world), "MPI_Bcast");
      }
    },
    gatherer(own, all) {
      const from = pointerTo(own), to = pointerTo(all), type = typeOf(own);
      return () =>
        check(
          functions.MPI_Allgather(from, own.length, type, to, all.length / size, type, world),
          "MPI_Allgather",
        );
    },
    rangeGatherer(vector, ranges) {
      const at = pointerTo(vector), { lengths, starts, kept } = rangePointers(ranges);
      return () => {
        void kept;
        const code = functions.MPI_Allgatherv(inPlace, 0, floats, at, lengths, starts, floats, world);
        check(code, "MPI_Allgatherv");
      };
    },
    exchanger(from, to) {
      const source = pointerTo(from.vector), target = pointerTo(to.vector);
      const sent = rangePointers(from.ranges), received = rangePointers(to.ranges);
      return () => {
        const code = functions.MPI_Alltoallv(
          source,
          sent.lengths,
          sent.starts,
          floats,
          target,
          received.lengths,
          received.starts,
          floats,
          world,
        );
        check(code, "MPI_Alltoallv");
      };
    },
    adder(to, from) {
      const target = pointerTo(to), source = pointerTo(from);
      return () =>
        check(functions.MPI_Reduce_local(source, target, to.length, floats, sum), "MPI_Reduce_local");
    },
    close: () => check(functions.MPI_Finalize(), "MPI_Finalize"),
  };
}

function pointerTo(numbers: Numbers): Deno.PointerValue {
  return Deno.UnsafePointer.of(numbers as Numbers & ArrayBufferView<ArrayBuffer>);
}

/** Ranges as MPI takes them, with the memory that the pointers lead to. */
function rangePointers({ starts, lengths }: Ranges) {
  // Memory outside of the garbage-collected heap, which stays where it is.
  const kept = [lengths, starts].map((numbers) => {
    const copy = new Int32Array(new ArrayBuffer(4 * numbers.length));
    copy.set(numbers);
    return copy;
  });
  const [first, second] = kept.map((numbers) => Deno.UnsafePointer.of(numbers));
  return { lengths: first, starts: second, kept };
}
