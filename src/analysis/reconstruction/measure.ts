// n = samples, D = values of a sample, K = latent size.

/**
 * The metrics of a model.
 *
 * @module
 */
import { isActive } from "../../core/active_units.ts";
import { isPicture, pictureShape, type SampleShape, sampleSize } from "../../core/shape.ts";
import { inputSize } from "../../models/spec.ts";
import type { Split } from "../../data/dataset.ts";
import type { Engine, Program } from "../../engine/engine.ts";
import { NAMES } from "../../models/graphs.ts";
import {
  errorOf,
  hasOwnLikelihood,
  likelihoodOf,
  type OwnLikelihood,
  showsProbabilities,
} from "../../models/likelihoods/table.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { meanInterval } from "../statistics/intervals.ts";
import { evaluator, type InputNoise } from "./inference.ts";
import { countWrongPixels } from "./wrong_pixels.ts";

/**
 * The negative log-likelihood in nats under the likelihood of the model, by its name: summed over values, mean over samples; `undefined` with
 * all others. Lower is better.
 */
type LikelihoodMeasures = { readonly [Name in OwnLikelihood]?: number };

/** How well samples are reconstructed; a VAE's through its posterior mean. */
export interface ReconstructionMeasures extends LikelihoodMeasures {
  /** Squared error: mean over values and samples. Lower is better. */
  readonly mse: number;
  /** Binary cross-entropy in nats: summed over values, mean over samples; `undefined` when outputs are no probabilities. */
  readonly bce?: number;
  /**
   * The share of pixels that are right after both sides are thresholded at 0.5, in each of their channels. Higher is better. This and what follows is of pictures:
   * `undefined` where samples are vectors.
   */
  readonly pixelAccuracy?: number;
  /** The most wrong pixels that any sample has. */
  readonly worstWrongPixels?: number;
  /** The share of samples with at most one wrong pixel. Higher is better. */
  readonly withinOnePixel?: number;
}

/** What the evidence lower bound is made of, in nats: sums over pixels and latent dimensions, means over samples. */
export interface BoundMeasures {
  /** `-reconstruction - kl`, with one latent sample per image. Higher is better. */
  readonly elbo: number;
  /** The ends of its 95 % interval over images; missing for a single one. */
  readonly elboLow?: number;
  readonly elboHigh?: number;
  /** The negative log-likelihood of the pixels under one latent sample. Lower is better. */
  readonly reconstruction: number;
  /** KL(posterior || prior). */
  readonly kl: number;
  /** Latent dimensions whose posterior mean varies over the data: variance above 0.01 (Burda et al. 2016, arXiv:1509.00519). */
  readonly activeUnits: number;
}

/** What to measure on. */
export interface MeasureOptions {
  readonly engine: Engine;
  readonly model: TrainedModel;
  readonly split: Split;
  /** How inputs are corrupted; targets stay clean. */
  readonly noise?: InputNoise;
  /** How often each image is drawn, each time under its own noise. @default {1} */
  readonly copies?: number;
}

/** Reconstructs every image and compares. */
export function measureReconstruction({ noise, ...options }: MeasureOptions): ReconstructionMeasures {
  const { measure, close } = reconstructionMeter(options);
  const measures = measure(noise);
  close();
  return measures;
}

