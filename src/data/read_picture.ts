/**
 * Reads a picture file as grey pixels of the size that a data set has.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import { type DecodeOptions, decodePicture, isPictureStart } from "./decode.ts";
import { MAX_PIXELS } from "./picture_limits.ts";
import { type GreyRaster, scaleGrey, toGrey } from "./raster.ts";

/** The size to which the pictures of a folder are brought. */
export interface PictureForm {
  /** The folder, as the user named it. */
  readonly folder: string;
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
  /** The picture that all others must be as large as; without one, all are scaled. */
  readonly like?: string;
  /** At most how many pixels a picture may have before it is scaled. @default {120_000_000} */
  readonly maxPixels?: number;
}

/** Bytes of a file for each pixel that a picture may have: more than any format needs, in digits too. */
const FILE_BYTES_PER_PIXEL = 24;
const START_BYTES = 16;

/** The bytes of a file that begins like a picture and is not larger than any that may be decoded. */
function readFile(path: string, maxPixels: number): Uint8Array {
  const must = `"${path}" must be a PNG, JPEG, GIF, TIFF, PGM or PPM picture, got`;
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
function readInto(file: Deno.FsFile, target: Uint8Array): void {
  for (let done = 0; done < target.length;) {
    const read = file.readSync(target.subarray(done));
    if (read === null) return;
    done += read;
  }
}

async function readGrey(path: string, { maxPixels = MAX_PIXELS, large }: DecodeOptions): Promise<GreyRaster> {
  const bytes = readFile(path, maxPixels);
  try {
    return toGrey(await decodePicture(bytes, { maxPixels, large }));
  } catch (thrown) {
    throw new RunError(`"${path}" ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** The size of pictures: the requested one, or that of the first picture. */
export async function pictureForm(
  folder: string,
  first: string,
  { height, width, maxPixels }: Pick<DecodeOptions, "maxPixels"> & {
    readonly height?: number;
    readonly width?: number;
  },
): Promise<PictureForm> {
  if (height !== undefined && width !== undefined) return { folder, height, width, maxPixels };
  const grey = await readGrey(first, { maxPixels });
  return { folder, height: grey.height, width: grey.width, like: first, maxPixels };
}

const sizeText = ({ height, width }: { readonly height: number; readonly width: number }) =>
  `${height}x${width} (height x width)`;

/** The grey pixels of a picture, row by row, a byte each. Throws a RunError that names the file. */
export async function readPicture(
  path: string,
  form: PictureForm,
  large?: DecodeOptions["large"],
): Promise<Uint8Array> {
  const { folder, height, width, like, maxPixels } = form;
  const grey = await readGrey(path, { maxPixels, large });
  if (like === undefined) return scaleGrey(grey, height, width).pixels;
  if (grey.height !== height || grey.width !== width) {
    throw new RunError(
      `the images of "${folder}" must have one size, got ${sizeText(grey)} of "${path}" and ` +
        `${sizeText(form)} of "${like}" (set load.source.height and load.source.width)`,
    );
  }
  return grey.pixels;
}
