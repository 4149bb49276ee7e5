/** Options for a training, and their schema. @module */
import { z } from "zod";
import type { ReconstructionMeasures } from "../../analysis/reconstruction/measure.ts";
import { parseCondition } from "../../core/condition.ts";
import { OWN_LIKELIHOODS, type OwnLikelihood } from "../../models/likelihoods/table.ts";
import { ModelSpec } from "../../models/spec.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { OptimizerSpec } from "../../training/optimizers.ts";
import type { OptimizerOptions } from "../../training/optimizers/kinds.ts";
import { ScheduleSpec } from "../../training/schedules.ts";
import type { ScheduleOptions } from "../../training/schedules/kinds.ts";

const METRICS = Object.keys(
  {
    mse: 1,
    bce: 1,
    ...Object.fromEntries(OWN_LIKELIHOODS.map((name) => [name, 1])) as Record<OwnLikelihood, 1>,
    pixelAccuracy: 1,
    worstWrongPixels: 1,
    withinOnePixel: 1,
  } satisfies Record<keyof ReconstructionMeasures, 1>,
);

/** A condition on how images are reconstructed: `worstWrongPixels <= 1`. */
const UntilText: z.ZodString = z.string().refine(
  (text) => METRICS.some((metric) => metric === parseCondition(text)?.what),
  { error: `must be a condition as in "worstWrongPixels <= 1", on one of ${METRICS.join(", ")}` },
);

/** The schema of a train stage. */
export const TrainSettings = z.strictObject({
  name: z.string().optional(),
  model: ModelSpec,
  initial: z.string().min(1).nullable().default(null),
  freeze: z.array(z.string().min(1)).default([]),
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
  maxSeconds: z.number().positive().nullish().transform((seconds) => seconds ?? undefined),
  monitor: z.enum(["auto", "loss", "validation"]).default("auto"),
  clipNorm: z.number().positive().nullable().default(null),
  ema: z.number().gt(0).lt(1).nullish().transform((decay) => decay ?? undefined),
  parts: z.int().min(1).max(4096).nullish().transform((parts) => parts ?? undefined),
  previews: z.boolean().default(true),
  checkpoint: z.strictObject({
    everyMinutes: z.union([z.literal("auto"), z.number().positive()]).nullable().default("auto"),
    everyEpochs: z.int().min(1).nullable().default(null),
    keepOptimizer: z.boolean().default(false),
  }).prefault({}),
});
/** A train stage with all defaults filled in. */
export type TrainSettings = z.infer<typeof TrainSettings>;

/** Options for {@link train}. */
export interface TrainOptions {
  /** The stage's name. @default {"train"} */
  name?: string;
  /**
   * The weights to start from: a `.safetensors` file of this program or of PyTorch's `state_dict` (see `exportRun({ formats: ["pytorch"] })`
   * for its names), or the folder of a run. The content of the file is part of the stage's key. `null`: drawn as the model says.
   * @default {null}
   */
  initial?: string | null;
  /**
   * What the training leaves as it is, bit for bit: `"encoder"` (with the latent layer), `"decoder"` (with the output layer), or layers
   * by their names in the model's file, as in `"encoder.0"`. @default {[]}
   */
  freeze?: string[];
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
  /**
   * The share of the train split, from its end, that is held out for the validation loss; not used where the source has a validation
   * split of its own. @default {0}
   */
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
  /**
   * Ends the training before the epoch that would end after this many seconds of training, by the mean length of the epochs before; the
   * first is always finished. The time counts what `train.seconds` does: validation, previews and, of a resumed training, earlier
   * processes. How many epochs that makes depends on the machine. For comparisons at equal time, best under a rate that does not end with
   * the epochs, and with averaged weights. `null`: no limit.
   * @default {null}
   */
  maxSeconds?: number | null;
  /** What patience and the best weights go by; `auto` is validation where there is a split. @default {"auto"} */
  monitor?: "auto" | "loss" | "validation";
  /** The largest norm of all gradients together; longer ones are scaled down (Pascanu et al. 2013). `null`: off. @default {null} */
  clipNorm?: number | null;
  /**
   * The decay of an exponential moving average of the weights, as in `0.999`, which takes their place in the validation loss, previews,
   * early stopping and the model: after step t each step's weights count `ema` times as much as those of the next one, without the initial
   * ones, so it is the plain mean of all steps while t is far below `1 / (1 - ema)`. The training loss is that of the weights themselves.
   * `null`: off.
   * @default {null}
   */
  ema?: number | null;
  /**
   * Computes each step in this many parts of its batch, whose gradients are summed in a fixed order: the bits depend on this number and not on
   * what computes the parts, one thread, two, or several processes that each take some. `null`: in one piece. See docs/parallel.md.
   * @default {null}
   */
  parts?: number | null;
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
