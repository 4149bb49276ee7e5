// N = rows of a batch; one epoch visits every sample `repeats` times, each time under its own noise.

/**
 * The training loop: gathers, corrupts, runs, updates, validates, stops early. It reports each epoch to its caller and prints nothing.
 *
 * @module
 */
import { inputSize } from "../models/spec.ts";
import { feedSamples, sampleOptions } from "../data/feed.ts";
import type { Floats, Program } from "../engine/engine.ts";
import { trainingGraph } from "../models/graphs.ts";
import { initialParameters } from "../models/initial.ts";
import { type Fit, type FitOptions, type FitOutcome, type FitResult, isPaired } from "./contract.ts";
import { type Divergence, findDivergence } from "./divergence.ts";
import { type EpochResult, epochRunner } from "./epoch.ts";
import { type BestWeights, bestWeights } from "./best_weights.ts";
import { ruleOf } from "./optimizers.ts";
import { freezeParameters, frozenRanges } from "./frozen.ts";
import { observe } from "./patience.ts";
import { firstPlateau, plateauAfter, reductionOf } from "./schedules.ts";
import { blocksOf, firstState, restoreBlocks, type TrainingState } from "./snapshot.ts";
import { trainingStep } from "./step.ts";
import { type Validator, validator } from "./validate.ts";

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
  const { program, weights } = training;
  // A training that was stopped in its first epoch returns its current weights.
  if (outcome === "stopped" && state.patience.bestEpoch === 0) weights.keep(state.patience);
  const calls = { ...program.calls }, { bytes } = program, parameters = weights.best();
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
function reachedBefore({ isReached }: Fit, { evaluated, state }: Prepared): FitOutcome | undefined {
  const isBetweenEpochs = state.epochs > 0 && state.epoch.samples === 0;
  return isBetweenEpochs && isReached?.(evaluated) === true ? "reached" : undefined;
}

/** A training that is ready to run. */
interface Prepared {
  readonly program: Program;
  /** The weights that are evaluated and kept: the program's parameters or their average. */
  readonly evaluated: Floats;
  readonly weights: BestWeights;
  readonly validate?: Validator;
  readonly state: TrainingState;
  readonly epochs: { run(): EpochResult };
  /** Where it diverged. */
  divergence?: Divergence;
  /** Counts the seconds so far in the state. */
  readClock(): void;
  /** Passes the current state to the checkpointer. */
  save(): void;
  close(): void;
}

/** Compiles the training step, connects the samples, and sets the initial weights, or those of a checkpoint. */
function prepare(
  { engine, model, data, options, seed, initial, freeze = [], signal, checkpoints, progress }: Fit,
): Prepared {
  const started = performance.now();
  const size = inputSize(model), { train } = data;
  const samples = train.count * options.repeats;
  const batchSize = Math.min(options.batchSize, samples);
  const held = sampleOptions(train, size);
  const streamed = train.file !== undefined || train.targets?.file !== undefined;
  const block = Math.min(samples, options.shuffleBlock ?? samples, streamed ? held.capacity : samples);
  const program = engine.compile(trainingGraph(model, { paired: isPaired(data) }), {
    capacity: batchSize,
    rule: ruleOf(options.optimizer, options.ema !== undefined),
    samples: held,
    orderLength: block,
  });
  program.parameters.set(initial ?? initialParameters(model, seed));
  const average = options.ema === undefined ? undefined : program.slots.at(-1)!;
  average?.set(program.parameters);
  const evaluated = average ?? program.parameters;
  const weights = bestWeights(program.parameters, evaluated), found = checkpoints?.found;
  const owners = { program, average, weights };
  if (found !== undefined) restoreBlocks(found, owners);
  const first = { ...firstState(), plateau: firstPlateau(options.schedule, options.optimizer.learningRate) };
  const state = structuredClone(found?.state ?? first), before = state.seconds;
  const feed = feedSamples(train, size, program);
  const validate = validator({ engine, model, data, seed });
  function readClock(): void {
    state.seconds = before + (performance.now() - started) / 1000;
  }
  function save(): void {
    state.bestWeights = weights.patience();
    readClock();
    checkpoints?.save(state, blocksOf(owners));
  }
  function pause(): boolean {
    if (signal.aborted) return true;
    if (checkpoints?.due() === true) save();
    return false;
  }
  // After a checkpoint is restored: its frozen numbers are the same.
  const frozen = freeze.length === 0
    ? undefined
    : freezeParameters(program, frozenRanges(model, freeze), average);
  const step = trainingStep({
    program,
    model,
    data,
    options,
    seed,
    stepEpochs: batchSize / samples,
    frozen,
  });
  const visit = { feed, order: program.order, samples, block, batchSize, seed };
  return {
    program,
    evaluated,
    weights,
    validate,
    state,
    epochs: epochRunner(step, visit, state, { pause, batches: progress }),
    readClock,
    save,
    close() {
      readClock();
      feed.close();
      validate?.close();
      program.dispose();
    },
  };
}

/** Runs one epoch (or the rest of it) and records its loss; returns why it was the last one, if it was. */
function runEpoch(what: Fit, training: Prepared): FitOutcome | undefined {
  const { options, signal, checkpoints, onEpoch } = what;
  const { evaluated: parameters, weights, validate, epochs, state, save } = training;
  const started = performance.now();
  const { finished, loss, parts, learningRate, rows } = epochs.run();
  if (!Number.isFinite(loss) || !weights.areFinite()) return diverged(what, training, loss, rows);
  if (!finished) return "stopped";
  const epoch = state.epochs + 1;
  const validation = validate?.loss(parameters);
  const monitored = options.monitor === "validation" ? validation ?? loss : loss;
  const patience = observe(state.patience, epoch, monitored, options.minDelta);
  if (patience.epochsWithoutImprovement === 0) weights.keep(patience);
  const plateau = plateauAfter(options.schedule, state.plateau, epoch, monitored);
  const reduction = reductionOf(state.plateau, plateau);
  Object.assign(state, { patience, plateau, epochs: epoch, lastLoss: loss });
  Object.assign(state.epoch, firstState().epoch);
  const seconds = (performance.now() - started) / 1000;
  onEpoch({
    epoch,
    loss,
    validation,
    parts,
    patience,
    plateau,
    reduction,
    learningRate,
    seconds,
    parameters,
  });
  if (what.isReached?.(parameters) === true) {
    state.patience = { best: monitored, bestEpoch: epoch, epochsWithoutImprovement: 0 };
    weights.keep(state.patience);
    return "reached";
  }
  training.readClock();
  const outcome = endOf(options, state);
  if (outcome !== undefined) return outcome;
  if (signal.aborted || signal.ending === true) return "stopped";
  if (checkpoints?.due(epoch) === true) save();
}

/** Ends a training whose loss or weights are not finite, and finds the first such number. */
function diverged({ model, data }: Fit, training: Prepared, loss: number, rows: number): FitOutcome {
  const { program, weights, state } = training;
  const isUpdated = Number.isFinite(loss);
  training.divergence = findDivergence({
    program,
    model,
    paired: isPaired(data),
    rows,
    isUpdated,
    epoch: state.epochs + 1,
    batch: state.epoch.goodSteps + Number(!isUpdated),
    step: state.steps + Number(!isUpdated),
  });
  // With the weights of the last update no loss would be finite.
  state.lastLoss = isUpdated ? NaN : loss;
  if (state.epoch.goodSteps === 0) state.patience = weights.rollBack(state.patience);
  return "diverged";
}
