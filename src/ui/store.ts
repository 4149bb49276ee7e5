/** Between thousands of events and ten frames a second: holds the newest view, and tells of it now and then. @module */
import type { View } from "./view.ts";

/** What a frame is made of. */
export interface Snapshot {
  readonly view: View;
  /** The view for what is dear to draw and hard to read when it moves (the curves): now and then the newest. */
  readonly calm: View;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Milliseconds: between two snapshots at the least, the same for the calm part, and between two at the most (for clocks). */
export interface Rhythm {
  frame(): number;
  readonly calm: number;
  readonly tick: number;
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

/** A store that tells in this rhythm. */
export function viewStore(view: View, { frame, calm, tick }: Rhythm): ViewStore {
  const listeners = new Set<() => void>();
  let newest = view;
  let told: Snapshot = { view, calm: view, now: Date.now() };
  let calmed = -Infinity;
  let pending: ReturnType<typeof setTimeout> | undefined;
  function tell(): void {
    clearTimeout(pending);
    pending = undefined;
    const now = Date.now();
    const isCalm = now - calmed < calm && newest.trainings.length === told.calm.trainings.length;
    if (!isCalm) calmed = now;
    told = { view: newest, calm: isCalm ? told.calm : newest, now };
    listeners.forEach((listener) => listener());
  }
  const clock = setInterval(tell, tick);
  return {
    set(view) {
      newest = view;
      pending ??= setTimeout(tell, frame());
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
