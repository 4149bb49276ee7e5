/**
 * Reads the curves of trials, a few at a time.
 *
 * @module
 */
import { evenly } from "./evenly.ts";
import { readCurve, type TrialCurve } from "./curves.ts";
import { hasEnded, type TrialView } from "./view.ts";

/** The most points of a curve on a screen. */
export const SCREEN_POINTS = 100;
/** Curves that are read in one call, so that a call takes a moment. */
const AT_ONCE = 20;

/** The curves that have been read. */
export interface CurveReader {
  /** Reads some more of the trials that are wanted and have ended, the best first. */
  read(trials: readonly TrialView[], best: string | undefined): Promise<void>;
  /** In no order. */
  all(): readonly TrialCurve[];
}

/** A reader of the curves of at most `most` trials, evenly chosen, and of those that are best. */
export function curveReader(most: number): CurveReader {
  const curves = new Map<string, TrialCurve | undefined>();
  return {
    async read(trials, best) {
      const wanted = [...trials.filter(({ id }) => id === best), ...evenly(trials, most)];
      const open = new Set(wanted.filter((trial) => hasEnded(trial) && !curves.has(trial.id)));
      await Promise.all(
        [...open].slice(0, AT_ONCE).map(async ({ id, folder }) => {
          curves.set(id, folder === null ? undefined : await readCurve(folder, id, SCREEN_POINTS));
        }),
      );
    },
    all: () => [...curves.values()].filter((curve) => curve !== undefined),
  };
}
