// N = rows of a batch; one epoch visits every sample `copies` times, each time under its own noise.

/**
 * The epoch loop: gathers, spoils, runs, updates, validates, waits. It tells its caller of each epoch and prints nothing.
 *
 * @module
 */
import type { Split } from "../data/dataset.ts";
import { feedImages, placesFor } from "../data/feed.ts";
import { type Corruption, type Engine, type Floats, type Program, SLOTS } from "../engine/engine.ts";
import { trainingGraph } from "../models/graphs.ts";
import { initialParameters } from "../models/initial.ts";
import type { ModelSpec } from "../models/spec.ts";
import { epochRunner, type EpochSums } from "./epoch.ts";
import { type OptimizerSpec, updateOf } from "./optimizers.ts";
import { type Keeper, keeper } from "./keeper.ts";
import { NO_EPOCH_YET, observe, type Patience } from "./patience.ts";
import type { ScheduleSpec } from "./schedules.ts";
import { type Validator, validator } from "./validate.ts";

/** How a model is trained. */
export interface FitOptions {
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  /** Epochs at the most. */
  readonly epochs: number;
  readonly batchSize: number;
  /** How often an epoch visits each sample. */
  readonly copies: number;
  /** Samples that are shuffled among themselves; `null`: all, or as many as the memory holds of images that stay in a file. */
  readonly shuffleBlock: number | null;
  /** Epochs without improvement before it stops; `null`: never. */
  readonly patience: number | null;
  /** What counts as an improvement, in the unit of the loss. */
  readonly minDelta: number;
  /** What patience watches. */
  readonly monitor: "loss" | "validation";
  /** The largest norm of all gradients together; longer ones are scaled down. `null`: as they are. */
  readonly clipNorm: number | null;
}

/** What a model is trained on. */
export interface FitData {
  readonly train: Split;
  /** Held out, for the validation loss. */
  readonly validation?: Split;
  /** How inputs are spoiled; without it the model sees its target. */
  readonly corruption?: Corruption;
  /** Whether each epoch draws noise of its own. */
  readonly freshNoise: boolean;
}

/** Where a training stands after an epoch. */
export interface EpochReport {
  /** Counted from 1. */
  readonly epoch: number;
  /** The mean training loss of the epoch, over samples. */
  readonly loss: number;
  /** The loss on the validation split, after the epoch, at the full beta. */
  readonly validation?: number;
  /** What the loss is made of, for a VAE. */
  readonly parts?: { readonly reconstruction: number; readonly kl: number };
  readonly patience: Patience;
  /** The learning rate of the epoch's last step. */
  readonly learningRate: number;
  readonly seconds: number;
  /** The engine's own view of the current parameters: copy what must last. */
  readonly parameters: Floats;
}

/** Asks to stop: an `AbortSignal`, or anything that looks like one. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}

/** Why a training ended. */
export type FitOutcome = "epochs" | "patience" | "stopped" | "diverged" | "failed";

/** What a training gives. */
export interface FitResult {
  /** The parameters of the best epoch; if there was none the first ones, or where a stopped training had come to. */
  readonly parameters: Float32Array;
  readonly outcome: FitOutcome;
  /** Epochs that were finished. */
  readonly epochs: number;
  readonly patience: Patience;
  /** The loss of the last epoch that was finished (NaN if there was none), or the one that was not finite. */
  readonly lastLoss: number;
  /** What was thrown, when it failed: a file of images that changed, say. */
  readonly error?: unknown;
  /** The kernels that ran, and how often. */
  readonly calls: Readonly<Record<string, number>>;
  /** The memory of the training program in bytes. */
  readonly bytes: number;
}

/** Everything a training needs. */
export interface Fit {
  readonly engine: Engine;
  readonly model: ModelSpec;
  readonly data: FitData;
  readonly options: FitOptions;
  readonly seed: number;
  readonly signal: StopSignal;
  onEpoch(report: EpochReport): void;
}

