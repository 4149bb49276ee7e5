/**
 * Early stopping as a pure step function.
 *
 * @module
 */

/** What patience remembers. */
export interface Patience {
  /** The best value so far. */
  readonly best: number;
  /** The epoch that reached it; 0 before the first. */
  readonly bestEpoch: number;
  /** Epochs since then. */
  readonly waited: number;
}

/** Before the first epoch. */
export const NO_EPOCH_YET: Patience = { best: Infinity, bestEpoch: 0, waited: 0 };

/** Takes in the value of an epoch: an improvement is lower by more than `minDelta`; a tie and a NaN are none. */
export function observe(state: Patience, epoch: number, value: number, minDelta = 0): Patience {
  return value < state.best - minDelta
    ? { best: value, bestEpoch: epoch, waited: 0 }
    : { ...state, waited: state.waited + 1 };
}
