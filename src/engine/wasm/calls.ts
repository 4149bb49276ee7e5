/**
 * Counts how often each kernel ran.
 *
 * @module
 */

/** Counters by kernel name. */
export interface CallCounter {
  /** Counts one run of a kernel; allocates only the first time. */
  add(name: string): void;
  /** All counts as plain data. */
  record(): Record<string, number>;
}

/** Starts with no counts. */
export function callCounter(): CallCounter {
  const counts = new Map<string, { times: number }>();
  return {
    add(name) {
      const count = counts.get(name);
      if (count === undefined) counts.set(name, { times: 1 });
      else count.times++;
    },
    record: () => Object.fromEntries([...counts].map(([name, { times }]) => [name, times])),
  };
}
