/** Spreads what a screen writes over time, so that a slow line carries it: a part that was dear waits longer for its next turn. @module */
import type { Rhythm } from "./rhythm.ts";

/** The parts of a frame. The figures change with each frame; curves and pictures have turns. */
export type Part = keyof Rhythm["parts"];

/** Knows whose turn it is. Its clock is one that nobody sets: milliseconds since whenever. */
export interface Budget {
  /** Milliseconds until the next frame. */
  wait(now: number): number;
  /** Begins a frame, with the parts that have something new; gives the one that may change besides the figures. */
  begin(now: number, news: { readonly curves: boolean; readonly pictures: boolean }): Part;
}

/** Milliseconds that figures wait at the most: a screen that stands still looks dead. */
const LONGEST = 1000;

/** A budget in this rhythm; `bytes` tells how many were written so far. */
export function budget({ parts }: Rhythm, bytes: () => number): Budget {
  const due: Record<Part, number> = { figures: -Infinity, curves: -Infinity, pictures: -Infinity };
  let current: Part | undefined, begun = 0, before = 0;
  /** When all that was written would be through, if the line carried no more than the share of all. */
  let through = -Infinity;
  /** What the last frame cost decides when its part has another turn. */
  function settle(): void {
    if (current === undefined) return;
    const cost = bytes() - before;
    const after = (part: Part, share: number) => begun + Math.max(parts[part].every(), cost / share);
    due.figures = current === "figures"
      ? Math.min(begun + LONGEST, after("figures", parts.figures.share))
      : begun + parts.figures.every();
    if (current === "curves") due.curves = after("curves", parts.curves.share);
    if (current === "pictures") due.pictures = begun + parts.pictures.every();
    through = Math.max(through, begun) + cost / parts.pictures.share;
    [current, before] = [undefined, bytes()];
  }
  return {
    wait(now) {
      settle();
      return Math.max(0, due.figures - now);
    },
    begin(now, news) {
      settle();
      current = news.pictures && now >= Math.max(due.pictures, through)
        ? "pictures"
        : news.curves && now >= due.curves
        ? "curves"
        : "figures";
      begun = now;
      return current;
    },
  };
}
