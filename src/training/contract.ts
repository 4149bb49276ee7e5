/**
 * What a training is told, what it tells and what it gives.
 *
 * @module
 */
import type { Split } from "../data/dataset.ts";
import type { Corruption, Engine, Floats } from "../engine/engine.ts";
import type { ModelSpec } from "../models/spec.ts";
import type { Divergence } from "./divergence.ts";
import type { OptimizerSpec } from "./optimizers.ts";
import type { Patience } from "./patience.ts";
import type { ScheduleSpec } from "./schedules.ts";
import type { Block, TrainingSnapshot, TrainingState } from "./snapshot.ts";

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
  /** After the batch. */
  readonly aborted: boolean;
  /** After the epoch. */
  readonly ending?: boolean;
  readonly reason: unknown;
}

/** Takes how far the current epoch is. Called after each batch, so it must cost next to nothing. */
export interface BatchProgress {
  /** An epoch (counted from 1) of so many batches starts, or resumes. */
  begin(epoch: number, batches: number): void;
  /** So many batches of it are done; the mean loss of the epoch so far. */
  batch(done: number, meanLoss: number): void;
}

/** What keeps a training beyond the end of its process. */
export interface Checkpointer {
  /** Where to go on. @default {from the beginning} */
  readonly found?: TrainingSnapshot;
  /** Asked after each batch, and with its number after each epoch, counted from 1: whether it is time to save. */
  due(epoch?: number): boolean;
  /** Copies all blocks before it returns. */
  save(state: TrainingState, blocks: readonly Block[]): void;
}

/** Why a training ended. */
export type FitOutcome = "epochs" | "reached" | "patience" | "stopped" | "diverged" | "failed";

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
  /** Where it broke, when it diverged. */
  readonly divergence?: Divergence;
  /** What was thrown, when it failed: a file of images that changed, say. */
  readonly error?: unknown;
  /** Seconds of training, over all processes. */
  readonly seconds: number;
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
  readonly checkpoints?: Checkpointer;
  /** Asked after each epoch: whether the model is good enough to end. @default {never} */
  isReached?(parameters: Floats): boolean;
  onEpoch(report: EpochReport): void;
  /** Takes how far the current epoch is. @default {nothing} */
  readonly progress?: BatchProgress;
}
