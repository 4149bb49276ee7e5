/**
 * The best weights so far, and the best before them.
 *
 * @module
 */
import type { Floats } from "../engine/engine.ts";
import { NO_EPOCH_YET, type Patience } from "./patience.ts";

/** The patience at the best weights, and at the best before them. */
export interface KeptPatience {
  readonly last: Patience;
  readonly before: Patience;
}

/** Watches over the parameters of a training. */
export interface Keeper {
  /** Whether all parameters are finite numbers. */
  areFinite(): boolean;
  /** Copies the parameters, which are the best so far. */
  keep(patience: Patience): void;
  /**
   * Forgets the parameters that were kept last, as they gave no finite loss: the loss of an epoch is that of the weights before each
   * of its updates, so the last update shows only in the next. Does nothing when older ones are the best; gives the patience that
   * fits what is left.
   */
  takeBack(patience: Patience): Patience;
  /** The best parameters. */
  best(): Float32Array;
  /** The patience that belongs to what is kept. */
  kept(): KeptPatience;
  /** What is kept, as views: the best weights, and the best before them. */
  blocks(): { readonly best: Float32Array; readonly before: Float32Array };
  /** Takes up the patience that belongs to kept weights; the weights are written into {@link blocks}. */
  restore(kept: KeptPatience): void;
}

/** Begins with the parameters as they are. */
export function keeper(parameters: Floats): Keeper {
  let last = { weights: Float32Array.from(parameters), patience: NO_EPOCH_YET };
  let before = { weights: last.weights.slice(), patience: NO_EPOCH_YET };
  return {
    areFinite() {
      // 0 times a number that is not finite is NaN, which no sum loses.
      let sum = 0;
      for (let at = 0; at < parameters.length; at++) sum += 0 * parameters[at];
      return sum === 0;
    },
    keep(patience) {
      [before, last] = [last, before];
      last.weights.set(parameters);
      last.patience = patience;
    },
    takeBack(patience) {
      if (patience.waited > 0 || patience.bestEpoch === 0) return patience;
      last = before;
      const { best, bestEpoch } = last.patience;
      return { best, bestEpoch, waited: patience.bestEpoch - bestEpoch };
    },
    best: () => last.weights,
    kept: () => ({ last: last.patience, before: before.patience }),
    blocks: () => ({ best: last.weights, before: before.weights }),
    restore(kept) {
      last.patience = kept.last;
      before.patience = kept.before;
    },
  };
}