/** Trains a model; see {@link FitOptions}. Deterministic: the same arguments give the same bits. */
export function fit(what: Fit): FitResult {
  const training = prepare(what);
  const state: FitState = { patience: NO_EPOCH_YET, epochs: 0, lastLoss: NaN, outcome: undefined };
  let error: unknown;
  try {
    while (state.outcome === undefined) runEpoch(what, training, state);
  } catch (thrown) {
    // The weights so far are worth more than the way out.
    state.outcome = "failed";
    error = thrown;
  }
  const { program, weights } = training;
  const calls = { ...program.calls }, { bytes } = program, parameters = weights.best();
  training.close();
  const { outcome, epochs, patience, lastLoss } = state;
  return { parameters, outcome, epochs, patience, lastLoss, error, calls, bytes };
}

/** Where a training stands between two epochs. */
interface FitState {
  patience: Patience;
  /** Epochs that were finished. */
  epochs: number;
  lastLoss: number;
  /** `undefined` as long as it goes on. */
  outcome: FitOutcome | undefined;
}

/** What a training works with. */
interface Prepared {
  readonly program: Program;
  readonly weights: Keeper;
  readonly validate?: Validator;
  readonly epochs: { run(epoch: number): EpochSums };
  close(): void;
}

/** Compiles the training step, feeds it, and sets the first weights. */
function prepare({ engine, model, data, options, seed, signal }: Fit): Prepared {
  const pixels = model.encoder[0];
  const samples = data.train.count * options.copies;
  const batchSize = Math.min(options.batchSize, samples);
  const places = placesFor(data.train);
  const streamed = data.train.file !== undefined;
  const block = Math.min(samples, options.shuffleBlock ?? samples, streamed ? places : samples);
  const program = engine.compile(trainingGraph(model, { noisy: data.corruption !== undefined }), {
    capacity: batchSize,
    slots: SLOTS[updateOf(options.optimizer).kind],
    images: { count: places, pixels },
    orderLength: block,
  });
  program.parameters.set(initialParameters(model, seed));
  const feed = feedImages(data.train, pixels, program.images);
  const validate = validator({ engine, model, data, seed });
  return {
    program,
    weights: keeper(program.parameters),
    validate,
    epochs: epochRunner({ program, model, data, options, seed, signal, feed, samples, block, batchSize }),
    close() {
      feed.close();
      validate?.close();
      program.dispose();
    },
  };
}

/** Runs one epoch, takes its loss in, and decides whether it was the last. */
function runEpoch(
  { options, onEpoch }: Fit,
  { program, weights, validate, epochs }: Prepared,
  state: FitState,
): void {
  const started = performance.now();
  const { stopped, loss, goodSteps, parts, learningRate } = epochs.run(state.epochs);
  if (!Number.isFinite(loss) || !weights.areFinite()) {
    state.outcome = "diverged";
    // Weights that a last update broke would give no finite loss at all.
    state.lastLoss = Number.isFinite(loss) ? NaN : loss;
    if (goodSteps === 0) state.patience = weights.takeBack(state.patience);
    return;
  }
  if (stopped) {
    state.outcome = "stopped";
    if (state.patience.bestEpoch === 0) weights.keep(state.patience);
    return;
  }
  const { parameters } = program, epoch = state.epochs + 1;
  const validation = validate?.loss(parameters);
  const monitored = options.monitor === "validation" ? validation ?? loss : loss;
  const patience = observe(state.patience, epoch, monitored, options.minDelta);
  if (patience.waited === 0) weights.keep(patience);
  Object.assign(state, { patience, epochs: epoch, lastLoss: loss });
  const seconds = (performance.now() - started) / 1000;
  onEpoch({ epoch, loss, validation, parts, patience, learningRate, seconds, parameters });
  if (options.patience !== null && patience.waited >= options.patience) state.outcome = "patience";
  else if (epoch >= options.epochs) state.outcome = "epochs";
}
