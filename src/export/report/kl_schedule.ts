/**
 * The weight of a VAE's KL over the epochs, as the options of the train stage declare it.
 *
 * @module
 */
import { z } from "zod";
import type { ReportData, ReportTraining } from "./report_data.ts";

const Options = z.object({
  epochs: z.number(),
  model: z.object({
    kind: z.literal("vae"),
    beta: z.number(),
    klWarmupEpochs: z.number().default(0),
    freeBits: z.number().default(0),
  }),
});

/** The weight in each epoch, and the schedule in words. */
export interface KlSchedule {
  readonly weights: readonly { epoch: number; value: number }[];
  readonly text: string;
}

/** The schedule of a training; nothing without a VAE, or with a weight that never changes. */
export function betaSchedule(data: ReportData, { stage, epochs }: ReportTraining): KlSchedule | undefined {
  const parsed = Options.safeParse(data.record.stages.find(({ name }) => name === stage)?.options);
  if (!parsed.success || parsed.data.model.klWarmupEpochs === 0) return undefined;
  const { beta, klWarmupEpochs, freeBits } = parsed.data.model;
  const free = freeBits > 0 ? `; ${freeBits} nats of each latent number are free` : "";
  return {
    // The training's own rule: beta min(1, epoch / (warmup + 1)), counted from 1.
    weights: epochs.map(({ epoch }) => ({ epoch, value: beta * Math.min(1, epoch / (klWarmupEpochs + 1)) })),
    text: `Rises in a line over ${klWarmupEpochs} epochs to ${beta}, then stays${free}.`,
  };
}
