/** The last lines of the plain log, which the dashboard can show instead of its panels. @module */
import type { RunEvent } from "../../pipeline/events.ts";
import type { EpochProgress } from "../../run/progress.ts";
import type { LogEvery } from "../screen.ts";
import { plainReporter } from "./plain.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import type { View } from "../../run/fold/view.ts";
import { wrap } from "../text/wrap.ts";

/** Minimum number of lines that are kept. */
export const KEPT_LINES = 200;

/** The newest lines of a log. */
export interface LogBuffer {
  /** Takes the next event and the view after it. */
  take(event: RunEvent, view: View): void;
  /** Takes the progress of the current epoch and the view with it. */
  progress(progress: EpochProgress, view: View): void;
  /** The last lines at a time, wrapped to `width`, at most `height`. */
  lines(now: number, size: { width: number; height: number }): string[];
}

/** Creates an empty log. Its clock is that of the events, so that a replayed run has the same log as a live one. */
export function logBuffer(color: ColorLevel, every?: LogEvery): LogBuffer {
  let kept: string[] = [];
  let clock = 0;
  let due: { readonly at: number; readonly callback: () => void } | undefined;
  const reporter = plainReporter({
    color,
    every,
    now: () => clock,
    write(text) {
      kept.push(...text.replace(/\n$/, "").split("\n"));
      if (kept.length > 2 * KEPT_LINES) kept = kept.slice(-KEPT_LINES);
    },
    later(callback, milliseconds) {
      const mine = due = { at: clock + milliseconds, callback };
      return () => due = due === mine ? undefined : due;
    },
  });
  function advance(time: number): void {
    if (due !== undefined && time >= due.at) {
      const { at, callback } = due;
      due = undefined;
      clock = at;
      callback();
    }
    clock = time;
  }
  return {
    take(event, view) {
      advance(event.t);
      reporter.report(event, view);
      if (event.type === "end") reporter.finish(view);
    },
    progress(progress, view) {
      advance(Math.max(clock, progress.at));
      reporter.progress(progress, view);
    },
    lines(now, { width, height }) {
      advance(Math.max(clock, now));
      return kept.slice(-height).flatMap((line) => wrap(line, width)).slice(-height);
    },
  };
}
