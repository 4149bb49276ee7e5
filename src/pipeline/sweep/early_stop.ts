/** How a sweep stops trials whose training falls behind, as options. @module */

/** What every rule of early stopping watches. */
export interface WatchedOptions {
  /** The training that is watched, by the name of its stage. @default {the last training} */
  stage?: string;
  /**
   * What is watched of each epoch: `"validation"`, `"loss"`, or a part of the loss such as `"kl"`. @default {the validation loss, and without
   * a validation split the loss}
   */
  metric?: string;
  /** Which way the metric is better. @default {"lower"} */
  direction?: "lower" | "higher";
  /** The epoch of the first comparison. @default {10} */
  minimumEpochs?: number;
}

/**
 * Asynchronous successive halving (Li et al. 2020, arXiv:1810.05934): after `minimumEpochs`, and each time the epochs have grown by
 * `reductionFactor`, a trial continues only if it is among the best `1 / reductionFactor` of those that have come as far. The others are
 * stopped for good, not paused as in the paper.
 */
export interface AshaOptions extends WatchedOptions {
  /** The name of the rule. */
  kind: "asha";
  /** The factor from the epochs of one comparison to the next; the best 1 / `reductionFactor` of the trials continue. @default {3} */
  reductionFactor?: number;
  /** No trial is compared at this epoch or later. @default {null: the most epochs of each training} */
  maximumEpochs?: number | null;
}

/**
 * The median stopping rule (Golovin et al. 2017, Google Vizier): a trial continues only if its best epoch so far is no worse than the median of
 * the means that complete trials had up to the same epoch.
 */
export interface MedianOptions extends WatchedOptions {
  /** The name of the rule. */
  kind: "median";
  /** Epochs between two comparisons. @default {10} */
  everyEpochs?: number;
  /** How many trials must be complete before one is stopped. @default {5} */
  minimumTrials?: number;
}

/** Options for early stopping in a sweep. */
export type EarlyStopOptions = AshaOptions | MedianOptions;
