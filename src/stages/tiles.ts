/** Samples as tiles of a sheet: pictures as they are, vectors as one row of pixels. @module */
import { brightness } from "../core/scale.ts";
import { pictureShape, type SampleShape, sampleSize } from "../core/shape.ts";
import type { Split } from "../data/dataset.ts";
import { brightnessOf } from "../data/scale.ts";
import { type Tile, tilesOfValues } from "../export/sheet.ts";
import type { TrainedModel } from "../models/trained.ts";

/** The samples of a split that lies in memory. */
export function sampleTiles({ shape }: { readonly shape: SampleShape }, split: Split): Tile[] {
  return tilesOfValues(brightnessOf(split), pictureShape(shape));
}

/** What a model sees or makes. */
export function modelTiles(
  { shape, scale }: Pick<TrainedModel, "shape" | "scale">,
  values: ArrayLike<number>,
): Tile[] {
  return tilesOfValues(brightness(scale, values), pictureShape(shape));
}

/** A black tile. */
export function blankTile(shape: SampleShape): Tile {
  return { ...pictureShape(shape), pixels: new Float32Array(sampleSize(shape)) };
}
