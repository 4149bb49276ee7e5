/** The stage that trains a model. @module */
import { z } from "zod";
import type { Dataset } from "../data/dataset.ts";
import { type ModelOptions, ModelSpec } from "../models/spec.ts";
import type { TrainedModel } from "../models/trained.ts";
import { engineOf } from "./engine.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";
import { fit } from "../training/fit.ts";
import { OptimizerSpec } from "../training/optimizers.ts";
import type { OptimizerOptions } from "../training/optimizers/kinds.ts";
import { type ScheduleOptions, ScheduleSpec } from "../training/schedules.ts";
import type { NoiseOutput } from "./noise.ts";
import { holdOut, modelFor } from "./train_data.ts";
import { checkpointsOf, keepWeights } from "./train_keep.ts";
import { planTraining } from "./train_plan.ts";
import { untilChecker, UntilText } from "./train_until.ts";
import { type Reported, trainingReporter } from "./train_report.ts";

/** The schema of a train stage. */
export const TrainSettings = z.strictObject({
  name: z.string().optional(),
  model: ModelSpec,
  optimizer: OptimizerSpec.prefault({ kind: "adam" }),
  schedule: ScheduleSpec.prefault({ kind: "constant" }),
  epochs: z.int().min(1).default(20),
  batchSize: z.int().min(1).max(1 << 20).default(128),
  repeats: z.int().min(1).max(1_000_000).default(1),
  shuffleBlock: z.int().min(1).nullable().default(null),
  validationShare: z.number().min(0).max(0.9).default(0),
  patience: z.int().min(1).nullable().default(null),
  minDelta: z.number().min(0).default(0),
  until: UntilText.nullable().default(null),
  monitor: z.enum(["auto", "loss", "validation"]).default("auto"),
  clipNorm: z.number().positive().nullable().default(null),
  previews: z.boolean().default(true),
  checkpoint: z.strictObject({
    everyMinutes: z.union([z.literal("auto"), z.number().positive()]).nullable().default("auto"),
    everyEpochs: z.int().min(1).nullable().default(null),
    keepOptimizer: z.boolean().default(false),
  }).prefault({}),
}).refine(({ monitor, validationShare }) => monitor !== "validation" || validationShare > 0, {
  path: ["monitor"],
  error: 'must be "loss" without a validation split (set validationShare above 0)',
});
/** A train stage with all defaults filled in. */
export type TrainSettings = z.infer<typeof TrainSettings>;

/** Options for {@link train}. */
export interface TrainOptions {
  /** The stage's name. @default {"train"} */
  name?: string;
  /** How parameters are changed. @default {adam()} */
  optimizer?: OptimizerOptions;
  /** How the learning rate changes over the training. @default {constant()} */
  schedule?: ScheduleOptions;
  /** Maximum number of epochs. @default {20} */
  epochs?: number;
  /** Samples of a step; the last batch of an epoch may be shorter. @default {128} */
  batchSize?: number;
  /** How often an epoch visits each image, each time under noise of its own; for small sets. @default {1} */
  repeats?: number;
  /**
   * Images that are shuffled among themselves; `null`: all, or as many as the memory holds of images that stay in a file.
   * @default {null}
   */
  shuffleBlock?: number | null;
  /** The share of the train split, from its end, that is held out for the validation loss. @default {0} */
  validationShare?: number;
  /** Epochs without improvement before training stops; `null`: never. @default {null} */
  patience?: number | null;
  /** What counts as an improvement, in the unit of the loss. @default {0} */
  minDelta?: number;
  /**
   * Ends the training after the first epoch in which the clean train images are reconstructed so well: `mse`, `bce`, `pixelAccuracy`,
   * `worstWrongPixels` or `withinOnePixel`, as in `"worstWrongPixels <= 1"`. Measured after each epoch, so it is for small sets.
   * @default {null}
   */
  until?: string | null;
  /** What patience and the best weights go by; `auto` is validation where there is a split. @default {"auto"} */
  monitor?: "auto" | "loss" | "validation";
  /** The largest norm of all gradients together; longer ones are scaled down (Pascanu et al. 2013). `null`: off. @default {null} */
  clipNorm?: number | null;
  /** Whether some epochs show reconstructed images and the latent plane. @default {true} */
  previews?: boolean;
  /** When checkpoints are written, so that a training can resume with the same bits after a stop or a crash. @default {each second} */
  checkpoint?: CheckpointOptions;
}

/** When checkpoints are written; a stop writes one in any case. */
export interface CheckpointOptions {
  /**
   * Minutes between two checkpoints; `"auto"`: a second, or fifty times as long as the last one took to write, whichever is more;
   * `null`: not by the clock.
   * @default {"auto"}
   */
  everyMinutes?: number | "auto" | null;
  /** Epochs between two checkpoints; `null`: not by epochs. @default {null} */
  everyEpochs?: number | null;
  /**
   * Whether a complete run keeps its last checkpoint, about five times the size of the model, so that another run can continue the
   * training with more `epochs` or `patience`. A run that was stopped or cut off always keeps it.
   * @default {false}
   */
  keepOptimizer?: boolean;
}

/** Outputs of {@link train}. */
export interface TrainOutput {
  /** The model with the weights of its best epoch. */
  model: TrainedModel;
}

const definition: StageDefinition<TrainSettings, { dataset: Dataset }, TrainOutput> = {
  kind: "train",
  version: 3,
  inputs: ["dataset"],
  optionalInputs: ["noise"],
  outputs: ["model"],
  schema: TrainSettings,
  resumeIdentity,
  extendable: ["epochs", "patience"],
  keepsCheckpoint: ({ checkpoint }) => checkpoint.keepOptimizer,
  plan: planTraining,
  async run(input, written, context) {
    const { dataset, noise } = input as { dataset: Dataset } & Partial<NoiseOutput>;
    const settings = { ...written, model: modelFor(written.model, dataset) };
    const { train, validation } = holdOut(dataset, settings.validationShare);
    const engine = await engineOf(context);
    const monitor = validation !== undefined && settings.monitor !== "loss" ? "validation" : "loss";
    const reported: Reported = { collapse: false };
    const checkpoints = checkpointsOf(settings, context, reported);
    const report = trainingReporter({
      engine,
      settings,
      dataset,
      train,
      validation,
      noise,
      monitor,
      context,
      reported,
    });
    const until = untilChecker(settings, { engine, dataset, train });
    if (checkpoints.found === undefined) report.started();
    const result = fit({
      engine,
      model: settings.model,
      data: { train, validation, corruption: noise?.corruption, freshNoise: noise?.everyEpoch ?? true },
      options: { ...settings, monitor },
      seed: context.seed,
      signal: context.signal,
      checkpoints,
      isReached: until?.isReached,
      onEpoch: report.epoch,
      progress: context.progress,
    });
    until?.close();
    const model = {
      spec: settings.model,
      parameters: result.parameters,
      height: dataset.height,
      width: dataset.width,
      epoch: result.patience.bestEpoch,
    };
    await keepWeights(model, result, context);
    return { outputs: { model }, isUnfinished: result.outcome === "stopped", ...report.result(result) };
  },
};

/** A training resumes under more epochs and more patience, unless its schedule ends with the epochs. */
function resumeIdentity(
  { epochs, patience: _patience, checkpoint: _checkpoint, until: _until, ...rest }: TrainSettings,
): unknown {
  return rest.schedule.kind === "cosine" ? { ...rest, epochs } : rest;
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
