/**
 * Limits the output and the processor time of a screen, so that a slow connection keeps up and a training on all cores is not slowed
 * down: the more a part of the screen cost, the longer until it is drawn again.
 *
 * @module
 */
import type { FrameRates } from "./frame_rates.ts";

/** The parts of a frame. Figures change with every frame; curves and pictures are redrawn less often. */
export type Part = keyof FrameRates["parts"];

/** The resources that a screen has used so far. */
export interface Used {
  /** Bytes written. */
  bytes(): number;
  /** Milliseconds of processor time. */
  cpu(): number;
}

/** Decides when the next frame is drawn, and which parts of it change. Times are milliseconds of a monotonic clock. */
export interface FrameScheduler {
  /** Milliseconds until the next frame. The limit on processor time does not delay a frame with news. */
  wait(now: number, hasNews?: boolean): number;
  /** Starts a frame, given the parts that have new data; returns the part that may change besides the figures. */
  begin(now: number, news: { readonly curves: boolean; readonly pictures: boolean }): Part;
}

/** The longest time between two updates of the figures, in milliseconds: a screen that does not change looks frozen. */
const LONGEST = 1000;

/** The longest time that the limit on processor time delays a frame, in milliseconds. */
const LONGEST_CPU = 4000;
/** Milliseconds of processor time that are not limited, so that a screen starts at full speed. */
const FREE_CPU = 300;

/** A scheduler for these frame rates. */
export function frameScheduler({ parts, cpuShare }: FrameRates, { bytes, cpu }: Used): FrameScheduler {
  const due: Record<Part, number> = { figures: -Infinity, curves: -Infinity, pictures: -Infinity };
  const debt = debtOf(cpuShare, cpu());
  const last = { curves: -Infinity, pictures: -Infinity };
  let current: Part | undefined, startedAt = 0, before = 0;
  /** When all output so far would be transmitted at the rate of all parts together. */
  let through = -Infinity;
  /** Schedules the next update of the part that the last frame drew, by what the frame cost. */
  function settle(now: number): void {
    if (current === undefined) return;
    debt.pay(cpu(), now);
    const cost = bytes() - before;
    const after = (part: Part, share: number) => startedAt + Math.max(parts[part].every(), cost / share);
    due.figures = current === "figures"
      ? Math.min(startedAt + LONGEST, after("figures", parts.figures.share))
      : startedAt + parts.figures.every();
    if (current === "curves") due.curves = after("curves", parts.curves.share);
    if (current === "pictures") due.pictures = startedAt + parts.pictures.every();
    through = Math.max(through, startedAt) + cost / parts.pictures.share;
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
      // When frames are rare, both are due each time: then they alternate.
      const goesFirst = isDue.curves && last.curves < last.pictures ? "curves" : "pictures";
      current = isDue[goesFirst] ? goesFirst : isDue.curves ? "curves" : "figures";
      if (current !== "figures") last[current] = now;
      startedAt = now;
      return current;
    },
  };
}

/** The processor time above the limit, counted from `used` on: each millisecond of wall time allows `share` of a millisecond. */
function debtOf(share: number, used: number) {
  let owed = -FREE_CPU, paid = used, at: number | undefined;
  return {
    /** `used` is the total processor time so far. */
    pay(used: number, now: number): void {
      owed += used - paid - (now - (at ?? now)) * share;
      // Bounded, so that neither a long pause nor an expensive start has an effect for long.
      owed = Math.min(LONGEST_CPU * share, Math.max(-FREE_CPU, owed));
      [paid, at] = [used, now];
    },
    wait: (now: number) => owed / share - (now - (at ?? now)),
  };
}
