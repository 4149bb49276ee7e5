/** The stage that trains a model. @module */
import type { Dataset } from "../../data/dataset.ts";
import { initialHash } from "../../models/initial_weights.ts";
import type { ModelOptions } from "../../models/spec.ts";
import { endsWithEpochs } from "../../training/schedules.ts";
import { type Stage, type StageDefinition, stageOf } from "../../pipeline/stage.ts";
import { planTraining } from "./plan.ts";
import { type TrainOptions, type TrainOutput, TrainSettings } from "./settings.ts";

const definition: StageDefinition<TrainSettings, { dataset: Dataset }, TrainOutput> = {
  kind: "train",
  version: 7,
  isDistributed: true,
  inputs: ["dataset"],
  optionalInputs: ["noise"],
  outputs: ["model"],
  schema: TrainSettings,
  contentHash: ({ initial }) => initial === null ? undefined : initialHash(initial),
  resumeIdentity,
  extendable: ["epochs", "patience", "maxSeconds"],
  keepsCheckpoint: ({ checkpoint }) => checkpoint.keepOptimizer,
  plan: planTraining,
  run: async (...given) => (await import("./run.ts")).runTraining(...given),
};

/** A training resumes under more epochs, patience and time, unless its schedule ends with the epochs. */
function resumeIdentity(
  { epochs, patience: _patience, maxSeconds: _seconds, checkpoint: _checkpoint, until: _until, ...rest }:
    TrainSettings,
): unknown {
  return endsWithEpochs(rest.schedule) ? { ...rest, epochs } : rest;
}

/**
 * Trains a model and keeps the weights of its best epoch: `train(vae({ encoder: [784, 400], latent: 20 }), { epochs: 20 })`.
 *
 * Needs `dataset`; a {@link NoiseSetting} before it corrupts the inputs, the target stays clean. The order of samples, the noise and a
 * VAE's draws are functions of (seed, epoch, sample), so the same seed gives the same losses.
 */
export function train(
  model: ModelOptions,
  options: TrainOptions = {},
): Stage<{ dataset: Dataset }, TrainOutput> {
  return stageOf(definition, options, { model });
}
