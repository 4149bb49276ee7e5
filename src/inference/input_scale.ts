// x = a value as it is stored, u = in the units of the model's data, y = what the model sees.

/**
 * How the values of an input become what a model sees, and back.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import type { Scale } from "../core/scale.ts";
import {
  isPicture,
  isSameShape,
  type SampleShape,
  sampleShapeText,
  sampleSize,
  type ValueKind,
} from "../core/shape.ts";
import type { Depth } from "../data/raster.ts";
import type { TrainedModel } from "../models/trained.ts";

/** The value that is black and the one that is white, in an input whose units are not those of the model's data. */
export type ValueRange = readonly [black: number, white: number];

const BYTES: ValueRange = [0, 255];

/** How a model's data store their values, where its file says so; else by its scale. */
export function kindOfModel({ use, scale }: Pick<TrainedModel, "use" | "scale">): ValueKind {
  return use?.values ?? (scale.spec.kind === "bytes" ? "bytes" : "floats");
}

/**
 * Whether a model sees the values of pictures of a depth as shares of white, since its data have other units: bytes for a model of floats,
 * 16 bits for one of bytes or of floats from 0 to 1.
 */
export function isSeenAsShare(model: Pick<TrainedModel, "use" | "scale">, depth: Depth): boolean {
  const kind = kindOfModel(model), [, white] = model.scale.drawn;
  return depth === "8" ? kind === "floats" : depth === "16" && (kind === "bytes" || white <= 1);
}

/**
 * The scale of an input: that of the model where both have the same units. The units of an input with a range are brightness: its black and
 * white become those of the model's data. Bytes that are given to a model of floating-point pictures are such an input.
 */
export function inputScale(
  model: Pick<TrainedModel, "use" | "scale" | "shape">,
  kind: ValueKind,
  range: ValueRange | undefined,
): Scale {
  const { scale } = model, [black, white] = scale.drawn;
  const isOther = kind === "bytes" && kindOfModel(model) === "floats" && isPicture(model.shape);
  const [from, to] = range ?? (isOther ? BYTES : [black, white]);
  if (from === black && to === white) return scale;
  // u = black + (x - from) / step, y = (u - shift) / divisor
  const step = (to - from) / (white === black ? 1 : white - black);
  return {
    ...scale,
    shift: scale.shift.map((shift) => from + (shift - black) * step),
    divisor: scale.divisor.map((divisor) => divisor * step),
    drawn: [from, to],
  };
}

/** Refuses samples that a model of another shape was trained on; a vector may hold the values of a picture one after the other. */
export function checkShape(shape: SampleShape, model: Pick<TrainedModel, "shape">, what: string): void {
  const isFlat = (one: SampleShape) => one.length === 1;
  const isSame = isSameShape(withoutGrey(shape), withoutGrey(model.shape));
  const hasValues = sampleSize(shape) === sampleSize(model.shape);
  if (isSame || (hasValues && (isFlat(shape) || isFlat(model.shape)))) return;
  throw new RunError(
    `samples of ${what} must be ${sampleShapeText(model.shape)} as those the model was trained on, got ${
      sampleShapeText(shape)
    } (${
      isPicture(model.shape)
        ? "scale them first, or pass a folder of pictures, which are scaled"
        : "pass the same features"
    })`,
  );
}

/** A grey picture with and without its one channel is the same. */
function withoutGrey(shape: SampleShape): SampleShape {
  return shape.length === 3 && shape[2] === 1 ? shape.slice(0, 2) : shape;
}

/** Means beyond these limits are no pixels of a model that was trained on values from 0 to 1. */
const LEAST_MEAN = -1, MOST_MEAN = 2;

/**
 * Refuses values that are obviously in other units than the model's data: floats up to 1 for a model of bytes, and anything far outside of
 * what its sigmoid can make.
 *
 * @param values The first values of the input, as they are stored.
 */
export function checkUnits(
  values: ArrayLike<number>,
  kind: ValueKind,
  model: TrainedModel,
  { shift, divisor }: Scale,
  what: string,
): void {
  if (kind === "bytes" || values.length === 0) return;
  let most = -Infinity, least = Infinity, sum = 0;
  for (let at = 0; at < values.length; at++) {
    most = Math.max(most, values[at]);
    least = Math.min(least, values[at]);
    sum += (values[at] - shift[at % shift.length]) / divisor[at % shift.length];
  }
  const [black, white] = model.scale.drawn, mean = sum / values.length;
  const isDark = kindOfModel(model) === "bytes" && white - black > 1 && most <= 1 && least >= 0 && most > 0 &&
    divisor[0] > 1;
  const isFar = model.spec.outputActivation === "sigmoid" && (mean < LEAST_MEAN || mean > MOST_MEAN);
  if (!isDark && !isFar) return;
  throw new RunError(
    `values of ${what} must be in the units of the model's data, about ${black} to ${white}, got ${least} to ${most} ` +
      "(pass the values of black and white, as in --range 0,1)",
  );
}
