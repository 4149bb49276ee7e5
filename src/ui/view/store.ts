/** Holds the newest view and the past, and notifies the screen at the frame rate, however many events there are. @module */
import { type FrameScheduler, frameScheduler, type Used } from "../terminal/frame_scheduler.ts";
import type { Comparison } from "./comparison.ts";
import type { FrameRates } from "../terminal/frame_rates.ts";
import { type Timeline, timeline } from "./timeline.ts";
import type { View } from "../../run/fold/view.ts";

/** The data of a frame. */
export interface Snapshot {
  /** The newest view; its pictures may be a little older. */
  readonly view: View;
  /** The view for the curves, which is updated less often. */
  readonly calm: View;
  readonly compare: Comparison | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Holds the newest view. */
export interface ViewStore {
  set(view: View): void;
  /** The run to compare with, or none. */
  compare(other: Comparison | undefined): void;
  readonly past: Timeline;
  snapshot(): Snapshot;
  /** Calls back when there is a new snapshot; returns the function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  /** Publishes the last view, and stops the timers. */
  close(): void;
}

/** Milliseconds until the first view is published. */
const FIRST = 100;

/** A store that publishes views at these frame rates. */
export function viewStore(view: View, rates: FrameRates, used: Used): ViewStore {
  const listeners = new Set<() => void>();
  const past = timeline();
  const scheduler = frameScheduler(rates, used);
  let newest = view, other: Comparison | undefined;
  let shown: Snapshot = { view, calm: view, compare: undefined, now: Date.now() };
  let pending: ReturnType<typeof setTimeout> | undefined;
  function publish(): void {
    clearTimeout(pending);
    pending = undefined;
    shown = next(shown, newest, other, scheduler);
    listeners.forEach((listener) => listener());
  }
  /** The scheduler may delay the frame: the cost of the last one is known only now. */
  function publishInTime(): void {
    const rest = scheduler.wait(performance.now(), isNews(shown.view, newest));
    if (rest <= 0) publish();
    else pending = setTimeout(publishInTime, rest);
  }
  const clock = setInterval(() => pending ??= setTimeout(publishInTime, 0), rates.tick);
  // The first view of a run is shown without delay.
  const soon = () =>
    pending ??= shown.view.run === null
      ? setTimeout(publish, FIRST)
      : setTimeout(publishInTime, rates.parts.figures.every());
  return {
    set(view) {
      // News shorten a longer delay.
      if (!isNews(shown.view, newest) && isNews(newest, view)) {
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
    snapshot: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(clock);
      publish();
    },
  };
}

/** Whether there is something rare and important: a stage, a warning or the end. */
function isNews(before: View, now: View): boolean {
  return now.stages !== before.stages || now.warnings !== before.warnings || now.end !== before.end;
}

/** The next snapshot: a part that is not due stays as it is. */
function next(
  shown: Snapshot,
  newest: View,
  compare: Comparison | undefined,
  scheduler: FrameScheduler,
): Snapshot {
  const { preview, latent } = shown.view;
  const pictures = newest.preview !== preview || newest.latent !== latent;
  const part = scheduler.begin(performance.now(), { pictures, curves: true });
  // The first and the last view are shown in full at once.
  const isNew = newest.trainings.length !== shown.calm.trainings.length || newest.end !== null ||
    compare !== shown.compare;
  const keepsPictures = pictures && part !== "pictures" && preview !== null && !isNew;
  return {
    view: keepsPictures ? { ...newest, preview, latent } : newest,
    calm: part === "curves" || isNew ? newest : shown.calm,
    compare,
    now: Date.now(),
  };
}
