/**
 * How the learning rate changes over a training, as data.
 *
 * @module
 */
import { z } from "zod";
import KINDS, { type ScheduleOptions } from "./schedules/kinds.ts";
import { firstPlateauState, observePlateau, type PlateauState } from "./schedules/plateau_state.ts";
import type { Moment, ScheduleKind } from "./schedules/schedule.ts";

const SCHEMAS = Object.values(KINDS).map(({ schema }) => schema);

/** A schedule with all defaults filled in. */
export type ScheduleSpec = {
  [Kind in keyof typeof KINDS]: z.output<typeof KINDS[Kind]["schema"]>;
}[keyof typeof KINDS];

/** The schema of a learning-rate schedule. */
export const ScheduleSpec: z.ZodType<ScheduleSpec, ScheduleOptions> = z.discriminatedUnion(
  "kind",
  SCHEMAS as [typeof SCHEMAS[number]],
);

/** The kind of a schedule. The compiler does not know that a spec goes with the entry of its own kind. */
function kindOf(spec: ScheduleSpec): ScheduleKind<ScheduleSpec> {
  return KINDS[spec.kind] as unknown as ScheduleKind<ScheduleSpec>;
}

/** The learning rate of the step that ends at a moment of the training. */
export function learningRateAt(schedule: ScheduleSpec, moment: Moment): number {
  return kindOf(schedule).rate(schedule, moment);
}

/** The momentum of that step; `undefined`: the optimizer's own. */
export function momentumAt(schedule: ScheduleSpec, moment: Moment): number | undefined {
  return kindOf(schedule).momentum?.(schedule, moment);
}

/** Whether the rates depend on the maximum number of epochs, so that a training cannot be resumed with more. */
export function endsWithEpochs(schedule: ScheduleSpec): boolean {
  return kindOf(schedule).endsWithEpochs;
}

/** A schedule as text, `cosine to 0`; empty where the rate stays the same. */
export function describeSchedule(schedule: ScheduleSpec): string {
  return kindOf(schedule).describe(schedule);
}

/** The state of a schedule that goes by the monitored loss, before the first epoch; `undefined` for all others. */
export function firstPlateau(schedule: ScheduleSpec, learningRate: number): PlateauState | undefined {
  return schedule.kind === "plateau" ? firstPlateauState(learningRate) : undefined;
}

/** A fall of the learning rate. */
export interface Reduction {
  readonly from: number;
  readonly to: number;
}

/** The fall of the rate from one state to the next; `undefined` where it stays. */
export function reductionOf(
  before: PlateauState | undefined,
  after: PlateauState | undefined,
): Reduction | undefined {
  if (before === undefined || after === undefined || after.learningRate === before.learningRate) {
    return undefined;
  }
  return { from: before.learningRate, to: after.learningRate };
}

/** The state after an epoch (counted from 1) and its value of the monitored loss. */
export function plateauAfter(
  schedule: ScheduleSpec,
  state: PlateauState | undefined,
  epoch: number,
  value: number,
): PlateauState | undefined {
  return schedule.kind === "plateau" && state !== undefined
    ? observePlateau(schedule, state, epoch, value)
    : state;
}
