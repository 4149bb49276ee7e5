/**
 * Where ranks that share memory wait for one another. In MPI's barrier they spin, or yield their core again and again where they are more than
 * cores; here they sleep, at once or after a while, and leave the core to those that compute.
 *
 * @module
 */
import type { SharedMemory } from "./shared_memory.ts";

/** Bytes of a barrier: each counter has a cache line of its own. */
export const BARRIER_BYTES = 256;

/** The integers of a barrier: how many ranks have arrived, how often all have, and how many sleep. */
const ARRIVED = 0, ROUND = 32, SLEEPING = 48;

/**
 * A call that returns when all ranks have called it. A rank that waits looks for `spinMs` milliseconds whether the last one has arrived, and
 * sleeps from then on.
 */
export function rankBarrier(memory: SharedMemory, size: number, spinMs: number): () => void {
  const counters = memory.integers(0, BARRIER_BYTES / 4), sleeper = memory.sleeper(4 * ROUND);
  return () => {
    const round = Atomics.load(counters, ROUND);
    if (Atomics.add(counters, ARRIVED, 1) === size - 1) {
      Atomics.store(counters, ARRIVED, 0);
      Atomics.add(counters, ROUND, 1);
      if (Atomics.load(counters, SLEEPING) > 0) sleeper.wake();
      return;
    }
    const end = performance.now() + spinMs;
    while (Atomics.load(counters, ROUND) === round) {
      if (performance.now() < end) continue;
      Atomics.add(counters, SLEEPING, 1);
      while (Atomics.load(counters, ROUND) === round) sleeper.sleep(round);
      Atomics.sub(counters, SLEEPING, 1);
    }
  };
}
