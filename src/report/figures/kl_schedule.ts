// e = epoch, counted from 0; C = epochs of a cycle; R = the share of a cycle in which the weight rises.

/**
 * The weight of a VAE's KL over the epochs, from the options of the train stage.
 *
 * @module
 */
import { z } from "zod";
import type { WholeTraining } from "../../run/fold/whole_run.ts";
import type { ReportData } from "../report_data.ts";

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

/** The scheduled value of each epoch, and the schedule as text. */
export interface KlCurve {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly { epoch: number; value: number }[];
  readonly text: string;
}

/** The value of a schedule in epoch e: the weight, or for `capacity` the target of the KL in nats; the same rules as in training. */
export function scheduleValue(schedule: Schedule, beta: number, e: number): number {
  switch (schedule.kind) {
    case "constant":
      return beta;
    case "linear":
      return beta * Math.min(1, e / schedule.epochs);
    case "cyclic":
      return beta * Math.min(1, e % schedule.cycleEpochs / (schedule.rampShare * schedule.cycleEpochs));
    case "capacity":
      return schedule.nats * Math.min(1, e / schedule.epochs);
  }
}

function textOf(schedule: Schedule, beta: number): string {
  switch (schedule.kind) {
    case "constant":
      return `Constant at ${beta}`;
    case "linear":
      return `Rises linearly to ${beta} over ${schedule.epochs} epochs, then stays constant`;
    case "cyclic":
      return `Rises to ${beta} in each cycle of ${schedule.cycleEpochs} epochs`;
    case "capacity":
      return `Target rises linearly to ${schedule.nats} nats over ${schedule.epochs} epochs; the distance from it is weighted by ${beta}`;
  }
}

/** The schedule of a training's KL; `undefined` without a VAE, or with a constant weight. */
export function klCurve(data: ReportData, { stage, epochs }: WholeTraining): KlCurve | undefined {
  const { options } = data.record.stages.find(({ name }) => name === stage) ?? {};
  const parsed = Options.safeParse(options);
  if (!parsed.success) return undefined;
  const { beta, klSchedule, klWarmupEpochs, freeBits } = parsed.data.model;
  const schedule = klSchedule ?? { kind: klWarmupEpochs > 0 ? "linear" : "constant", epochs: klWarmupEpochs };
  if (schedule.kind === "constant") return undefined;
  const isCapacity = schedule.kind === "capacity";
  const free = freeBits > 0 ? `; ${freeBits} nats of each latent dimension are free` : "";
  return {
    title: isCapacity ? "Target of the KL, nats/sample" : "Weight of the KL (beta)",
    unit: isCapacity ? "nats/sample" : "factor",
    points: epochs.map(({ epoch }) => ({ epoch, value: scheduleValue(schedule, beta, epoch - 1) })),
    text: `${textOf(schedule, beta)}${free}.`,
  };
}
