/** Holds the rows of the table of runs, and notifies subscribers at a limited rate. @module */
import type { RunRow } from "./run_row.ts";

/** The newest rows. */
export interface RowsStore {
  set(rows: readonly RunRow[]): void;
  snapshot(): readonly RunRow[];
  /** Calls back when there are new rows; returns the function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

/** A store that notifies its subscribers at most once per `frame` milliseconds. */
export function rowsStore(rows: readonly RunRow[], frame: number): RowsStore {
  const listeners = new Set<() => void>();
  let newest = rows, shown = rows;
  let pending: ReturnType<typeof setTimeout> | undefined;
  function publish(): void {
    pending = undefined;
    shown = newest;
    listeners.forEach((listener) => listener());
  }
  return {
    set(rows) {
      newest = rows;
      pending ??= setTimeout(publish, frame);
    },
    snapshot: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => clearTimeout(pending),
  };
}
