/**
 * Reconstructs picture files at their own size and depth: as they are, in tiles, or scaled down and up again.
 *
 * @module
 */
import {
  kindOf,
  pictureShape,
  type PictureSize,
  pixelCount,
  sampleSize,
  type SampleValues,
} from "../core/shape.ts";
import { type Picture, scalePicture } from "../data/raster.ts";
import { readPixelsOf } from "../data/read_picture.ts";
import type { PixelPicture, PixelValues } from "../export/picture_file.ts";
import { isConditional } from "../models/condition.ts";
import { reconstructionGraph } from "../models/graphs.ts";
import { type BatchRunner, batchRunner, type Samples } from "./batches.ts";
import { type EngineModel, reconstructionsBy } from "./operations.ts";
import { channelsOf, classFolders, type NamedFile } from "./picture_files.ts";
import { pictureUnits } from "./picture_units.ts";
import { tiling } from "./tiles.ts";

/** How pictures of another size than the model's are handled; `auto`: those that are larger in tiles, others scaled. */
export type PictureFit = "auto" | "scale" | "tiles";

/** A picture that was reconstructed. */
export interface ReconstructedPicture {
  readonly file: NamedFile;
  readonly picture: PixelPicture;
  /** How many tiles it took; 0 for one that was scaled. */
  readonly tiles: number;
}

/** Reconstructs pictures, one after the other. */
export async function* reconstructPictures(
  known: EngineModel,
  files: readonly NamedFile[],
  { fit, what, classes }: {
    readonly fit: PictureFit;
    readonly what: string;
    /** Of a conditional model: the class of all pictures. @default {the folder of each} */
    readonly classes?: string;
  },
): AsyncGenerator<ReconstructedPicture> {
  const { model } = known, tile = pictureShape(model.shape), channels = channelsOf(model.shape, what);
  const background = model.use?.preparation?.pictures?.background;
  // A compiled program serves all pictures.
  const runner = batchRunner({ ...known, graph: reconstructionGraph(model.spec) });
  try {
    for (const file of files) {
      const read = await readPixelsOf(file.path, channels, background), { height, width } = read;
      const folders = isConditional(model.spec) ? classFolders([file]) : undefined;
      const shown = { what, classes: classes ?? folders };
      const { values, restore } = pictureUnits(read, model), whole = { height, width, channels };
      const isLarger = height >= tile.height && width >= tile.width;
      if (fit === "scale" || !isLarger) {
        const scaled = scalePicture({ ...whole, pixels: values }, tile.height, tile.width);
        const { blended, tiles } = await reconstructTiles(runner, known, scaled, shown);
        const small = { ...tile, channels, pixels: restore(blended) };
        const picture = { ...whole, pixels: stretch(small, { height, width }) };
        yield { file, picture, tiles: height === tile.height ? tiles : 0 };
      } else {
        const picture = { ...whole, pixels: values };
        const { blended, tiles } = await reconstructTiles(runner, known, picture, shown);
        yield { file, picture: { ...whole, pixels: restore(blended) }, tiles };
      }
    }
  } finally {
    runner.dispose();
  }
}

/** A picture in the units of the model's data, reconstructed in as many tiles as it takes. */
async function reconstructTiles(
  runner: BatchRunner,
  { model }: EngineModel,
  { height, width, channels = 1, pixels }: Picture,
  shown: Pick<Samples, "what" | "classes">,
): Promise<{ blended: Float64Array; tiles: number }> {
  const { shape } = model, size = sampleSize(shape);
  const { tiles, cut, add, blended } = tiling({ height, width }, pictureShape(shape), channels);
  const input = {
    count: tiles.length,
    kind: kindOf(pixels),
    isInUnits: true,
    shape,
    read(start: number, target: SampleValues) {
      for (let row = 0; row * size < target.length; row++) cut(start + row, pixels, target, row * size);
    },
  };
  for await (const { start, rows, values } of reconstructionsBy(runner, model, { input, ...shown })) {
    for (let row = 0; row < rows; row++) add(start + row, values, row * size);
  }
  return { blended: blended(), tiles: tiles.length };
}

/** The values of a picture at another size, linear between its pixels. */
function stretch(picture: PixelPicture, { height, width }: PictureSize): PixelValues {
  const { channels, pixels } = picture;
  if (picture.height === height && picture.width === width) return pixels;
  const rows = places(picture.height, height), columns = places(picture.width, width);
  const stretched = new Float64Array(pixelCount({ height, width }) * channels);
  rows.forEach(({ first: top, second: bottom, share: down }, y) => {
    columns.forEach(({ first: left, second: right, share: across }, x) => {
      for (let k = 0; k < channels; k++) {
        const at = (row: number, column: number) => pixels[(row * picture.width + column) * channels + k];
        const upper = at(top, left) * (1 - across) + at(top, right) * across;
        const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
        stretched[(y * width + x) * channels + k] = upper * (1 - down) + lower * down;
      }
    });
  });
  if (pixels instanceof Uint8Array) return new Uint8Array(Uint8ClampedArray.from(stretched).buffer);
  return pixels instanceof Uint16Array
    ? Uint16Array.from(stretched, Math.round)
    : Float32Array.from(stretched);
}

/** The two pixels between which each new one lies, and how near it is to the second. */
function places(from: number, to: number): { first: number; second: number; share: number }[] {
  return Array.from({ length: to }, (_, at) => {
    const place = Math.min(from - 1, Math.max(0, (at + 0.5) * from / to - 0.5)), first = Math.floor(place);
    return { first, second: Math.min(from - 1, first + 1), share: place - first };
  });
}
