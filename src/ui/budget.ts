/**
 * Spreads over time what a screen writes, so that a slow line carries it, and what it computes, so that a training which uses all cores
 * does not notice it: what was dear waits longer for its next turn.
 *
 * @module
 */
import type { Rhythm } from "./rhythm.ts";

/** The parts of a frame. The figures change with each frame; curves and pictures have turns. */
export type Part = keyof Rhythm["parts"];

/** What a screen has used so far. */
export interface Used {
  /** Bytes written. */
  bytes(): number;
  /** Milliseconds of processor time. */
  cpu(): number;
}

/** Knows whose turn it is. Its clock is one that nobody sets: milliseconds since whenever. */
export interface Budget {
  /** Milliseconds until the next frame; one with news waits for no processor time. */
  wait(now: number, hasNews?: boolean): number;
  /** Begins a frame, with the parts that have something new; gives the one that may change besides the figures. */
  begin(now: number, news: { readonly curves: boolean; readonly pictures: boolean }): Part;
}

/** Milliseconds that figures wait at the most: a screen that stands still looks dead. */
const LONGEST = 1000;

/** Milliseconds that a frame waits at the most for processor time. */
const LONGEST_CPU = 4000;
/** Milliseconds of processor time that are free: a screen starts at full speed. */
const FREE_CPU = 300;

/** A budget in this rhythm. */
export function budget({ parts, cpuShare }: Rhythm, { bytes, cpu }: Used): Budget {
  const due: Record<Part, number> = { figures: -Infinity, curves: -Infinity, pictures: -Infinity };
  const debt = debtOf(cpuShare, cpu());
  const last = { curves: -Infinity, pictures: -Infinity };
  let current: Part | undefined, begun = 0, before = 0;
  /** When all that was written would be through, if the line carried no more than the share of all. */
  let through = -Infinity;
  /** What the last frame cost decides when its part has another turn. */
  function settle(now: number): void {
    if (current === undefined) return;
    debt.pay(cpu(), now);
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
    wait(now, hasNews = false) {
      settle(now);
      return Math.max(0, due.figures - now, hasNews ? 0 : debt.wait(now));
    },
    begin(now, news) {
      settle(now);
      const isDue = {
        pictures: news.pictures && now >= Math.max(due.pictures, through),
        curves: news.curves && now >= due.curves,
      };
      // Where frames are rare both are due each time, and take turns.
      const goesFirst = isDue.curves && last.curves < last.pictures ? "curves" : "pictures";
      current = isDue[goesFirst] ? goesFirst : isDue.curves ? "curves" : "figures";
      if (current !== "figures") last[current] = now;
      begun = now;
      return current;
    },
  };
}

/** Processor time that was taken since it was `used`, and is not yet earned: each millisecond earns `share` of one. */
function debtOf(share: number, used: number) {
  let owed = -FREE_CPU, paid = used, at: number | undefined;
  return {
    /** `used` is what was taken so far, since whenever. */
    pay(used: number, now: number): void {
      owed += used - paid - (now - (at ?? now)) * share;
      // Neither a long rest nor a dear start is remembered for long.
      owed = Math.min(LONGEST_CPU * share, Math.max(-FREE_CPU, owed));
      [paid, at] = [used, now];
    },
    wait: (now: number) => owed / share - (now - (at ?? now)),
  };
}
