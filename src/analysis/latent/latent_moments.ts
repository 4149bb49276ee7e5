// n = samples, K = latent size.

/**
 * The moments of images in a latent space of any size, and the information that each latent dimension carries.
 *
 * @module
 */
import type { Split } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { evaluator } from "../reconstruction/inference.ts";
import { moments } from "./latent_space.ts";

/** The latents of images, and what they are like over all of them. */
export interface LatentMoments {
  /** Posterior means (an AE's latents). Shape [n, K]. */
  readonly points: Float32Array;
  /** The mean of each latent dimension. Length K. */
  readonly mean: readonly number[];
  /** Its variance, with n. Length K. */
  readonly variance: readonly number[];
  /** KL(posterior || prior) of each latent dimension in nats, mean over samples; missing without a posterior. Length K. */
  readonly kl?: readonly number[];
}

/** Encodes all images of a split. */
export function latentMoments(engine: Engine, model: TrainedModel, split: Split): LatentMoments {
  const { latent, kind } = model.spec;
  const evaluation = evaluator(engine, model, split), { program } = evaluation;
  const latents = program.output("latent");
  const divergence = kind === "vae" ? program.output("klOfDimension") : undefined;
  const points = new Float32Array(split.count * latent);
  const kl = new Array<number>(latent).fill(0);
  evaluation.forEachBatch({ samples: split.count }, (start, rows) => {
    points.set(latents.subarray(0, rows * latent), start * latent);
    if (divergence === undefined) return;
    for (let at = 0; at < rows * latent; at++) kl[at % latent] += divergence[at] / split.count;
  });
  program.dispose();
  const { mean, variance } = moments(points, latent);
  return { points, mean, variance, ...(divergence === undefined ? {} : { kl }) };
}
