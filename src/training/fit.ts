// N = rows of a batch; one epoch visits every sample `repeats` times, each time under its own noise.

/**
 * The training loop: gathers, corrupts, runs, updates, validates, stops early. It reports each epoch to its caller and prints nothing.
 *
 * @module
 */
import { isFinalKl } from "../models/kl_schedule.ts";
import { type Fit, type FitOptions, type FitOutcome, type FitResult, isPaired } from "./contract.ts";
import { findDivergence } from "./divergence.ts";
import type { EpochResult } from "./epoch.ts";
import { observeComparable } from "./patience.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { plateauAfter, reductionOf } from "./schedules.ts";
import { firstState, type TrainingState } from "./snapshot.ts";

/**
 * Trains a model; see {@link FitOptions}. Deterministic: the same arguments give the same bits, in one process or, from checkpoint to
 * checkpoint, in several. Only `maxSeconds` ends it by the clock.
 */
export function fit(what: Fit): FitResult {
  const training = prepare(what);
  const { state } = training;
  let error: unknown;
  let outcome = endOf(what.options, state) ?? reachedBefore(what, training);
  try {
    while (outcome === undefined) outcome = runEpoch(what, training);
    if (outcome !== "diverged") training.save();
  } catch (thrown) {
    // The weights so far are returned, so that an error does not lose them.
    outcome = "failed";
    error = thrown;
  }
  const { program, weights: { best } } = training;
  // A training that was stopped in its first epoch returns its current weights.
  if (outcome === "stopped" && state.patience.bestEpoch === 0) best.keep(state.patience);
  const calls = { ...program.calls }, { bytes } = program, parameters = best.best();
  training.close();
  const { epochs, patience, lastLoss, seconds } = state, { divergence } = training;
  return { parameters, outcome, epochs, patience, lastLoss, divergence, error, seconds, calls, bytes };
}

/** Why a training with this state has ended, if it has. */
function endOf(options: FitOptions, state: TrainingState): FitOutcome | undefined {
  const { patience, epochs } = state;
  if (options.patience !== null && patience.epochsWithoutImprovement >= options.patience) return "patience";
  if (epochs >= options.epochs) return "epochs";
  return timeIsUp(options, state) ? "time" : undefined;
}

/**
 * Whether one more epoch, of the mean length of those before, would end after `maxSeconds`. Never before the first epoch. A function of
 * the state, so a resumed training decides as one that was not interrupted.
 */
function timeIsUp({ maxSeconds = Infinity }: FitOptions, { epochs, seconds }: TrainingState): boolean {
  return epochs > 0 && seconds / epochs * (epochs + 1) > maxSeconds;
}

/** Whether a resumed training had reached its goal between two epochs. */
function reachedBefore({ isReached }: Fit, { weights, state, agree }: Prepared): FitOutcome | undefined {
  const isBetweenEpochs = state.epochs > 0 && state.epoch.samples === 0;
  if (!isBetweenEpochs || isReached === undefined) return undefined;
  return agree(isReached(weights.evaluated)) ? "reached" : undefined;
}

/** Runs one epoch (or the rest of it) and records its loss; returns why it was the last one, if it was. */
function runEpoch(what: Fit, training: Prepared): FitOutcome | undefined {
  const { options, checkpoints } = what, { weights, state, save, signal } = training;
  const started = performance.now(), result = training.epochs.run();
  if (!Number.isFinite(result.loss) || !weights.best.areFinite()) return diverged(what, training, result);
  if (!result.finished) return "stopped";
  const monitored = recordEpoch(what, training, result, started);
  if (training.agree(what.isReached?.(weights.evaluated) === true)) {
    state.patience = { best: monitored, bestEpoch: state.epochs, epochsWithoutImprovement: 0 };
    weights.best.keep(state.patience);
    return "reached";
  }
  const outcome = endOf(options, state);
  if (outcome !== undefined) return outcome;
  if (signal.aborted || signal.ending === true) return "stopped";
  if (checkpoints?.due(state.epochs) === true) save();
}

/** Validates after an epoch, brings the state up to date and reports it; returns the monitored loss. */
function recordEpoch(
  { model, options, onEpoch }: Fit,
  { weights: { evaluated: parameters, best }, validate, state }: Prepared,
  { loss, parts, learningRate }: EpochResult,
  started: number,
): number {
  const epoch = state.epochs + 1, validation = validate?.loss(parameters);
  const isValidated = options.monitor === "validation" && validation !== undefined;
  const monitored = isValidated ? validation : loss, { minDelta } = options;
  // The validation loss has the whole KL term in each epoch.
  const isComparable = (epoch: number) =>
    isValidated || model.kind !== "vae" || isFinalKl(model.klSchedule, epoch - 1);
  const patience = observeComparable(state.patience, epoch, monitored, { isComparable, minDelta });
  if (patience.epochsWithoutImprovement === 0) best.keep(patience);
  const plateau = isComparable(epoch)
    ? plateauAfter(options.schedule, state.plateau, epoch, monitored)
    : state.plateau;
  const reduction = reductionOf(state.plateau, plateau);
  Object.assign(state, { patience, plateau, epochs: epoch, lastLoss: loss });
  Object.assign(state.epoch, firstState().epoch);
  const seconds = (performance.now() - started) / 1000;
  const losses = { loss, validation, parts };
  onEpoch({ epoch, ...losses, patience, plateau, reduction, learningRate, seconds, parameters });
  return monitored;
}

/** Ends a training whose loss or weights are not finite, and finds the first such number. */
function diverged({ model, data }: Fit, training: Prepared, { loss, rows }: EpochResult): FitOutcome {
  const { program, weights, state } = training;
  const isUpdated = Number.isFinite(loss);
  training.gather();
  training.divergence = findDivergence({
    program,
    model,
    paired: isPaired(data),
    rows,
    share: training.share,
    isUpdated,
    epoch: state.epochs + 1,
    batch: state.epoch.goodSteps + Number(!isUpdated),
    step: state.steps + Number(!isUpdated),
  });
  // With the weights of the last update no loss would be finite.
  state.lastLoss = isUpdated ? NaN : loss;
  if (state.epoch.goodSteps === 0) state.patience = weights.best.rollBack(state.patience);
  return "diverged";
}
