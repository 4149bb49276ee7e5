/** Step decay: the rate is multiplied by a factor every few epochs. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import {
  joined,
  type ScheduleKind,
  warmupEpochs,
  type WarmupOptions,
  warmupShare,
  warmupText,
} from "./schedule.ts";

/** Options for {@link stepDecay}. */
export interface StepDecayOptions extends WarmupOptions {
  /** Epochs between two reductions. */
  everyEpochs: number;
  /** What the rate is multiplied by each time. @default {0.1} */
  factor?: number;
}

const schema = z.strictObject({
  kind: z.literal("step"),
  warmupEpochs,
  everyEpochs: z.number().positive(),
  factor: z.number().positive().max(1).default(0.1),
});

/** Multiplies the rate by a factor every few epochs. */
export function stepDecay(options: StepDecayOptions): { kind: "step" } & StepDecayOptions {
  return { kind: "step", ...optionsOf("stepDecay", options) };
}

/** See {@link stepDecay}. */
export const stepDecayKind = {
  schema,
  endsWithEpochs: false,
  rate({ warmupEpochs, everyEpochs, factor }, { learningRate, epochsDone }) {
    const after = Math.max(0, epochsDone - warmupEpochs);
    const share = factor ** Math.floor(after / everyEpochs);
    return learningRate * (warmupShare(warmupEpochs, epochsDone) * share);
  },
  describe: ({ warmupEpochs, everyEpochs, factor }) =>
    joined(
      `times ${factor} every ${everyEpochs === 1 ? "epoch" : `${everyEpochs} epochs`}`,
      warmupText(warmupEpochs),
    ),
} satisfies ScheduleKind<z.infer<typeof schema>>;
