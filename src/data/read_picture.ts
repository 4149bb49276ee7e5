/**
 * Reads a picture file as the values that a sample of a data set has: grey or colour, upright, of one size and in one unit.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import {
  bytesOfKind,
  type PictureSize,
  sampleSize,
  type SampleValues,
  type ValueKind,
} from "../core/shape.ts";
import { decodeFrames, type DecodeOptions, type Frames, isPictureStart, PICTURE_FORMATS } from "./decode.ts";
import { MAX_PIXELS } from "./picture_limits.ts";
import {
  type Colour,
  type Depth,
  depthOf,
  type Fit,
  fitPicture,
  flatten,
  type Picture,
  type Raster,
  valuesOfColour,
} from "./raster.ts";

/** The form into which the pictures of a folder are brought. */
export interface PictureForm extends PictureSize {
  /** The folder, as the user named it. */
  readonly folder: string;
  /** The picture that all others must be as large as; without one, all are scaled. */
  readonly like?: string;
  /** At most how many pixels a picture may have before it is scaled. @default {120_000_000} */
  readonly maxPixels?: number;
  /** 1 (grey) or 3 (red, green, blue). @default {1} */
  readonly channels?: 1 | 3;
  /** The units of the values: bytes, 0 to 65,535, or floats of the files' own. @default {"8"} */
  readonly depth?: Depth;
  /** How a picture of other proportions fills the size. @default {"stretch"} */
  readonly fit?: Fit;
  /** What is behind transparent pixels and beside pictures that do not fill the size. @default white */
  readonly background?: Colour;
  /** Whether each picture's own least and largest value become 0 and 1. @default {false} */
  readonly isOwnRange?: boolean;
  /** The values of black and white of float pictures, for the background. @default {0 and 1} */
  readonly floatRange?: readonly [number, number];
  /** Which frames or pages of a file are read. @default {"first"} */
  readonly frames?: Frames;
}

/** The shape of a sample of this form. */
export function shapeOfForm({ height, width, channels = 1 }: PictureForm): number[] {
  return [height, width, channels];
}

/** How the values of this form are stored. */
export function kindOfForm({ depth = "8", isOwnRange }: PictureForm): ValueKind {
  return depth === "8" && !isOwnRange ? "bytes" : "floats";
}

/** The bytes of a sample of this form. */
export function sampleBytes(form: PictureForm): number {
  return sampleSize(shapeOfForm(form)) * bytesOfKind(kindOfForm(form));
}

/** Bytes of a file for each pixel that a picture may have: more than any format needs, in digits too. */
const FILE_BYTES_PER_PIXEL = 24;
const START_BYTES = 16;

/** The bytes of a file that begins like a picture and is not larger than any that may be decoded. */
export function readPictureFile(path: string, maxPixels: number): Uint8Array {
  const must = `"${path}" must be ${PICTURE_FORMATS}, got`;
  try {
    // Small files are read seven times faster than by Deno.readFile(), and the caller has nothing else to do.
    using file = Deno.openSync(path);
    const { size, isFile } = file.statSync();
    if (!isFile) throw new RunError(`${must} a folder, pipe or device (remove it)`);
    const start = new Uint8Array(Math.min(size, START_BYTES));
    readInto(file, start);
    if (!isPictureStart(start)) throw new RunError(`${must} none of these (convert or remove the file)`);
    if (size > FILE_BYTES_PER_PIXEL * maxPixels + 2 ** 20) {
      throw new RunError(
        `${must} ${size.toLocaleString("en-US")} bytes, more than ${
          maxPixels.toLocaleString("en-US")
        } pixels (maxPixels) ` +
          "take (make it smaller, or raise the limit as in --set load.source.maxPixels=200000000)",
      );
    }
    const bytes = new Uint8Array(size);
    bytes.set(start);
    readInto(file, bytes.subarray(start.length));
    return bytes;
  } catch (thrown) {
    if (thrown instanceof RunError) throw thrown;
    throw new RunError(`Cannot read the image "${path}": ${messageOf(thrown)}`);
  }
}

/** Fills a piece of memory as far as the file has bytes; decoders report missing ones. */
export function readInto(file: Deno.FsFile, target: Uint8Array): void {
  for (let done = 0; done < target.length;) {
    const read = file.readSync(target.subarray(done));
    if (read === null) return;
    done += read;
  }
}

