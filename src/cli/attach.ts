/** Shows a run of another process from its events. @module */
import { followEvents, openFollower } from "../run/follow_events.ts";
import type { Controls, ScreenOptions } from "../ui/screen.ts";
import type { Comparison } from "../ui/view/comparison.ts";
import { openDashboard } from "../ui/screens/open_screen.ts";
import { initialView } from "../run/fold/fold.ts";
import { reduce } from "../ui/view/reduce.ts";

/** Milliseconds between two polls of a run to compare with. */
const COMPARE_MS = 1000;

/** The terminal, and its colours. */
export type ScreenSetup = Pick<ScreenOptions, "stdout" | "stdin" | "write" | "color" | "every">;

/** Options for {@link attach}. */
export interface Attachment {
  readonly folder: string;
  readonly setup: ScreenSetup;
  readonly controls: Controls;
  /** The folder of a run to compare with. */
  readonly compare?: string;
  /** Abort it to close the screen. */
  readonly leaving: AbortController;
}

/** Shows the dashboard of a run until it is closed, or until the run's folder is removed. */
export async function attach({ folder, setup, controls, compare, leaving }: Attachment): Promise<void> {
  const screen = await openDashboard({ ...setup, controls });
  const stopComparing = compare === undefined
    ? () => {}
    : keepComparing(compare, (other) => screen.compare(other));
  let isGone = false;
  await followEvents(folder, {
    signal: leaving.signal,
    // A run that starts over emits a new `run` event first, which empties the view.
    onEvents: (events) => events.forEach((event) => screen.event(event)),
    onProgress: screen.progress,
    onGone: () => isGone = true,
  });
  stopComparing();
  await screen.finish();
  if (isGone) setup.write(`${folder} was removed while it was shown\n`);
}

/** Follows another run to compare with; returns a function that stops it. */
function keepComparing(folder: string, show: (other: Comparison) => void): () => void {
  const follower = openFollower(folder), name = folder.split("/").at(-1)!;
  let view = initialView();
  function poll(): void {
    const { events } = follower.read();
    if (events.length === 0) return;
    view = events.reduce(reduce, view);
    show({ name, view });
  }
  poll();
  const timer = setInterval(poll, COMPARE_MS);
  return () => {
    clearInterval(timer);
    follower.close();
  };
}
