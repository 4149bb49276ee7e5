/** The metric of a training, epoch by epoch. @module */
import { RunError } from "../../core/errors.ts";
import type { EventOf } from "../../pipeline/events.ts";
import type { EarlyStop } from "../../pipeline/sweep/early_stop.ts";
import { type Course, type Direction, lossOf } from "./decision.ts";

/** Adds the metric after an epoch, which follows the last one. */
export type CourseSoFar = (epoch: number, value: number | null) => Course;

/** Follows a training from its first epoch. */
export function followCourse(direction: Direction): CourseSoFar {
  let sum = 0, best: number | null = null;
  return (epoch, value) => {
    sum += value ?? NaN;
    if (lossOf(value, direction) < lossOf(best, direction)) best = value;
    const average = sum / epoch;
    return { epoch, value, best, average: Number.isFinite(average) ? average : null };
  };
}

/** What is watched of an epoch. @throws {RunError} When it has no such metric. */
export function watchedValue(
  epoch: EventOf<"epoch">,
  { validationSamples }: EventOf<"training">,
  { metric = validationSamples > 0 ? "validation" : "loss" }: EarlyStop,
): number | null {
  const values: Readonly<Record<string, number | null | undefined>> = {
    ...epoch.parts,
    loss: epoch.loss,
    validation: epoch.validation,
  };
  const value = values[metric];
  if (value !== undefined) return value;
  const known = Object.keys(values).filter((name) => values[name] !== undefined);
  throw new RunError(
    `earlyStop.metric must be one that epochs of ${epoch.stage} have, got ${metric}; they have ${
      known.join(", ")
    }`,
  );
}
