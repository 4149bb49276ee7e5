/**
 * The best weights so far, and the best before them, to roll back to.
 *
 * @module
 */
import type { Floats } from "../engine/engine.ts";
import { NO_EPOCH_YET, type Patience } from "./patience.ts";

/** The patience at the best weights, and at those before them. */
export interface BestPatience {
  readonly last: Patience;
  readonly before: Patience;
}

/** The best parameters of a training so far, and those before them. */
export interface BestWeights {
  /** Whether all parameters are finite numbers. */
  areFinite(): boolean;
  /** Copies the evaluated weights, which are the best so far. */
  keep(patience: Patience): void;
  /**
   * Rolls back to the weights before the last copied ones, which gave no finite loss: the loss of an epoch is that of the weights before
   * each of its updates, so the effect of its last update shows only in the next epoch. Does nothing when the best weights are older.
   * Returns the patience of the remaining weights.
   */
  rollBack(patience: Patience): Patience;
  /** The best parameters. */
  best(): Float32Array;
  /** The patience of the copied weights. */
  patience(): BestPatience;
  /** The copied weights, as views. */
  blocks(): { readonly best: Float32Array; readonly before: Float32Array };
  /** Restores the patience of a checkpoint; its weights are written into {@link blocks}. */
  restore(patience: BestPatience): void;
}

/**
 * Starts with the current weights.
 *
 * @param evaluated The weights that are evaluated, and so copied: the parameters or their average.
 */
export function bestWeights(parameters: Floats, evaluated: Floats = parameters): BestWeights {
  let last = { weights: Float32Array.from(evaluated), patience: NO_EPOCH_YET };
  let before = { weights: last.weights.slice(), patience: NO_EPOCH_YET };
  return {
    areFinite() {
      // 0 times a number that is not finite is NaN, and so is any sum with it.
      let sum = 0;
      for (let at = 0; at < parameters.length; at++) sum += 0 * parameters[at];
      return sum === 0;
    },
    keep(patience) {
      [before, last] = [last, before];
      last.weights.set(evaluated);
      last.patience = patience;
    },
    rollBack(patience) {
      if (patience.epochsWithoutImprovement > 0 || patience.bestEpoch === 0) return patience;
      last = before;
      const { best, bestEpoch } = last.patience;
      return { best, bestEpoch, epochsWithoutImprovement: patience.bestEpoch - bestEpoch };
    },
    best: () => last.weights,
    patience: () => ({ last: last.patience, before: before.patience }),
    blocks: () => ({ best: last.weights, before: before.weights }),
    restore(patience) {
      last.patience = patience.last;
      before.patience = patience.before;
    },
  };
}
