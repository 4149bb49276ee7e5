/** The last lines that `--ui plain` would have written, for the dashboard to show in the place of its panels. @module */
import type { RunEvent } from "../pipeline/events.ts";
import type { Progress } from "../run/progress.ts";
import type { LogEvery } from "./choose.ts";
import { plainTeller } from "./plain.ts";
import type { ColorLevel } from "./theme.ts";
import type { View } from "./view.ts";
import { wrap } from "./wrap.ts";

/** Lines that are kept at the least. */
export const KEPT_LINES = 200;

/** The newest lines of a log. */
export interface LogBuffer {
  /** Takes the next event, and the view after it. */
  take(event: RunEvent, view: View): void;
  /** Takes how far the current epoch is, and the view with it. */
  progress(progress: Progress, view: View): void;
  /** The last lines as they stand at a time, wrapped to a width, at most so many. */
  lines(now: number, size: { width: number; height: number }): string[];
}

/** An empty log. Its clock is that of the events, so that it says of a run of last week what it would have said then. */
export function logBuffer(color: ColorLevel, every?: LogEvery): LogBuffer {
  let kept: string[] = [];
  let clock = 0;
  let due: { readonly at: number; readonly tell: () => void } | undefined;
  const teller = plainTeller({
    color,
    every,
    now: () => clock,
    write(text) {
      kept.push(...text.replace(/\n$/, "").split("\n"));
      if (kept.length > 2 * KEPT_LINES) kept = kept.slice(-KEPT_LINES);
    },
    later(tell, milliseconds) {
      const mine = due = { at: clock + milliseconds, tell };
      return () => due = due === mine ? undefined : due;
    },
  });
  function advance(time: number): void {
    if (due !== undefined && time >= due.at) {
      const { at, tell } = due;
      due = undefined;
      clock = at;
      tell();
    }
    clock = time;
  }
  return {
    take(event, view) {
      advance(event.t);
      teller.tell(event, view);
      if (event.type === "end") teller.finish(view);
    },
    progress(progress, view) {
      advance(Math.max(clock, progress.at));
      teller.progress(progress, view);
    },
    lines(now, { width, height }) {
      advance(Math.max(clock, now));
      return kept.slice(-height).flatMap((line) => wrap(line, width)).slice(-height);
    },
  };
}
