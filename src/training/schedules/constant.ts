/** The same learning rate throughout. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import { type ScheduleKind, warmupEpochs, type WarmupOptions, warmupShare, warmupText } from "./schedule.ts";

const schema = z.strictObject({ kind: z.literal("constant"), warmupEpochs });

/** The same rate throughout, after the warm-up. */
export function constant(options: WarmupOptions = {}): { kind: "constant" } & WarmupOptions {
  return { kind: "constant", ...optionsOf("constant", options) };
}

/** See {@link constant}. */
export const constantKind = {
  schema,
  endsWithEpochs: false,
  rate: ({ warmupEpochs }, { learningRate, epochsDone }) =>
    learningRate * warmupShare(warmupEpochs, epochsDone),
  describe: ({ warmupEpochs }) => warmupText(warmupEpochs),
} satisfies ScheduleKind<z.infer<typeof schema>>;
