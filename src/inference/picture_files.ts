/**
 * Picture files as samples of a model, read one by one: a folder of any size takes the memory of one batch.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import {
  isPicture,
  pictureSize,
  pixelCount,
  type SampleShape,
  sampleShapeText,
  sampleSize,
} from "../core/shape.ts";
import { decodePicture, PICTURE_ENDINGS } from "../data/decode.ts";
import { findPictures } from "../data/picture_files.ts";
import { MAX_PIXELS } from "../data/picture_limits.ts";
import { type Raster, scaleGrey, toGrey } from "../data/raster.ts";
import type { PixelPicture } from "../export/picture_file.ts";
import type { SampleInput } from "./sample_input.ts";

/** A picture's file. */
export interface NamedFile {
  readonly path: string;
  /** Its path within the folder. */
  readonly name: string;
}

/** Whether a file's name is that of a picture. */
export function isPictureName(name: string): boolean {
  return PICTURE_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** The pictures at a path: those of a folder, sorted by name, or one file. @throws {RunError} When there are none. */
export async function picturesAt(path: string, note: (message: string) => void): Promise<NamedFile[]> {
  if (Deno.statSync(path).isDirectory) return await findPictures(path, { note });
  return [{ path, name: path.split(/[/\\]/).at(-1)! }];
}

/** Bytes of a file for each pixel that a picture may have, as when a folder is loaded for a training. */
const FILE_BYTES = 24 * MAX_PIXELS;

/** A picture with as many channels as a model sees. @throws {RunError} When the file is no picture, or damaged. */
export async function readPixels(path: string, channels: number): Promise<PixelPicture> {
  try {
    const { isFile, size } = Deno.statSync(path);
    if (!isFile || size > FILE_BYTES) {
      throw new Error(`must be a picture, got ${isFile ? `${size} bytes` : "no regular file"}`);
    }
    const raster = await decodePicture(Deno.readFileSync(path), {});
    const { height, width } = raster;
    return { height, width, channels, pixels: channels === 1 ? toGrey(raster).pixels : toColour(raster) };
  } catch (thrown) {
    throw new RunError(`"${path}" ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** Red, green and blue of each pixel, over a white page where the picture is transparent. */
function toColour({ height, width, rgba }: Raster): Uint8Array {
  const pixels = new Uint8Array(3 * pixelCount({ height, width }));
  for (let pixel = 0; pixel < pixels.length / 3; pixel++) {
    const opacity = rgba[4 * pixel + 3] / 255;
    for (let colour = 0; colour < 3; colour++) {
      pixels[3 * pixel + colour] = Math.round(rgba[4 * pixel + colour] * opacity + 255 * (1 - opacity));
    }
  }
  return pixels;
}

/** A picture that is stretched to a size by area averaging. */
export function scalePixels(picture: PixelPicture, height: number, width: number): PixelPicture {
  const { channels } = picture;
  if (picture.height === height && picture.width === width) return picture;
  const pixels = new Uint8Array(pixelCount({ height, width }) * channels);
  for (let channel = 0; channel < channels; channel++) {
    const one = picture.pixels.filter((_value, at) => at % channels === channel);
    const { pixels: scaled } = scaleGrey(
      { height: picture.height, width: picture.width, pixels: one },
      height,
      width,
    );
    scaled.forEach((value, at) => pixels[at * channels + channel] = value);
  }
  return { height, width, channels, pixels };
}

/** How many channels a model of pictures sees. @throws {RunError} When it was trained on vectors. */
export function channelsOf(shape: SampleShape, what: string): number {
  if (isPicture(shape) && (shape[2] === 1 || shape[2] === 3)) return shape[2];
  throw new RunError(
    `samples of ${what} must be vectors of ${
      sampleShapeText(shape)
    } values as those the model was trained on, got pictures ` +
      "(pass a table or an .npy file)",
  );
}

/** Pictures as samples of a model, scaled to the size that it was trained on. */
export function pictureInput(files: readonly NamedFile[], shape: SampleShape, what: string): SampleInput {
  const channels = channelsOf(shape, what), { height, width } = pictureSize(shape), size = sampleSize(shape);
  return {
    count: files.length,
    kind: "bytes",
    shape,
    names: files.map(({ name }) => name),
    async read(start, target) {
      for (let row = 0; row * size < target.length; row++) {
        const picture = await readPixels(files[start + row].path, channels);
        target.set(scalePixels(picture, height, width).pixels, row * size);
      }
    },
  };
}
