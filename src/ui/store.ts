/** Between thousands of events and ten frames a second: holds the newest view and the past, and tells of them now and then. @module */
import { type Budget, budget, type Used } from "./budget.ts";
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
export function viewStore(view: View, rhythm: Rhythm, used: Used): ViewStore {
  const listeners = new Set<() => void>();
  const past = timeline();
  const turns = budget(rhythm, used);
  let newest = view, other: Comparison | undefined;
  let told: Snapshot = { view, calm: view, compare: undefined, now: Date.now() };
  let pending: ReturnType<typeof setTimeout> | undefined;
  function tell(): void {
    clearTimeout(pending);
    pending = undefined;
    told = next(told, newest, other, turns);
    listeners.forEach((listener) => listener());
  }
  /** Too early: what the last frame cost is known only now. */
  function tellInTime(): void {
    const rest = turns.wait(performance.now(), isNews(told.view, newest));
    if (rest <= 0) tell();
    else pending = setTimeout(tellInTime, rest);
  }
  const clock = setInterval(() => pending ??= setTimeout(tellInTime, 0), rhythm.tick);
  // The first view of a run is worth no waiting.
  const soon = () =>
    pending ??= told.view.run === null
      ? setTimeout(tell, FIRST)
      : setTimeout(tellInTime, rhythm.parts.figures.every());
  return {
    set(view) {
      // The first news end a longer wait.
      if (!isNews(told.view, newest) && isNews(newest, view)) {
        clearTimeout(pending);
        pending = undefined;
      }
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

/** Whether something came that is seldom, and is waited for. */
function isNews(before: View, now: View): boolean {
  return now.stages !== before.stages || now.warnings !== before.warnings || now.end !== before.end;
}

/** The next snapshot: a part that has no turn keeps what it shows. */
function next(told: Snapshot, newest: View, compare: Comparison | undefined, turns: Budget): Snapshot {
  const { preview, latent } = told.view;
  const pictures = newest.preview !== preview || newest.latent !== latent;
  const part = turns.begin(performance.now(), { pictures, curves: true });
  // What is seen for the first time, or for the last, waits for no turn.
  const isNew = newest.trainings.length !== told.calm.trainings.length || newest.end !== null ||
    compare !== told.compare;
  const keepsPictures = pictures && part !== "pictures" && preview !== null && !isNew;
  return {
    view: keepsPictures ? { ...newest, preview, latent } : newest,
    calm: part === "curves" || isNew ? newest : told.calm,
    compare,
    now: Date.now(),
  };
}
