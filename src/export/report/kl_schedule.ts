// e = epoch, counted from 0; C = epochs of a cycle; R = the share of a cycle in which the weight grows.

/**
 * How a VAE's KL is charged over the epochs, as the options of the train stage declare it.
 *
 * @module
 */
import { z } from "zod";
import type { ReportData, ReportTraining } from "./report_data.ts";

const Schedule = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("constant") }),
  z.object({ kind: z.literal("linear"), epochs: z.number() }),
  z.object({ kind: z.literal("cyclic"), cycleEpochs: z.number(), rampShare: z.number() }),
  z.object({ kind: z.literal("capacity"), nats: z.number(), epochs: z.number() }),
]);
type Schedule = z.infer<typeof Schedule>;

const Options = z.object({
  model: z.object({
    kind: z.literal("vae"),
    beta: z.number(),
    klSchedule: Schedule.optional(),
    /** Before there were schedules: the epochs of a linear one. */
    klWarmupEpochs: z.number().default(0),
    freeBits: z.number().default(0),
  }),
});

/** What changes over the epochs, and the schedule in words. */
export interface KlCharge {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly { epoch: number; value: number }[];
  readonly text: string;
}

/** The first version of the train stage whose schedules begin at 0; those before had done the first step in the first epoch. */
const FROM_ZERO = 2;

/** The value of a schedule in epoch e: the weight, or for `capacity` the nats that the KL is held to; the training's own rules. */
export function chargeAt(schedule: Schedule, beta: number, e: number, version = FROM_ZERO): number {
  const first = version < FROM_ZERO ? 1 : 0;
  switch (schedule.kind) {
    case "constant":
      return beta;
    case "linear":
      return beta * Math.min(1, (e + first) / (schedule.epochs + first));
    case "cyclic":
      return beta *
        Math.min(1, (e % schedule.cycleEpochs + first) / (schedule.rampShare * schedule.cycleEpochs + first));
    case "capacity":
      return schedule.nats * Math.min(1, (e + first) / schedule.epochs);
  }
}

function wordsOf(schedule: Schedule, beta: number): string {
  switch (schedule.kind) {
    case "constant":
      return `Stays ${beta}`;
    case "linear":
      return `Rises in a line over ${schedule.epochs} epochs to ${beta}, then stays`;
    case "cyclic":
      return `Rises to ${beta} in each cycle of ${schedule.cycleEpochs} epochs`;
    case "capacity":
      return `Rises over ${schedule.epochs} epochs to ${schedule.nats} nats; the distance from it is charged with weight ${beta}`;
  }
}

/** How the KL of a training was charged; nothing without a VAE, or with a weight that never changes. */
export function klCharge(data: ReportData, { stage, epochs }: ReportTraining): KlCharge | undefined {
  const { options, version } = data.record.stages.find(({ name }) => name === stage) ?? {};
  const parsed = Options.safeParse(options);
  if (!parsed.success) return undefined;
  const { beta, klSchedule, klWarmupEpochs, freeBits } = parsed.data.model;
  const schedule = klSchedule ?? { kind: klWarmupEpochs > 0 ? "linear" : "constant", epochs: klWarmupEpochs };
  if (schedule.kind === "constant") return undefined;
  const isCapacity = schedule.kind === "capacity";
  const free = freeBits > 0 ? `; ${freeBits} nats of each latent number are free` : "";
  return {
    title: isCapacity ? "What the KL is held to, nats/sample" : "Weight of the KL (beta)",
    unit: isCapacity ? "nats/sample" : "factor",
    points: epochs.map(({ epoch }) => ({ epoch, value: chargeAt(schedule, beta, epoch - 1, version) })),
    text: `${wordsOf(schedule, beta)}${free}.`,
  };
}
