/** Families of models, by what can be done with a trained one. @module */
import { isConditional } from "./condition.ts";
import type { ModelSpec } from "./options.ts";

/**
 * The families: an autoencoder (denoising or not), which has no prior of its own; a VAE; a conditional VAE, whose encoder and decoder
 * have the class of each sample as an input; a VQ-VAE, whose latent is discrete and has no prior. What works with models (a stage, for
 * example) states for each family whether it supports it.
 */
export type ModelFamily = "autoencoder" | "variational" | "conditional" | "vectorQuantised";

/** What something does with each family: it works, or the reason why it does not, with what to use instead. */
export type ModelSupport = Readonly<Record<ModelFamily, true | string>>;

/** The family of a model. */
export function familyOf(model: ModelSpec): ModelFamily {
  const families: Readonly<Record<ModelSpec["kind"], ModelFamily>> = {
    ae: "autoencoder",
    dae: "autoencoder",
    vae: isConditional(model) ? "conditional" : "variational",
    vqvae: "vectorQuantised",
  };
  return families[model.kind];
}
