/**
 * One epoch of training: every sample once (or `repeats` times), in an order of its own.
 *
 * @module
 */
import type { DrawKey } from "../core/random.ts";
import type { ImageFeed } from "../data/feed.ts";
import type { Program } from "../engine/engine.ts";
import { NAMES } from "../models/graphs.ts";
import type { ModelSpec } from "../models/spec.ts";
import type { BatchProgress, FitData, FitOptions } from "./contract.ts";
import { BERNOULLI } from "../engine/binarise.ts";
import { klWeight } from "./kl_weight.ts";
import { type Block, epochBlocks, shuffleBlock } from "./order.ts";
import { scalarsOf } from "./optimizers.ts";
import { learningRateShare } from "./schedules.ts";
import type { TrainingState } from "./snapshot.ts";

/** The result of an epoch. */
export interface EpochResult {
  /** Whether all of its samples were visited, or its loss was not finite: otherwise it can be resumed. */
  readonly finished: boolean;
  readonly loss: number;
  readonly parts?: { readonly reconstruction: number; readonly kl: number };
  readonly learningRate: number;
  /** Rows of its last batch. */
  readonly rows: number;
}

/** The progress of a training: each step adds to `epoch`, and the caller clears it after the epoch. */
export type Progress = Pick<TrainingState, "epochs" | "steps" | "epoch">;

/** Options for {@link epochRunner}. */
export interface EpochRunner {
  readonly program: Program;
  readonly model: ModelSpec;
  readonly data: FitData;
  readonly options: FitOptions;
  readonly seed: number;
  readonly progress: Progress;
  /** Called after each batch but the last of an epoch; `true` leaves the epoch there. */
  pause(): boolean;
  /** Is called after each batch. @default {not called} */
  readonly batches?: BatchProgress;
  readonly feed: ImageFeed;
  readonly samples: number;
  /** Samples that are shuffled among themselves. */
  readonly block: number;
  readonly batchSize: number;
}

/** Prepares all that a step needs, so that a step itself allocates nothing. */
export function epochRunner(
  { program, model, data, options, seed, progress, pause, batches, feed, samples, block, batchSize }:
    EpochRunner,
): { run(): EpochResult } {
  const { corruption, freshNoise } = data, isResampled = data.train.resampled !== undefined;
  const variational = model.kind === "vae";
  const { scalars, set: setScalars } = scalarsOf(options.optimizer);
  const update = { learningRate: 0, gradientScale: 1, step: 0 };
  const key = (stream: DrawKey["stream"]) => ({ seed, stream, epoch: 0 });
  const shuffle = key("shuffle"), noise = key("noise"), latent = key("latent"), binarise = key("binarise");
  const inverseRows = program.input(NAMES.inverseRows), loss = program.output("loss");
  const setKlWeight = klWeight(program, model);
  const reconstruction = variational ? program.output("reconstruction") : undefined;
  const kl = variational ? program.output("kl") : undefined;

  let lastRows = 0;

  function step(start: number, rows: number, epochsDone: number): void {
    program.gather(NAMES.target, start, rows);
    if (isResampled) program.corrupt(NAMES.target, NAMES.target, BERNOULLI, binarise, start, rows);
    if (corruption !== undefined) program.corrupt(NAMES.target, NAMES.input, corruption, noise, start, rows);
    if (variational) program.drawNormal(NAMES.epsilon, latent, start, rows);
    inverseRows[0] = 1 / rows;
    program.run(rows);
    lastRows = rows;
    // Values without a finite loss stay as they are, for the search for the first number that is not finite.
    if (!Number.isFinite(loss[0])) return;
    if (options.clipNorm !== null) {
      update.gradientScale = Math.min(1, options.clipNorm / program.gradientNorm());
    }
    update.learningRate = options.optimizer.learningRate *
      learningRateShare(options.schedule, epochsDone, options.epochs);
    update.step = ++progress.steps;
    setScalars(update);
    program.update(scalars);
  }

  /** Runs the remaining batches of a block; false when the epoch is left before its end. */
  function runBlock(current: Block): boolean {
    const { epochs, epoch: sums } = progress;
    const done = sums.samples - current.first;
    if (done >= current.count) return true;
    feed.load(current.first, current.count);
    shuffleBlock(current, shuffle, program.order);
    for (let start = done; start < current.count; start += batchSize) {
      const rows = Math.min(batchSize, current.count - start);
      // A step is counted from its end, so that the warm-up's first step is not at rate 0.
      step(start, rows, epochs + (current.first + start + rows) / samples);
      sums.samples += rows;
      sums.loss += loss[0] * rows;
      if (reconstruction !== undefined && kl !== undefined) {
        sums.reconstruction += reconstruction[0] * rows;
        sums.kl += kl[0] * rows;
      }
      if (!Number.isFinite(sums.loss)) return false;
      sums.goodSteps++;
      batches?.batch(sums.goodSteps, sums.loss / sums.samples);
      if (sums.samples < samples && pause()) return false;
    }
    return true;
  }

  /** Starts an epoch, or resumes one that was left. */
  function run(): EpochResult {
    const { epochs, epoch: sums } = progress;
    shuffle.epoch = latent.epoch = epochs;
    noise.epoch = freshNoise ? epochs : 0;
    binarise.epoch = epochs + 1;
    setKlWeight(epochs);
    const blocks = epochBlocks(samples, block, shuffle);
    batches?.begin(epochs + 1, blocks.reduce((sum, { count }) => sum + Math.ceil(count / batchSize), 0));
    const finished = blocks.every(runBlock) || !Number.isFinite(sums.loss);
    const parts = variational
      ? { reconstruction: sums.reconstruction / samples, kl: sums.kl / samples }
      : undefined;
    return { finished, loss: sums.loss / samples, parts, learningRate: update.learningRate, rows: lastRows };
  }
  return { run };
}
