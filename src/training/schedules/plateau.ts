/** Reduces the learning rate whenever the monitored loss stops improving. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import { plural } from "../../core/amounts.ts";
import {
  joined,
  type ScheduleKind,
  warmupEpochs,
  type WarmupOptions,
  warmupShare,
  warmupText,
} from "./schedule.ts";

/** Options for {@link plateau}. */
export interface PlateauOptions extends WarmupOptions {
  /** What the rate is multiplied by. @default {0.1} */
  factor?: number;
  /** Epochs without improvement before the rate is reduced. @default {10} */
  patience?: number;
  /** What counts as an improvement, in the unit of the loss. @default {0} */
  minDelta?: number;
  /** The learning rate below which it is not reduced. @default {0} */
  minimum?: number;
  /** Epochs after a reduction in which an epoch without improvement does not count. @default {0} */
  cooldown?: number;
}

const schema = z.strictObject({
  kind: z.literal("plateau"),
  warmupEpochs,
  factor: z.number().positive().lt(1).default(0.1),
  patience: z.int().min(1).default(10),
  minDelta: z.number().min(0).default(0),
  minimum: z.number().min(0).default(0),
  cooldown: z.int().min(0).default(0),
});

/**
 * Multiplies the rate by `factor` after `patience` epochs in which the monitored loss (see {@link TrainOptions.monitor}) has not improved by more
 * than `minDelta`, each time that happens.
 *
 * It counts as Keras' `ReduceLROnPlateau` does: the rate is reduced after `patience` epochs without improvement, where PyTorch's waits for one
 * more (its `patience` is one less). A cooldown of n epochs is PyTorch's; in Keras the last of the n epochs counts again. `minDelta` is
 * absolute, as in Keras and under PyTorch's `threshold_mode="abs"`, and 0 by default, where both have 1e-4. The counter is separate from
 * that of early stopping, and a training may be resumed with more epochs.
 */
export function plateau(options: PlateauOptions = {}): { kind: "plateau" } & PlateauOptions {
  return { kind: "plateau", ...optionsOf("plateau", options) };
}

/** See {@link plateau}. */
export const plateauKind = {
  schema,
  endsWithEpochs: false,
  rate: ({ warmupEpochs }, { learningRate, epochsDone, plateau }) =>
    warmupShare(warmupEpochs, epochsDone) * (plateau?.learningRate ?? learningRate),
  describe: ({ warmupEpochs, factor, patience, minimum }) =>
    joined(
      `times ${factor} after ${plural(patience, "epoch")} without improvement${
        minimum === 0 ? "" : `, at least ${minimum}`
      }`,
      warmupText(warmupEpochs),
    ),
} satisfies ScheduleKind<z.infer<typeof schema>>;
