/**
 * Early stopping as pure step functions.
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

/**
 * The state after an epoch where not all epochs can be compared, as the loss changes during the training: those that `isComparable` says so are
 * compared with each other. Until there is one, each epoch counts as the best; after that, others count as no improvement.
 */
export function observeComparable(
  state: Patience,
  epoch: number,
  value: number,
  { isComparable, minDelta }: { isComparable(epoch: number): boolean; readonly minDelta: number },
): Patience {
  const latest = { best: value, bestEpoch: epoch, epochsWithoutImprovement: 0 };
  const isBestComparable = isComparable(state.bestEpoch);
  if (isComparable(epoch)) {
    return isBestComparable || state.bestEpoch === 0 ? observe(state, epoch, value, minDelta) : latest;
  }
  return isBestComparable ? observe(state, epoch, NaN, minDelta) : latest;
}
