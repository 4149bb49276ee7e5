/** What a training is given of a dataset. @module */
import { RunError } from "../core/errors.ts";
import { type Dataset, sliceSplit, type Split } from "../data/dataset.ts";
import type { ModelSpec } from "../models/spec.ts";

/** Refuses images that a model does not fit. @throws {RunError} */
export function checkSize(model: ModelSpec, { height, width }: Dataset): void {
  if (model.encoder[0] === height * width) return;
  throw new RunError(
    `Cannot train as the encoder must begin with ${
      height * width
    } inputs for images of ${height}x${width}: current value is ${model.encoder[0]}`,
  );
}

/** Splits the end of the train split off for validation; at least one image where a share is asked for. */
export function holdOut(
  { train, height, width }: Dataset,
  share: number,
): { train: Split; validation?: Split } {
  if (share === 0) return { train };
  const held = Math.max(1, Math.round(train.count * share));
  if (held >= train.count) {
    throw new RunError(
      `Cannot hold out validation images as the train split must have more than ${held}: current value is ${train.count}`,
    );
  }
  const pixels = height * width, kept = train.count - held;
  return {
    train: sliceSplit(train, pixels, 0, kept),
    validation: sliceSplit(train, pixels, kept, train.count),
  };
}
