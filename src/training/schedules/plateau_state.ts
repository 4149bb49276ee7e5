// n = patience: epochs without improvement before the rate is reduced.

/**
 * The state of a schedule that lowers the learning rate on a plateau of the loss, as a pure step function.
 *
 * @module
 */

/** What such a schedule has observed, and the current rate. */
export interface PlateauState {
  /** The current rate, without the warm-up. */
  readonly learningRate: number;
  /** The best value so far. */
  readonly best: number;
  /** Epochs without improvement since the best, the last reduction, or the end of the warm-up. */
  readonly epochsWithoutImprovement: number;
  /** Epochs left in which an epoch without improvement does not count. */
  readonly cooldown: number;
}

/** What counts as a plateau, and how the rate is reduced. */
export interface PlateauRule {
  readonly factor: number;
  /** n. */
  readonly patience: number;
  readonly minDelta: number;
  readonly minimum: number;
  readonly cooldown: number;
  readonly warmupEpochs: number;
}

/** The state before the first epoch. */
export function firstPlateauState(learningRate: number): PlateauState {
  return { learningRate, best: Infinity, epochsWithoutImprovement: 0, cooldown: 0 };
}

/**
 * The state after an epoch (counted from 1) with a value of the monitored loss.
 *
 * An improvement is lower than the best by more than `minDelta`; a tie and a NaN are none. After n epochs without one the rate is
 * multiplied by `factor`, down to `minimum`, and the next `cooldown` epochs do not count; nor do those of the warm-up.
 */
export function observePlateau(
  rule: PlateauRule,
  state: PlateauState,
  epoch: number,
  value: number,
): PlateauState {
  const isBetter = value < state.best - rule.minDelta, best = isBetter ? value : state.best;
  const isCounted = !isBetter && state.cooldown === 0 && epoch > rule.warmupEpochs;
  const epochsWithoutImprovement = isCounted ? state.epochsWithoutImprovement + 1 : 0;
  if (epochsWithoutImprovement < rule.patience) {
    const cooldown = Math.max(0, state.cooldown - 1);
    return { learningRate: state.learningRate, best, epochsWithoutImprovement, cooldown };
  }
  const lowered = Math.max(rule.minimum, state.learningRate * rule.factor);
  return {
    learningRate: Math.min(state.learningRate, lowered),
    best,
    epochsWithoutImprovement: 0,
    cooldown: rule.cooldown,
  };
}
