// n = images, k = latent samples per image, K = latent size.

/**
 * The importance-weighted bound: how much a VAE gives the images, closer to the truth the more samples are drawn.
 *
 * @module
 */
import { inputSize } from "../../models/spec.ts";
import { RunError } from "../../core/errors.ts";
import type { Split } from "../../data/dataset.ts";
import { sliceSplit } from "../../data/parts.ts";
import { evaluationDraw, pairFiller } from "../../engine/batch.ts";
import type { Engine } from "../../engine/engine.ts";
import { conditionFiller } from "../../models/condition.ts";
import { importanceGraph, NAMES } from "../../models/graphs.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { eachBatch, encodePosteriors, programOptions, splitFor } from "./inference.ts";

/** What to measure, and how closely. */
export interface ImportanceOptions {
  readonly engine: Engine;
  /** A VAE. */
  readonly model: TrainedModel;
  readonly split: Split;
  /** k, the latent samples of an image. */
  readonly samples: number;
  /** The number of images, from the first on. @default all */
  readonly images?: number;
  readonly seed: number;
  /** Called after each sample of a batch; true ends it without a result. @default never */
  stop?(): boolean;
}

/**
 * The bound of each image in nats (Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519, eq. 8):
 * `L_k = log 1/k sum_s p(x, z_s) / q(z_s | x)`, `z_s ~ q(z | x)`. Higher is better; `E[L_k]` grows with k towards `log p(x)`, and at
 * k = 1 it is the ELBO with a sampled KL term. A VAE of loss `mse` leaves out the constant `D/2 log(2 pi)`, as its ELBO does.
 *
 * The draws of (image i, sample s) are those of the stream `importance`, epoch s, sample i: neither batches nor k change them. Sums
 * are taken in f64. Shape [n]; `undefined` when it was stopped.
 *
 * @throws {RunError} When a weight is not a finite number.
 */
export function importanceBounds(
  { engine, model, split, samples, images = split.count, seed, stop = () => false }: ImportanceOptions,
): Float64Array | undefined {
  const { spec } = model;
  if (spec.kind !== "vae") {
    throw new RunError(
      `model must be a vae for importance samples, got ${spec.kind}`,
    );
  }
  const chosen = splitFor(model, sliceSplit(split, inputSize(spec), 0, Math.min(images, split.count)));
  const posteriors = encodePosteriors(engine, model, chosen);
  const program = engine.compile(importanceGraph(spec), programOptions(spec, chosen));
  program.parameters.set(model.parameters.subarray(model.parameters.length - program.parameters.length));
  const mean = program.input(NAMES.mean), logVariance = program.input(NAMES.logVariance);
  const logWeight = program.output("logWeight");
  const sums = logMeanExp(chosen.count), draws = { sampled: evaluationDraw(chosen.resampled) };
  const fill = pairFiller(program, { target: NAMES.target, hasTargets: chosen.targets !== undefined });
  const fillCondition = conditionFiller(program, spec, chosen.labels);
  eachBatch(program, chosen, chosen.count, (start, rows) => {
    const from = start * spec.latent, to = from + rows * spec.latent;
    fill(draws, 0, rows);
    fillCondition(0, rows);
    mean.set(posteriors.mean.subarray(from, to));
    logVariance.set(posteriors.logVariance.subarray(from, to));
    for (let sample = 0; sample < samples && !stop(); sample++) {
      program.drawNormal(NAMES.epsilon, { seed, stream: "importance", epoch: sample }, 0, rows);
      program.run(rows);
      for (let row = 0; row < rows; row++) sums.add(start + row, logWeight[row]);
    }
  });
  program.dispose();
  if (stop()) return undefined;
  return finite(sums.result());
}

function finite(bounds: Float64Array): Float64Array {
  const wrong = bounds.findIndex((bound) => !Number.isFinite(bound));
  if (wrong < 0) return bounds;
  throw new RunError(
    `importance weights must be finite, got ${bounds[wrong]} at image ${wrong}`,
  );
}

/**
 * `log(mean(exp(w)))` of several lists at once, one value at a time, with the largest so far taken out so that nothing overflows.
 */
export function logMeanExp(
  lists: number,
): { add(list: number, value: number): void; result(): Float64Array } {
  const largest = new Float64Array(lists).fill(-Infinity);
  const sum = new Float64Array(lists), count = new Float64Array(lists);
  return {
    add(list, value) {
      count[list]++;
      if (value > largest[list]) {
        sum[list] = sum[list] * Math.exp(largest[list] - value) + 1;
        largest[list] = value;
      } else sum[list] += Math.exp(value - largest[list]);
    },
    result: () => sum.map((total, list) => largest[list] + Math.log(total / count[list])),
  };
}
