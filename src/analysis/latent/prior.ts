/**
 * Where new latent points come from.
 *
 * @module
 */
import type { Split } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { encodeImages } from "../reconstruction/inference.ts";
import { moments } from "./latent_space.ts";

/** A Gaussian with independent dimensions. */
export interface Prior {
  readonly mean: number[];
  readonly std: number[];
  /** What it is, in a few words. */
  readonly source: string;
}

/** The prior N(0, I) of a VAE. An autoencoder has none, so a Gaussian fitted to the latents of its training images is used instead. */
export function priorOf(engine: Engine, model: TrainedModel, train: Split): Prior {
  const { kind, latent } = model.spec;
  if (kind === "vae") {
    const fill = (value: number) => new Array<number>(latent).fill(value);
    return { mean: fill(0), std: fill(1), source: "the prior" };
  }
  const fitted = moments(encodeImages(engine, model, train), latent);
  return { ...fitted, source: "a Gaussian fitted to the training latents" };
}
