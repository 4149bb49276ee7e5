/** Holds the rows of the table of runs, and tells of them now and then. @module */
import type { RunRow } from "./run_row.ts";

/** The newest rows. */
export interface RowsStore {
  set(rows: readonly RunRow[]): void;
  snapshot(): readonly RunRow[];
  /** Calls back when there are new rows; gives the function that ends it. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

/** A store that tells at most once in so many milliseconds. */
export function rowsStore(rows: readonly RunRow[], frame: number): RowsStore {
  const listeners = new Set<() => void>();
  let newest = rows, told = rows;
  let pending: ReturnType<typeof setTimeout> | undefined;
  function tell(): void {
    pending = undefined;
    told = newest;
    listeners.forEach((listener) => listener());
  }
  return {
    set(rows) {
      newest = rows;
      pending ??= setTimeout(tell, frame);
    },
    snapshot: () => told,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => clearTimeout(pending),
  };
}
