/** Cosine annealing. @module */
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

/** Options for {@link cosine}. */
export interface CosineOptions extends WarmupOptions {
  /** The share of the rate that is left at the last epoch. @default {0} */
  finalShare?: number;
}

const schema = z.strictObject({
  kind: z.literal("cosine"),
  warmupEpochs,
  finalShare: z.number().min(0).max(1).default(0),
});

/** Cosine annealing: half a cosine from the full rate to `finalShare` of it (Loshchilov and Hutter 2017, arXiv:1608.03983, eq. 5 without restarts). */
export function cosine(options: CosineOptions = {}): { kind: "cosine" } & CosineOptions {
  return { kind: "cosine", ...optionsOf("cosine", options) };
}

/** See {@link cosine}. */
export const cosineKind = {
  schema,
  endsWithEpochs: true,
  rate({ warmupEpochs, finalShare }, { learningRate, epochsDone, epochs }) {
    const after = Math.max(0, epochsDone - warmupEpochs);
    const progress = Math.min(1, after / Math.max(epochs - warmupEpochs, Number.MIN_VALUE));
    const share = finalShare + (1 - finalShare) * 0.5 * (1 + Math.cos(Math.PI * progress));
    return learningRate * (warmupShare(warmupEpochs, epochsDone) * share);
  },
  describe: ({ warmupEpochs, finalShare }) =>
    joined(finalShare === 0 ? "cosine to 0" : `cosine to ${finalShare} of it`, warmupText(warmupEpochs)),
} satisfies ScheduleKind<z.infer<typeof schema>>;
