/** The metric of a training, epoch by epoch. @module */
import { RunError } from "../../core/errors.ts";
import type { EventOf } from "../../pipeline/events.ts";
import type { EarlyStop } from "../../pipeline/sweep/early_stop_schema.ts";
import { type Course, lossOf } from "./decision.ts";

/** Adds an epoch, which follows the last one. @throws {RunError} When it does not have the metric. */
export type CourseSoFar = (epoch: EventOf<"epoch">) => Course;

/** Follows a training from its first epoch. */
export function followCourse(
  { validationSamples }: Pick<EventOf<"training">, "validationSamples">,
  { direction, metric = validationSamples > 0 ? "validation" : "loss" }: EarlyStop,
): CourseSoFar {
  let sum = 0, best: number | null = null;
  return (event) => {
    const { epoch } = event, value = valueOf(event, metric);
    sum += value ?? NaN;
    if (lossOf(value, direction) < lossOf(best, direction)) best = value;
    const average = sum / epoch;
    return { metric, epoch, value, best, average: Number.isFinite(average) ? average : null };
  };
}

function valueOf({ stage, loss, validation, parts }: EventOf<"epoch">, metric: string): number | null {
  const values: Readonly<Record<string, number | null | undefined>> = { ...parts, loss, validation };
  const value = Object.hasOwn(values, metric) ? values[metric] : undefined;
  if (value !== undefined) return value;
  const known = Object.keys(values).filter((name) => values[name] !== undefined);
  throw new RunError(
    `sweep.options.earlyStop.metric must be one that epochs of ${stage} have, got "${metric}"; they have ${
      known.join(", ")
    }`,
  );
}
