/** Between thousands of events and ten frames a second: holds the newest view, and tells of it now and then. @module */
import type { View } from "./view.ts";

/** What a frame is made of. */
export interface Snapshot {
  readonly view: View;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The newest view. */
export interface ViewStore {
  set(view: View): void;
  snapshot(): Snapshot;
  /** Calls back when there is a new snapshot; gives the function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Tells of the last view, and ends the timers. */
  close(): void;
}

/** A store that tells at most every `frame` and at least every `tick` milliseconds. */
export function viewStore(view: View, { frame, tick }: { frame: number; tick: number }): ViewStore {
  const listeners = new Set<() => void>();
  let newest = view;
  let told: Snapshot = { view, now: Date.now() };
  let pending: ReturnType<typeof setTimeout> | undefined;
  function tell(): void {
    clearTimeout(pending);
    pending = undefined;
    told = { view: newest, now: Date.now() };
    listeners.forEach((listener) => listener());
  }
  const clock = setInterval(tell, tick);
  return {
    set(view) {
      newest = view;
      pending ??= setTimeout(tell, frame);
    },
    snapshot: () => told,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(clock);
      tell();
    },
  };
}
