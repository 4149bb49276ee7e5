/** What a training is given of a dataset. @module */
import { fitModel, modelFaults } from "../../models/layers.ts";
import { RunError } from "../../core/errors.ts";
import { faultsAt, faultText } from "../../core/fault.ts";
import { type Dataset, sliceSplit, type Split } from "../../data/dataset.ts";
import type { ModelSpec } from "../../models/spec.ts";

/** A model for the samples of a dataset. @throws {RunError} When it does not fit them. */
export function modelFor(model: ModelSpec, { height, width }: Dataset): ModelSpec {
  const shape = [height, width, 1], faults = modelFaults(model, shape);
  if (faults.length > 0) {
    throw new RunError(faultsAt("model", faults).map(faultText).join("; "));
  }
  return fitModel(model, shape);
}

/** Splits the end of the train split off for validation; at least one image where the share is above 0. */
export function holdOut(
  { train, height, width }: Dataset,
  share: number,
): { train: Split; validation?: Split } {
  if (share === 0) return { train };
  const held = Math.max(1, Math.round(train.count * share));
  if (held >= train.count) {
    throw new RunError(
      `train split must have more images than the ${held} held out for validation, got ${train.count}`,
    );
  }
  const pixels = height * width, kept = train.count - held;
  return {
    train: sliceSplit(train, pixels, 0, kept),
    validation: sliceSplit(train, pixels, kept, train.count),
  };
}
