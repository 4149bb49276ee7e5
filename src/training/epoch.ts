/**
 * One epoch of training: every sample once (or `copies` times), in an order of its own.
 *
 * @module
 */
import { type DrawKey, permutation } from "../core/random.ts";
import type { Program } from "../engine/engine.ts";
import { NAMES } from "../models/graphs.ts";
import type { ModelSpec } from "../models/spec.ts";
import type { FitData, FitOptions, StopSignal } from "./fit.ts";
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
  readonly samples: number;
  readonly batchSize: number;
}

/** Prepares all that a step needs, so that a step itself allocates nothing. */
export function epochRunner(
  { program, model, data, options, seed, signal, samples, batchSize }: EpochRunner,
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
  const steps = Math.ceil(samples / batchSize);

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

  /** Runs an epoch, counted from 0. */
  function run(epoch: number): EpochSums {
    shuffle.epoch = latent.epoch = epoch;
    noise.epoch = freshNoise ? epoch : 0;
    permutation(samples, shuffle, program.order);
    if (beta !== undefined) beta[0] = warmBeta(model, epoch);
    let total = 0, totalReconstruction = 0, totalKl = 0, stopped = false, goodSteps = 0;
    for (let at = 0; at < steps && !stopped; at++) {
      const start = at * batchSize, rows = Math.min(batchSize, samples - start);
      // A step is counted from its end, so that the warm-up's first step is not at rate 0.
      step(start, rows, epoch + (at + 1) / steps);
      total += loss[0] * rows;
      if (reconstruction !== undefined && kl !== undefined) {
        totalReconstruction += reconstruction[0] * rows;
        totalKl += kl[0] * rows;
      }
      if (!Number.isFinite(total)) break;
      goodSteps++;
      stopped = signal.aborted;
    }
    const parts = variational
      ? { reconstruction: totalReconstruction / samples, kl: totalKl / samples }
      : undefined;
    return { loss: total / samples, parts, learningRate: update.learningRate, stopped, goodSteps };
  }
  return { run };
}

/** The weight of the KL term in an epoch, counted from 0: `beta (epoch + 1) / (warm-up + 1)` while it grows. */
function warmBeta(model: ModelSpec, epoch: number): number {
  if (model.kind !== "vae") return 0;
  return model.beta * Math.min(1, (epoch + 1) / (model.klWarmupEpochs + 1));
}
