/** Spreads what a screen writes over time, so that a slow line carries it: a part that was dear waits longer for its next turn. @module */
import type { Rhythm } from "./rhythm.ts";

/** The parts of a frame. The figures change with each frame; curves and pictures have turns. */
export type Part = keyof Rhythm["parts"];

/** Knows whose turn it is. */
export interface Budget {
  /** Milliseconds until the next frame. */
  wait(now: number): number;
  /** Begins a frame, with the parts that have something new; gives the one that may change besides the figures. */
  begin(now: number, news: { readonly curves: boolean; readonly pictures: boolean }): Part;
}

/** A budget in this rhythm; `bytes` tells how many were written so far. */
export function budget({ parts }: Rhythm, bytes: () => number): Budget {
  const due: Record<Part, number> = { figures: -Infinity, curves: -Infinity, pictures: -Infinity };
  let current: Part | undefined, begun = 0, before = 0;
  /** What the last frame cost decides when its part has another turn. */
  function settle(): void {
    if (current === undefined) return;
    const { every, share } = parts[current];
    due[current] = begun + Math.max(every(), (bytes() - before) / share);
    due.figures = begun + Math.max(parts.figures.every(), current === "figures" ? due.figures - begun : 0);
  }
  return {
    wait(now) {
      settle();
      return Math.max(0, due.figures - now);
    },
    begin(now, news) {
      settle();
      current = news.pictures && now >= due.pictures
        ? "pictures"
        : news.curves && now >= due.curves
        ? "curves"
        : "figures";
      [begun, before] = [now, bytes()];
      return current;
    },
  };
}
