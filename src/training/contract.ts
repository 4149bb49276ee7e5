/**
 * The interface of a training: its options, what it reports, and its result.
 *
 * @module
 */
import type { Collective } from "../core/collective.ts";
import type { Split } from "../data/dataset.ts";
import type { Corruption, Engine, Floats } from "../engine/engine.ts";
import type { ModelSpec } from "../models/spec.ts";
import type { Divergence } from "./divergence.ts";
import type { OptimizerSpec } from "./optimizers.ts";
import type { Patience } from "./patience.ts";
import type { Reduction, ScheduleSpec } from "./schedules.ts";
import type { PlateauState } from "./schedules/plateau_state.ts";
import type { SnapshotBlock, TrainingSnapshot, TrainingState } from "./snapshot.ts";

/** Options of a training. */
export interface FitOptions {
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  /** At most this many epochs. */
  readonly epochs: number;
  readonly batchSize: number;
  /** How often an epoch visits each sample. */
  readonly repeats: number;
  /** Samples that are shuffled among themselves; `null`: all, or as many as the memory holds of samples that stay in a file. */
  readonly shuffleBlock: number | null;
  /** Epochs without improvement before it stops; `null`: never. */
  readonly patience: number | null;
  /** What counts as an improvement, in the unit of the loss. */
  readonly minDelta: number;
  /** The loss that patience monitors. */
  readonly monitor: "loss" | "validation";
  /** The largest norm of all gradients together; longer ones are scaled down. `null`: as they are. */
  readonly clipNorm: number | null;
  /** Seconds that the training may take, over all processes; see {@link timeIsUp}. @default {no limit} */
  readonly maxSeconds?: number;
  /**
   * Computes each step in this many parts, whose gradients are summed: the same bits no matter who computes them, one thread, two, or the processes
   * of {@link Fit.collective}. @default {in one piece}
   */
  readonly parts?: number;
  /** The decay of the moving average of the weights that is evaluated in their place. @default {the weights themselves} */
  readonly ema?: number;
}

/** What a model is trained on. */
export interface FitData {
  readonly train: Split;
  /** Not trained on, for the validation loss; with targets of its own where the train split has them. */
  readonly validation?: Split;
  /** How inputs are corrupted; without it the model sees its target. */
  readonly corruption?: Corruption;
  /** Whether each epoch draws noise of its own. */
  readonly freshNoise: boolean;
}

/** Whether the model sees an input that is not its target: a corrupted sample, or one that has a target of its own. */
export function isPaired({ train, corruption }: Pick<FitData, "train" | "corruption">): boolean {
  return corruption !== undefined || train.targets !== undefined;
}

/** The report of an epoch. */
export interface EpochReport {
  /** Counted from 1. */
  readonly epoch: number;
  /** The mean training loss of the epoch, over samples. */
  readonly loss: number;
  /** The loss on the validation split, after the epoch, at the full beta. */
  readonly validation?: number;
  /** What the loss is made of, where it has several terms: of a VAE `reconstruction`, `kl`, ... */
  readonly parts?: Readonly<Record<string, number>>;
  readonly patience: Patience;
  /** The state of a schedule that goes by the monitored loss, after the epoch. */
  readonly plateau?: PlateauState;
  /** How that schedule changes the learning rate after the epoch. */
  readonly reduction?: Reduction;
  /** The learning rate of the epoch's last step. */
  readonly learningRate: number;
  readonly seconds: number;
  /** The engine's own view of the weights that are evaluated, the parameters or their average: copy what must last. */
  readonly parameters: Floats;
}

/** A request to stop: an `AbortSignal`, or an object like one. */
export interface StopSignal {
  /** After the batch. */
  readonly aborted: boolean;
  /** After the epoch. */
  readonly ending?: boolean;
  readonly reason: unknown;
}

/** Receives the progress within the current epoch. Called after each batch, so it must be cheap. */
export interface BatchProgress {
  /** An epoch (counted from 1) of `batches` batches starts or resumes. */
  begin(epoch: number, batches: number): void;
  /** `done` batches of it are done; `meanLoss` is the mean loss of the epoch so far. */
  batch(done: number, meanLoss: number): void;
}

/** Saves the state of a training, so that another process can resume it. */
export interface Checkpointer {
  /** The state to resume from. @default {the start} */
  readonly found?: TrainingSnapshot;
  /** Called after each batch, and with its number (counted from 1) after each epoch: whether it is time to save. */
  due(epoch?: number): boolean;
  /** Copies all blocks before it returns. */
  save(state: TrainingState, blocks: readonly SnapshotBlock[]): void;
}

/** Why a training ended. */
export type FitOutcome = "epochs" | "reached" | "patience" | "time" | "stopped" | "diverged" | "failed";

/** The result of a training. */
export interface FitResult {
  /** The weights (with {@link FitOptions.ema} their averages) of the best epoch; if there was none: the initial or, of a stopped training, the current ones. */
  readonly parameters: Float32Array;
  readonly outcome: FitOutcome;
  /** Epochs that were finished. */
  readonly epochs: number;
  readonly patience: Patience;
  /** The loss of the last epoch that was finished (NaN if there was none), or the one that was not finite. */
  readonly lastLoss: number;
  /** Where it diverged, if it did. */
  readonly divergence?: Divergence;
  /** The error, when it failed: a file of samples that changed, for example. */
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
  /** The weights to start from. @default {drawn as the model says} */
  readonly initial?: Float32Array;
  /** Parts and layers whose parameters stay as they are. @default {none} */
  readonly freeze?: readonly string[];
  readonly signal: StopSignal;
  /** The processes that share the parts of each step. @default {this one alone} */
  readonly collective?: Collective;
  readonly checkpoints?: Checkpointer;
  /** Called after each epoch: whether the model is good enough to end. @default {never} */
  isReached?(parameters: Floats): boolean;
  onEpoch(report: EpochReport): void;
  /** Receives the progress within the current epoch. @default {not called} */
  readonly progress?: BatchProgress;
}