/** Reads the frames or pages of a file, upright. Throws a RunError that names the file. */
async function* readFrames(
  path: string,
  frames: Frames,
  { maxPixels = MAX_PIXELS, large }: DecodeOptions,
): AsyncGenerator<Raster> {
  const bytes = readPictureFile(path, maxPixels);
  try {
    for await (const raster of decodeFrames(bytes, frames, { maxPixels, large })) {
      yield raster;
      if (frames === "first") return;
    }
  } catch (thrown) {
    throw new RunError(`"${path}" ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** The form of pictures with the size filled in: the requested one, or that of the first picture. */
export async function pictureForm(
  first: string,
  form: Omit<PictureForm, "height" | "width"> & { readonly height?: number; readonly width?: number },
): Promise<PictureForm> {
  const { height, width, maxPixels } = form;
  if (height !== undefined && width !== undefined) return { ...form, height, width };
  for await (const raster of readFrames(first, "first", { maxPixels })) {
    return { ...form, height: raster.height, width: raster.width, like: first };
  }
  throw new RunError(`"${first}" must have at least one picture, got none (remove the file)`);
}

const sizeText = ({ height, width }: { readonly height: number; readonly width: number }) =>
  `${height}x${width} (height x width)`;

/** A picture in its own size and units, over a background where it is transparent. Throws a RunError that names the file. */
export async function readPixelsOf(
  path: string,
  channels: 1 | 3,
  background: Colour = [1, 1, 1],
): Promise<Picture & { readonly depth: Depth }> {
  for await (const raster of readFrames(path, "first", {})) {
    return { ...flatten(raster, channels, background), depth: depthOf(raster) };
  }
  throw new RunError(`"${path}" must have at least one picture, got none (remove the file)`);
}

/** The values of each frame or page of a file, row by row. Throws a RunError that names the file. */
export async function* readPictures(
  path: string,
  form: PictureForm,
  large?: DecodeOptions["large"],
): AsyncGenerator<SampleValues> {
  const { folder, height, width, like, maxPixels, frames = "first" } = form;
  let page = 0;
  for await (const raster of readFrames(path, frames, { maxPixels, large })) {
    page++;
    if (like !== undefined && (raster.height !== height || raster.width !== width)) {
      const which = page > 1 ? `, page ${page},` : "";
      throw new RunError(
        `the images of "${folder}" must have one size, got ${sizeText(raster)} of "${path}"${which} and ` +
          `${sizeText(form)} of "${like}" (set load.source.height and load.source.width)`,
      );
    }
    yield sampleOf(path, raster, form);
  }
}

/** The values of a decoded picture in a form. */
function sampleOf(path: string, raster: Raster, form: PictureForm): SampleValues {
  const { channels = 1, fit = "stretch", background = [1, 1, 1], isOwnRange = false, depth = "8" } = form;
  const flat = flatten(raster, channels, background);
  const picture = isOwnRange ? inOwnRange(flat) : inDepth(path, flat, depthOf(raster), form);
  const [black, white] = isOwnRange
    ? [0, 1]
    : depth === "float"
    ? form.floatRange ?? [0, 1]
    : [0, depth === "8" ? 255 : 65_535];
  const behind = valuesOfColour(background, channels, 1).map((share) => black + share * (white - black));
  return fitPicture(picture, form, fit, behind).pixels;
}

/** The least value of a picture, and how far the largest lies above it; 1 where all are the same. */
export function ownRange({ pixels }: Picture): { readonly least: number; readonly span: number } {
  let least = Infinity, most = -Infinity;
  for (const value of pixels) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, span: most > least ? most - least : 1 };
}

/** A picture whose least value is 0 and whose largest is 1; one of a single value is 0. */
function inOwnRange(picture: Picture): Picture {
  const { least, span } = ownRange(picture);
  return { ...picture, pixels: Float32Array.from(picture.pixels, (value) => (value - least) / span) };
}

/** A picture in the units of all others. */
function inDepth(
  path: string,
  picture: Picture,
  depth: Depth,
  { depth: wanted = "8", folder }: Pick<PictureForm, "depth" | "folder">,
): Picture {
  if (depth === wanted) return picture;
  const { pixels } = picture;
  if (depth === "8" && wanted === "16") {
    return { ...picture, pixels: Float32Array.from(pixels, (value) => 257 * value) };
  }
  if (depth === "16" && wanted === "8") {
    return { ...picture, pixels: Uint8Array.from(pixels, (value) => Math.round(value / 257)) };
  }
  throw mixedDepths(folder, path, depth, wanted);
}

const DEPTH_WORDS: Readonly<Record<Depth, string>> = { 8: "8 bits", 16: "16 bits", float: "floats" };

/** The error of a folder whose pictures have no common unit. */
export function mixedDepths(folder: string, path: string, depth: Depth, others: Depth): RunError {
  return new RunError(
    `the images of "${folder}" must all be floats or none, got ${DEPTH_WORDS[depth]} of "${path}" and ` +
      `${DEPTH_WORDS[others]} of others (convert them, or use --set load.source.range=file)`,
  );
}
