/**
 * A training that several workers of this process share: a collective on shared memory, which stands for one of several processes.
 *
 * @module
 */
import type { Collective, SummedBlock } from "../../src/core/collective.ts";
import { treeSums } from "../../src/core/parts.ts";
import { loadEngine } from "../../src/engine/load.ts";
import type { EngineName } from "../../src/engine/engine.ts";
import type { TrainingSnapshot } from "../../src/training/snapshot.ts";
import { type TinyFit, tinyFit } from "./tiny.ts";

/** What a worker trains; plain data. */
export interface SharedTiny {
  readonly rank: number;
  readonly size: number;
  /** A barrier's two counters, and the blocks of all workers. */
  readonly barrier: SharedArrayBuffer;
  readonly blocks: SharedArrayBuffer;
  readonly engine: EngineName;
  readonly fit: Pick<TinyFit, "model" | "options" | "seed" | "data"> & {
    /** Where to resume. */
    readonly found?: TrainingSnapshot;
  };
  /** Stops after so many batches of rank 0. */
  readonly stopAfter?: number;
}

/** What a worker gives back. */
export interface SharedResult {
  readonly parameters: Float32Array;
  readonly losses: readonly number[];
  readonly validations: readonly (number | undefined)[];
  readonly parts: readonly (Readonly<Record<string, number>> | undefined)[];
  readonly outcome: string;
  readonly error?: string;
}

const SLOT = 1 << 20;

/** Trains with `size` workers, of which each may have samples of its own; gives what each came to. */
export async function sharedFit(
  size: number,
  engine: EngineName,
  fit: SharedTiny["fit"] | ((rank: number) => SharedTiny["fit"]),
  stopAfter?: number,
): Promise<SharedResult[]> {
  const barrier = new SharedArrayBuffer(8), blocks = new SharedArrayBuffer(size * SLOT);
  const workers = Array.from(
    { length: size },
    () => new Worker(new URL("./shared_fit_worker.ts", import.meta.url), { type: "module" }),
  );
  try {
    return await Promise.all(workers.map((worker, rank) =>
      new Promise<SharedResult>((resolve, reject) => {
        const work: SharedTiny = {
          rank,
          size,
          barrier,
          blocks,
          engine,
          fit: typeof fit === "function" ? fit(rank) : fit,
          stopAfter,
        };
        worker.onmessage = ({ data }) => {
          if (data === "ready") worker.postMessage(work);
          else if ("thrown" in data) reject(new Error(data.thrown));
          else resolve(data);
        };
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
      })
    ));
  } finally {
    workers.forEach((worker) => worker.terminate());
  }
}

/** A worker's share of a training. */
export async function runShared(
  { engine, fit, stopAfter = Infinity, ...place }: SharedTiny,
): Promise<SharedResult> {
  let batches = 0;
  const { parameters, outcome, reports, error } = tinyFit({
    ...fit,
    checkpoints: { found: fit.found, due: () => false, save() {} },
    engine: await loadEngine(engine),
    collective: collectiveOf(place),
    stop: () => place.rank === 0 && batches >= stopAfter,
    progress: { begin() {}, batch: () => void batches++ },
  });
  return {
    parameters,
    outcome,
    losses: reports.map(({ loss }) => loss),
    validations: reports.map(({ validation }) => validation),
    parts: reports.map(({ parts }) => parts),
    error: error === undefined ? undefined : String(error),
  };
}

function collectiveOf({ rank, size, barrier, blocks }: Omit<SharedTiny, "engine" | "fit">): Collective {
  const counters = new Int32Array(barrier),
    places = (length: number) =>
      Array.from({ length: size }, (_, at) => new Float32Array(blocks, at * SLOT, length));
  function meet(): void {
    const round = Atomics.load(counters, 1);
    if (Atomics.add(counters, 0, 1) === size - 1) {
      Atomics.store(counters, 0, 0);
      Atomics.add(counters, 1, 1);
      Atomics.notify(counters, 1);
    } else if (Atomics.wait(counters, 1, round, 60_000) === "timed-out") {
      throw new Error(`worker ${rank} of ${size} got no answer of the others for 60 s`);
    }
  }
  return {
    rank,
    size,
    connect({ numbers, received, add }: SummedBlock) {
      // Each takes its range of all blocks through `received`, as ranges of equal length; sums it, and gives it to all.
      const length = numbers.length, each = Math.ceil(length / size), all = places(length);
      const first = Math.min(length, rank * each), count = Math.min(length, first + each) - first;
      const sums = treeSums(size), room = Math.floor(length / size);
      return {
        run() {
          all[rank].set(numbers);
          meet();
          for (let start = 0; start < count; start += room) {
            const some = Math.min(room, count - start), from = first + start;
            all.forEach((block, at) => received.set(block.subarray(from, from + some), at * room));
            for (const sum of sums) add(sum.to * room, sum.from * room, some);
            numbers.set(received.subarray(0, some), from);
          }
          meet();
          all[0].set(numbers.subarray(first, first + count), first);
          meet();
          numbers.set(all[0]);
          meet();
        },
        close() {},
      };
    },
    total(numbers) {
      const own = (at: number) => new Float64Array(blocks, at * SLOT, numbers.length);
      own(rank).set(numbers);
      meet();
      numbers.fill(0);
      for (let at = 0; at < size; at++) own(at).forEach((value, place) => numbers[place] += value);
      meet();
    },
  };
}
