/** What a training is given of a dataset. @module */
import { fitModel, modelFaults } from "../../models/fit_model.ts";
import { RunError } from "../../core/errors.ts";
import { type Fault, faultsAt, faultText } from "../../core/fault.ts";
import { sampleSize } from "../../core/shape.ts";
import { type Dataset, kindOfSamples, scaleOf, type Split } from "../../data/dataset.ts";
import { sliceSplit } from "../../data/parts.ts";
import { firstOffLevels, isUnit, scaledLimits, UNIT_TOLERANCE } from "../../data/scale.ts";
import { isConditional } from "../../models/condition.ts";
import type { ModelClass } from "../../models/options.ts";
import { likelihoodOf, targetValuesOf } from "../../models/likelihoods/table.ts";
import type { ModelSpec } from "../../models/spec.ts";

/** A model for the samples of a dataset. @throws {RunError} When it does not fit them. */
export function modelFor(model: ModelSpec, { shape, train, labelNames }: Dataset): ModelSpec {
  const classes = isConditional(model) ? trainClasses(train, labelNames) : [];
  const faults = [...modelFaults(model, shape), ...conditionFaults(model, classes)];
  if (faults.length > 0) {
    throw new RunError(faultsAt("model", faults).map(faultText).join("; "));
  }
  if (model.outputActivation === "sigmoid") checkUnit(train, sampleSize(shape));
  if (targetValuesOf(model) === "levels") checkLevels(model, train, sampleSize(shape));
  return fitModel(model, shape, classes ?? []);
}

/** The classes that a train split has samples of, in the order of their labels; `null` where it has no labels. */
function trainClasses({ labels }: Split, labelNames: readonly string[] | undefined): ModelClass[] | null {
  if (labels === undefined || labelNames === undefined) return null;
  return [...new Set(labels)].sort((a, b) => a - b).map((label) => ({ name: labelNames[label], label }));
}

/** Why a conditional model cannot be trained on samples of such classes; `undefined`: they are not known yet. */
export function conditionFaults(
  model: ModelSpec,
  classes: readonly ModelClass[] | null | undefined,
): Fault[] {
  if (!isConditional(model) || classes !== null) return [];
  const message = 'must be left out for samples without labels, got "label" (or give the source labels: ' +
    "a folder of pictures for each class, the column of a table, a file of labels)";
  return [{ path: "condition", message }];
}

/** What a sigmoid is trained to make must lie in [0, 1]. */
function checkUnit(train: Split, size: number): void {
  const { targets = train, count } = train, scale = scaleOf(train);
  if (isUnit(scale, kindOfSamples(targets))) return;
  const [least, most] = scaledLimits({ ...targets, count }, scale, size);
  if (least >= -UNIT_TOLERANCE && most <= 1 + UNIT_TOLERANCE) return;
  throw new RunError(
    `model.outputActivation must be "linear" (with the loss "mse") for values outside of [0, 1], got "sigmoid" and values from ${
      least.toPrecision(3)
    } to ${most.toPrecision(3)} (or scale them: load(source, { scale: minMax() }))`,
  );
}

/** A likelihood of levels gives probabilities to 256 of them and to nothing between. */
function checkLevels(model: ModelSpec, train: Split, size: number): void {
  const { targets = train, count } = train,
    found = firstOffLevels({ ...targets, count }, scaleOf(train), size);
  if (found === undefined) return;
  throw new RunError(
    `model.loss must be another one than "${
      likelihoodOf(model).kind
    }" for values that are not k / 255, k from 0 to 255, got ${
      found.toPrecision(3)
    } (pixels of 8 bits under bytes() fit; gaussian() takes all values)`,
  );
}

/**
 * The splits of a training: those of the dataset, where it has a validation split of its own; else the end of the train split is held out
 * for validation, at least one sample where the share is above 0.
 */
export function trainingSplits(
  { train, validation, shape }: Dataset,
  share: number,
): { train: Split; validation?: Split } {
  if (validation !== undefined || share === 0) return { train, validation };
  if (train.shard !== undefined) {
    throw new RunError(
      "validationShare must be 0 for shards, of which each rank holds its own (give shards() a validation source)",
    );
  }
  const held = Math.max(1, Math.round(train.count * share));
  if (held >= train.count) {
    throw new RunError(
      `train split must have more samples than the ${held} held out for validation, got ${train.count}`,
    );
  }
  const size = sampleSize(shape), kept = train.count - held;
  return {
    train: sliceSplit(train, size, 0, kept),
    validation: sliceSplit(train, size, kept, train.count),
  };
}
