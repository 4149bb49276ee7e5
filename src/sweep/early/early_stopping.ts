/**
 * The early stopping of a sweep: which training is watched, and what each trial's watch writes and reads.
 *
 * @module
 */
import { editDistance, shortened, UsageError } from "../../core/errors.ts";
import { EarlyStop } from "../../pipeline/sweep/early_stop_schema.ts";
import type { SweepOptions } from "../../pipeline/sweep/sweep.ts";
import type { Decision } from "./decision.ts";
import { openDecisionLog, readDecisions } from "./decision_log.ts";
import { stopOf } from "./rules.ts";
import { type TrialWatch, watchTrial } from "./watch.ts";

/** Early stopping in the folder of a sweep. */
export interface EarlyStopping {
  /** The name of the training's stage. */
  readonly stage: string;
  /** Watches a trial; `onStop` is called when its run should stop. */
  watch(trial: string, onStop: () => void): TrialWatch;
  /** The decision to stop a trial, where an earlier process has made it. */
  stopped(trial: string): Promise<Decision | undefined>;
}

/** Opens the early stopping of a sweep whose options are checked; `undefined` where it has none. */
export function openEarlyStopping(
  folder: string,
  earlyStop: SweepOptions["earlyStop"],
  stage: string | undefined,
): EarlyStopping | undefined {
  if (earlyStop == null || stage === undefined) return undefined;
  const options = EarlyStop.parse(earlyStop), log = openDecisionLog(folder);
  return {
    stage,
    watch: (trial, onStop) => watchTrial({ log, options, trial, stage, onStop }),
    stopped: async (trial) => stopOf(trial, await readDecisions(folder)),
  };
}

/**
 * The training that early stopping watches: the one that is named, or the last.
 *
 * @throws {UsageError} When there is no such training.
 */
export function watchedStage(
  stages: readonly { readonly name: string; readonly kind: string }[],
  { stage }: Pick<EarlyStop, "stage">,
): string {
  const trainings = stages.filter(({ kind }) => kind === "train").map(({ name }) => name);
  const watched = stage ?? trainings.at(-1);
  if (watched !== undefined && trainings.includes(watched)) return watched;
  const must = "sweep.options.earlyStop.stage must be a training of the pipeline";
  throw new UsageError(
    trainings.length === 0
      ? `${must}, got a pipeline without one (leave out earlyStop)`
      : `${must}, got "${stage}"; trainings are ${trainings.join(", ")}`,
  );
}

/**
 * Refuses a metric that the epochs of the watched training will not have, as far as that is known before it runs.
 *
 * @throws {UsageError}
 */
export function checkWatchedMetric(
  stages: readonly {
    readonly name: string;
    readonly kind: string;
    readonly epochMetrics?: readonly string[];
  }[],
  options: Pick<EarlyStop, "stage" | "metric">,
): void {
  const stage = watchedStage(stages, options), { metric } = options;
  const known = stages.find(({ name }) => name === stage)?.epochMetrics;
  if (metric === undefined || known === undefined || known.includes(metric)) return;
  const distance = (name: string) => editDistance(shortened(metric).toLowerCase(), name.toLowerCase());
  const nearestFirst = known.toSorted((one, other) => distance(one) - distance(other));
  throw new UsageError(
    `sweep.options.earlyStop.metric must be one that epochs of ${stage} have, got "${
      shortened(metric)
    }"; they have ${nearestFirst.join(", ")}`,
  );
}
