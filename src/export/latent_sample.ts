/**
 * `artifacts/latent.json`: a sample of test images in the latent space, for the explorer.
 *
 * @module
 */
import { z } from "zod";
import { SCHEMA } from "../core/schema_version.ts";

const count = z.int().nonnegative();
const base64 = z.base64();
const measured = z.array(z.number().nullable());

/** The schema. n = samples, K = latent dimensions, D = pixels times channels. */
export const LatentSample = z.object({
  schema: z.literal(SCHEMA.latent),
  /** The split of the samples. */
  split: z.string(),
  latent: z.int().positive(),
  height: z.int().positive(),
  width: z.int().positive(),
  /** Values per pixel: 1 (grey) or 3 (red, green, blue). @default {1} */
  channels: z.union([z.literal(1), z.literal(3)]).optional(),
  /** Posterior means (an AE's latents): 32-bit floats [n, K], little-endian. */
  points: base64,
  /** The images, a byte for each value of a pixel [n, D]. */
  images: base64,
  /** Index into {@link labelNames} of each sample; empty without labels. */
  labels: z.array(count),
  labelNames: z.array(z.string()),
  /** The name of each sample; empty when they have none. */
  names: z.array(z.string()),
  /** The training image nearest to each sample (Euclidean, over values in [0, 1]), and its distance. */
  nearest: z.object({ images: base64, distances: measured }).nullable(),
  /** Mean and variance of each latent dimension over {@link measured} samples. */
  mean: measured,
  variance: measured,
  /** KL(posterior || prior) of each latent dimension in nats, mean over samples; `null` without a posterior. */
  kl: measured.nullable(),
  measured: count,
});
/** The content of `latent.json`. */
export type LatentSample = z.infer<typeof LatentSample>;
