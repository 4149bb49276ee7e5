// r = minimum epochs, R = maximum epochs, h = the reduction factor, n = trials that have reached a rung.

/**
 * Asynchronous successive halving (Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht and Talwalkar 2020, "A system for massively
 * parallel hyperparameter tuning", ASHA): rungs at the epochs `r h^k` below R, at each of which the best of h trials continue.
 *
 * This is the variant that stops: a trial that reaches a rung continues at once if it is among the best `floor(n / h)` of those that have
 * reached it so far, itself included (the best one while n is below h), and is stopped otherwise. The paper's own pauses all trials at a
 * rung and resumes the best of them; it needs every paused training's memory or checkpoint, and trains each rung's winners later.
 *
 * @module
 */
import type { EarlyStop } from "../../pipeline/sweep/early_stop_schema.ts";
import { type Course, type Decision, lossOf } from "./decision.ts";

type Asha = Extract<EarlyStop, { kind: "asha" }>;

/** Whether there is a rung at an epoch. */
export function isRung(epoch: number, { minimumEpochs, reductionFactor, maximumEpochs }: Asha): boolean {
  let rung = minimumEpochs;
  while (rung < epoch) rung *= reductionFactor;
  return rung === epoch && epoch < (maximumEpochs ?? Infinity);
}

/** Whether a trial that reaches a rung is stopped. Equal ones continue. */
export function isBehindRung(course: Course, earlier: readonly Decision[], options: Asha): boolean {
  const { direction, reductionFactor } = options, own = lossOf(course.value, direction);
  const atRung = earlier.filter(({ epoch }) => epoch === course.epoch);
  const better = atRung.filter(({ value }) => lossOf(value, direction) < own).length;
  return better >= Math.max(1, Math.floor((atRung.length + 1) / reductionFactor));
}