/** Reconstructs every image and compares, again and again while a model learns. Close it at the end. */
export function reconstructionMeter(
  { engine, model, split, copies = 1 }: Omit<MeasureOptions, "noise">,
): { readonly program: Program; measure(noise?: InputNoise): ReconstructionMeasures; close(): void } {
  const evaluation = evaluator(engine, model, split, { copies });
  const pixels = inputSize(model.spec), samples = split.count * copies;
  const { program } = evaluation;
  const { spec, shape } = model, squaredError = program.output("squaredError");
  const crossEntropy = showsProbabilities(spec) ? program.output("crossEntropy") : undefined;
  const ownError = hasOwnLikelihood(spec) ? program.output(errorOf(spec).output) : undefined;

  function measure(noise?: InputNoise): ReconstructionMeasures {
    const wrong = wrongPixelCounter(program, shape);
    let squares = 0, entropy = 0, own = 0;
    evaluation.forEachBatch({ samples, noise }, (_start, rows) => {
      for (let row = 0; row < rows; row++) {
        squares += squaredError[row];
        if (crossEntropy !== undefined) entropy += crossEntropy[row];
        if (ownError !== undefined) own += ownError[row];
        wrong.add(row);
      }
    });
    return {
      mse: squares / (samples * pixels),
      ...(crossEntropy === undefined ? {} : { bce: entropy / samples }),
      ...(ownError === undefined ? {} : { [likelihoodOf(spec).kind]: own / samples }),
      ...(isPicture(shape) ? wrong.measures(samples) : {}),
    };
  }
  return { program, measure, close: () => program.dispose() };
}

/** Counts wrong pixels, sample by sample: those of which a channel is on the other side of 0.5 than its target. */
function wrongPixelCounter(program: Program, shape: SampleShape) {
  const output = program.output("output"), target = program.input(NAMES.target);
  const values = sampleSize(shape), { channels = 1 } = pictureShape(shape);
  let wrong = 0, worst = 0, within = 0;
  return {
    /** Counts those of a row of the last run. */
    add(row: number): void {
      const first = row * values;
      const isWrong = (d: number) => (output[first + d] > 0.5) !== (target[first + d] > 0.5);
      const here = countWrongPixels(values, channels, isWrong);
      wrong += here;
      if (here <= 1) within++;
      if (here > worst) worst = here;
    },
    measures: (samples: number) => ({
      pixelAccuracy: 1 - wrong * channels / (samples * values),
      worstWrongPixels: worst,
      withinOnePixel: within / samples,
    }),
  };
}

/** The evidence lower bound of a VAE with one latent sample per image (Kingma and Welling 2014, eq. 10 with L = 1). */
export function measureBound(options: MeasureOptions & { readonly seed: number }): BoundMeasures {
  const { engine, model, split, noise, seed } = options;
  const evaluation = evaluator(engine, model, split);
  const { program } = evaluation;
  const { output, nats } = errorOf(model.spec), error = program.output(output);
  const klOfDimension = program.output("klOfDimension"), means = program.output("latent");
  const spread = latentSpread(model.spec.latent);
  const bounds = new Float64Array(split.count), { latent } = model.spec;
  let errors = 0, kl = 0;
  const sampled = { seed, stream: "evaluationLatent", epoch: 1 } as const;
  evaluation.forEachBatch({ samples: split.count, noise, sampled }, (start, rows) => {
    for (let row = 0; row < rows; row++) {
      errors += nats * error[row];
      bounds[start + row] = -nats * error[row];
    }
    for (let at = 0; at < rows * latent; at++) {
      kl += klOfDimension[at];
      bounds[start + Math.floor(at / latent)] -= klOfDimension[at];
    }
    spread.add(means, rows);
  });
  program.dispose();
  const reconstruction = errors / split.count, divergence = kl / split.count;
  const { low, high } = meanInterval(bounds) ?? {};
  return {
    elbo: -reconstruction - divergence,
    ...low === undefined || high === undefined ? {} : { elboLow: low, elboHigh: high },
    reconstruction,
    kl: divergence,
    activeUnits: spread.active(),
  };
}

/** Running variances of each latent dimension (Welford 1962). */
function latentSpread(latent: number) {
  const mean = new Float64Array(latent), squares = new Float64Array(latent);
  let count = 0;
  return {
    add(points: ArrayLike<number>, rows: number): void {
      for (let row = 0; row < rows; row++) {
        count++;
        for (let k = 0; k < latent; k++) {
          const difference = points[row * latent + k] - mean[k];
          mean[k] += difference / count;
          squares[k] += difference * (points[row * latent + k] - mean[k]);
        }
      }
    },
    active: (): number => squares.filter((sum) => isActive(sum / count)).length,
  };
}
