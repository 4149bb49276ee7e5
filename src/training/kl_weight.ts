/** Sets the weight of the KL term, and its capacity, for an epoch. @module */
import type { Program } from "../engine/engine.ts";
import { NAMES } from "../models/graphs.ts";
import { klShare, klTarget } from "../models/kl_schedule.ts";
import { importanceSamplesOf, type ModelSpec } from "../models/spec.ts";

/** Returns a function that sets the KL weight for an epoch, counted from 0; `Infinity` is the end of its schedule. */
export function klWeight(program: Program, model: ModelSpec): (epoch: number) => void {
  if (model.kind !== "vae" || importanceSamplesOf(model) > 1) return () => {};
  const { beta, klSchedule } = model;
  const weight = program.input(NAMES.beta);
  const target = klSchedule.kind === "capacity" ? program.input(NAMES.klTarget) : undefined;
  return (epoch) => {
    weight[0] = Number.isFinite(epoch) ? beta * klShare(klSchedule, epoch) : beta;
    if (target !== undefined) target[0] = klTarget(klSchedule, epoch);
  };
}
