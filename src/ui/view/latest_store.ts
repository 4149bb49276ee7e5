/** Holds the newest of some values, and notifies subscribers at a limited rate. @module */

/** The newest value. */
export interface LatestStore<Value> {
  set(value: Value): void;
  /** The value that subscribers know, and the newest one. */
  snapshot(): Value;
  newest(): Value;
  /** Calls back when there is a new value; returns the function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

/** A store that notifies its subscribers at most once per `frame` milliseconds. */
export function latestStore<Value>(value: Value, frame: number): LatestStore<Value> {
  const listeners = new Set<() => void>();
  let newest = value, shown = value;
  let pending: ReturnType<typeof setTimeout> | undefined;
  function publish(): void {
    pending = undefined;
    shown = newest;
    listeners.forEach((listener) => listener());
  }
  return {
    set(value) {
      newest = value;
      pending ??= setTimeout(publish, frame);
    },
    snapshot: () => shown,
    newest: () => newest,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => clearTimeout(pending),
  };
}
