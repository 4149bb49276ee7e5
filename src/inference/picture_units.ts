// v = a value of a picture file, u = the same in the units of the model's data.

/**
 * The values of a picture in the units of a model's data, and back.
 *
 * @module
 */
import type { SampleValues } from "../core/shape.ts";
import type { Depth, Picture } from "../data/raster.ts";
import { ownRange } from "../data/read_picture.ts";
import type { TrainedModel } from "../models/trained.ts";
import { isSeenAsShare } from "./input_scale.ts";

/** How the values of a picture become those of a model's data. */
export interface PictureUnits {
  /** The values of the picture as the model gets them: bytes for a model of bytes, where they are bytes. */
  readonly values: SampleValues;
  /** Values in the units of the model's data as values of the picture: rounded and limited as its file stores them. */
  restore(values: ArrayLike<number>): Uint8Array | Uint16Array | Float32Array;
}

/** The largest value of a depth; floats have none. */
const WHITE: Readonly<Record<Depth, number>> = { 8: 255, 16: 65_535, float: 1 };

/**
 * The values of a picture for a model. Own ranges, where the model's data had them, go from the picture's least value to its largest; shares
 * of white from 0 to the largest value of its depth; all others are the model's own units: `u = black + (v - from) (white - black) / span`.
 */
export function pictureUnits(
  picture: Picture & { readonly depth: Depth },
  model: Pick<TrainedModel, "use" | "scale">,
): PictureUnits {
  const { pixels, depth } = picture, restored = restorer(depth), [black, white] = model.scale.drawn;
  const isOwn = model.use?.preparation?.pictures?.ownRange === true;
  if (!isOwn && !isSeenAsShare(model, depth)) {
    return { values: pixels, restore: (values) => restored(values, (value) => value) };
  }
  const { least: from, span } = isOwn ? ownRange(picture) : { least: 0, span: WHITE[depth] };
  const factor = (white - black) / span || 1;
  return {
    values: Float32Array.from(pixels, (v) => black + (v - from) * factor),
    restore: (values) => restored(values, (u) => from + (u - black) / factor),
  };
}

/** Makes values of a depth of others, each converted first. */
function restorer(depth: Depth) {
  return (values: ArrayLike<number>, convert: (value: number) => number) => {
    if (depth === "float") return Float32Array.from(values, convert);
    if (depth === "8") return new Uint8Array(Uint8ClampedArray.from(values, convert).buffer);
    return Uint16Array.from(values, (value) => Math.round(Math.min(65_535, Math.max(0, convert(value)))));
  };
}
