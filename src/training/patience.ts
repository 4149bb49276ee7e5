/**
 * Early stopping as a pure step function.
 *
 * @module
 */

/** The state of early stopping. */
export interface Patience {
  /** The best value so far. */
  readonly best: number;
  /** The epoch that reached it; 0 before the first. */
  readonly bestEpoch: number;
  /** Epochs since then without improvement. */
  readonly epochsWithoutImprovement: number;
}

/** Before the first epoch. */
export const NO_EPOCH_YET: Patience = { best: Infinity, bestEpoch: 0, epochsWithoutImprovement: 0 };

/** The state after an epoch's value: an improvement is lower by more than `minDelta`; a tie and a NaN are none. */
export function observe(state: Patience, epoch: number, value: number, minDelta = 0): Patience {
  return value < state.best - minDelta
    ? { best: value, bestEpoch: epoch, epochsWithoutImprovement: 0 }
    : { ...state, epochsWithoutImprovement: state.epochsWithoutImprovement + 1 };
}
