/** Between thousands of events and ten frames a second: holds the newest view and the past, and tells of them now and then. @module */
import type { Comparison } from "./compare.ts";
import type { Rhythm } from "./rhythm.ts";
import { type Timeline, timeline } from "./timeline.ts";
import type { View } from "./view.ts";

/** What a frame is made of. */
export interface Snapshot {
  /** The newest view; its pictures may be a little older. */
  readonly view: View;
  /** The view for the curves: now and then the newest. */
  readonly calm: View;
  readonly compare: Comparison | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The newest view. */
export interface ViewStore {
  set(view: View): void;
  /** The run to compare with, or none. */
  compare(other: Comparison | undefined): void;
  readonly past: Timeline;
  snapshot(): Snapshot;
  /** Calls back when there is a new snapshot; gives the function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Tells of the last view, and ends the timers. */
  close(): void;
}

/** Milliseconds until the first view is told. */
const FIRST = 100;

/** A store that tells in this rhythm. */
export function viewStore(view: View, rhythm: Rhythm): ViewStore {
  const listeners = new Set<() => void>();
  const past = timeline();
  let newest = view, other: Comparison | undefined;
  let told: Snapshot = { view, calm: view, compare: undefined, now: Date.now() };
  let calmed = -Infinity, pictured = -Infinity;
  let pending: ReturnType<typeof setTimeout> | undefined;
  function tell(): void {
    clearTimeout(pending);
    pending = undefined;
    const now = Date.now();
    const isCalm = now - calmed < rhythm.calm && newest.trainings.length === told.calm.trainings.length;
    if (!isCalm) calmed = now;
    const { preview, latent } = told.view;
    const isNew = newest.preview !== preview || newest.latent !== latent;
    const keepsPictures = isNew && preview !== null && now - pictured < rhythm.pictures;
    if (isNew && !keepsPictures) pictured = now;
    told = {
      view: keepsPictures ? { ...newest, preview, latent } : newest,
      calm: isCalm ? told.calm : newest,
      compare: other,
      now,
    };
    listeners.forEach((listener) => listener());
  }
  const clock = setInterval(tell, rhythm.tick);
  // The first view of a run is worth no waiting.
  const wait = () => told.view.run === null ? Math.min(FIRST, rhythm.frame()) : rhythm.frame();
  const soon = () => pending ??= setTimeout(tell, wait());
  return {
    set(view) {
      newest = view;
      past.take(view);
      soon();
    },
    compare(comparison) {
      other = comparison;
      soon();
    },
    past,
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
