/**
 * One epoch of training: every sample once (or `copies` times), in an order of its own.
 *
 * @module
 */
import type { DrawKey } from "../core/random.ts";
import type { ImageFeed } from "../data/feed.ts";
import type { Program } from "../engine/engine.ts";
import { NAMES } from "../models/graphs.ts";
import type { ModelSpec } from "../models/spec.ts";
import type { FitData, FitOptions, StopSignal } from "./fit.ts";
import { type Block, epochBlocks, shuffleBlock } from "./order.ts";
import { updateOf } from "./optimizers.ts";
import { learningRateShare } from "./schedules.ts";

/** The sums of one epoch. */
export interface EpochSums {
  readonly loss: number;
  readonly parts?: { readonly reconstruction: number; readonly kl: number };
  readonly learningRate: number;
  readonly stopped: boolean;
  /** Steps whose loss was a finite number. */
  readonly goodSteps: number;
}

/** What an epoch needs. */
export interface EpochRunner {
  readonly program: Program;
  readonly model: ModelSpec;
  readonly data: FitData;
  readonly options: FitOptions;
  readonly seed: number;
  readonly signal: StopSignal;
  readonly feed: ImageFeed;
  readonly samples: number;
  /** Samples that are shuffled among themselves. */
  readonly block: number;
  readonly batchSize: number;
}

/** Prepares all that a step needs, so that a step itself allocates nothing. */
export function epochRunner(
  { program, model, data, options, seed, signal, feed, samples, block, batchSize }: EpochRunner,
): { run(epoch: number): EpochSums } {
  const { corruption, freshNoise } = data;
  const variational = model.kind === "vae";
  const update = updateOf(options.optimizer);
  const key = (stream: DrawKey["stream"]) => ({ seed, stream, epoch: 0 });
  const shuffle = key("shuffle"), noise = key("noise"), latent = key("latent");
  const inverseRows = program.input(NAMES.inverseRows), loss = program.output("loss");
  const beta = variational ? program.input(NAMES.beta) : undefined;
  const reconstruction = variational ? program.output("reconstruction") : undefined;
  const kl = variational ? program.output("kl") : undefined;

  function step(start: number, rows: number, epochsDone: number): void {
    program.gather(NAMES.target, start, rows);
    if (corruption !== undefined) program.corrupt(NAMES.target, NAMES.input, corruption, noise, start, rows);
    if (variational) program.drawNormal(NAMES.epsilon, latent, start, rows);
    inverseRows[0] = 1 / rows;
    program.run(rows);
    if (options.clipNorm !== null) {
      update.gradientScale = Math.min(1, options.clipNorm / program.gradientNorm());
    }
    update.learningRate = options.optimizer.learningRate *
      learningRateShare(options.schedule, epochsDone, options.epochs);
    update.step++;
    program.update(update);
  }

  /** What an epoch has added up so far. */
  const sums = { loss: 0, reconstruction: 0, kl: 0, goodSteps: 0, stopped: false };

  /** Runs the batches of a block; false when the epoch is over before its end. */
  function runBlock(current: Block, epoch: number): boolean {
    feed.load(current.first, current.count);
    shuffleBlock(current, shuffle, program.order);
    for (let start = 0; start < current.count; start += batchSize) {
      const rows = Math.min(batchSize, current.count - start);
      // A step is counted from its end, so that the warm-up's first step is not at rate 0.
      step(start, rows, epoch + (current.first + start + rows) / samples);
      sums.loss += loss[0] * rows;
      if (reconstruction !== undefined && kl !== undefined) {
        sums.reconstruction += reconstruction[0] * rows;
        sums.kl += kl[0] * rows;
      }
      if (!Number.isFinite(sums.loss)) return false;
      sums.goodSteps++;
      sums.stopped = signal.aborted;
      if (sums.stopped) return false;
    }
    return true;
  }

  /** Runs an epoch, counted from 0. */
  function run(epoch: number): EpochSums {
    shuffle.epoch = latent.epoch = epoch;
    noise.epoch = freshNoise ? epoch : 0;
    if (beta !== undefined) beta[0] = warmBeta(model, epoch);
    Object.assign(sums, { loss: 0, reconstruction: 0, kl: 0, goodSteps: 0, stopped: false });
    epochBlocks(samples, block, shuffle).every((current) => runBlock(current, epoch));
    const parts = variational
      ? { reconstruction: sums.reconstruction / samples, kl: sums.kl / samples }
      : undefined;
    const { stopped, goodSteps } = sums;
    return { loss: sums.loss / samples, parts, learningRate: update.learningRate, stopped, goodSteps };
  }
  return { run };
}

/** The weight of the KL term in an epoch, counted from 0: `beta (epoch + 1) / (warm-up + 1)` while it grows. */
function warmBeta(model: ModelSpec, epoch: number): number {
  if (model.kind !== "vae") return 0;
  return model.beta * Math.min(1, (epoch + 1) / (model.klWarmupEpochs + 1));
}
