/**
 * Reconstructs picture files at their own size: as they are, in tiles, or scaled down and up again.
 *
 * @module
 */
import { pictureShape, pixelCount, sampleSize } from "../core/shape.ts";
import type { PixelPicture } from "../export/picture_file.ts";
import { isConditional } from "../models/condition.ts";
import { reconstructionGraph } from "../models/graphs.ts";
import { type BatchRunner, batchRunner, type Samples } from "./batches.ts";
import { type EngineModel, reconstructionsBy } from "./operations.ts";
import { channelsOf, classFolders, type NamedFile, readPixels, scalePixels } from "./picture_files.ts";
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
  const { shape } = known.model, tile = pictureShape(shape), channels = channelsOf(shape, what);
  // A compiled program serves all pictures.
  const runner = batchRunner({ ...known, graph: reconstructionGraph(known.model.spec) });
  try {
    for (const file of files) {
      const picture = await readPixels(file.path, channels), { height, width } = picture;
      const folders = isConditional(known.model.spec) ? classFolders([file]) : undefined;
      const shown = { what, classes: classes ?? folders };
      const isLarger = height >= tile.height && width >= tile.width;
      if (fit === "scale" || !isLarger) {
        const scaled = scalePixels(picture, tile.height, tile.width);
        const made = await reconstructTiles(runner, known, scaled, shown);
        yield {
          file,
          picture: stretch(made.picture, height, width),
          tiles: height === tile.height ? made.tiles : 0,
        };
      } else yield { file, ...await reconstructTiles(runner, known, picture, shown) };
    }
  } finally {
    runner.dispose();
  }
}

async function reconstructTiles(
  runner: BatchRunner,
  { model }: EngineModel,
  { height, width, channels, pixels }: PixelPicture,
  shown: Pick<Samples, "what" | "classes">,
): Promise<{ picture: PixelPicture; tiles: number }> {
  const { shape } = model,
    size = sampleSize(shape),
    { tiles, cut, add, blended } = tiling(
      { height, width },
      pictureShape(shape),
      channels,
    );
  const input = {
    count: tiles.length,
    kind: "bytes" as const,
    shape,
    read(start: number, target: { [at: number]: number; readonly length: number }) {
      for (let row = 0; row * size < target.length; row++) cut(start + row, pixels, target, row * size);
    },
  };
  for await (const { start, rows, values } of reconstructionsBy(runner, model, { input, ...shown })) {
    for (let row = 0; row < rows; row++) add(start + row, values, row * size);
  }
  // Rounds and clamps.
  const picture = {
    height,
    width,
    channels,
    pixels: new Uint8Array(Uint8ClampedArray.from(blended()).buffer),
  };
  return { picture, tiles: tiles.length };
}

/** A picture at another size, linear between its pixels. */
function stretch(picture: PixelPicture, height: number, width: number): PixelPicture {
  const { channels, pixels } = picture;
  if (picture.height === height && picture.width === width) return picture;
  const rows = places(picture.height, height), columns = places(picture.width, width);
  const stretched = new Uint8ClampedArray(pixelCount({ height, width }) * channels);
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
  return { height, width, channels, pixels: new Uint8Array(stretched.buffer) };
}

/** The two pixels between which each new one lies, and how near it is to the second. */
function places(from: number, to: number): { first: number; second: number; share: number }[] {
  return Array.from({ length: to }, (_, at) => {
    const place = Math.min(from - 1, Math.max(0, (at + 0.5) * from / to - 0.5)), first = Math.floor(place);
    return { first, second: Math.min(from - 1, first + 1), share: place - first };
  });
}
