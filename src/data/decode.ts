/**
 * Decodes a picture file of any format that can be read, told by its first bytes and not by its name.
 *
 * @module
 */
import { decodeNetpbm, isNetpbm } from "./netpbm.ts";
import type { Raster } from "./raster.ts";
import { decodeTiff, isTiff } from "./tiff.ts";

/** The endings of the files that are taken for pictures. */
export const PICTURE_ENDINGS: readonly string[] = [
  ".png",
  ".jpg",
  ".jpeg",
  ".gif",
  ".tif",
  ".tiff",
  ".pgm",
  ".ppm",
  ".pnm",
];

type Decoder = (bytes: Uint8Array) => Raster | Promise<Raster>;

/** PNG, JPEG and the first frame of a GIF, by imagescript, which is loaded when the first of them is met. */
async function decodeByImagescript(bytes: Uint8Array): Promise<Raster> {
  const name = "imagescript";
  const { decode } = await import(name) as typeof import("imagescript");
  const decoded = await decode(bytes, true);
  const { height, width, bitmap } = Array.isArray(decoded) ? decoded[0] : decoded;
  return { height, width, rgba: new Uint8Array(bitmap.buffer, bitmap.byteOffset, bitmap.byteLength) };
}

/** Which decoder reads what; the last takes the rest. */
const DECODERS: readonly { recognises(bytes: Uint8Array): boolean; decode: Decoder }[] = [
  { recognises: isNetpbm, decode: decodeNetpbm },
  { recognises: isTiff, decode: decodeTiff },
  { recognises: () => true, decode: decodeByImagescript },
];

/** Decodes a PNG, JPEG, GIF (first frame), TIFF, PGM or PPM picture. Throws an Error when the bytes do not decode. */
export async function decodePicture(bytes: Uint8Array): Promise<Raster> {
  return await DECODERS.find(({ recognises }) => recognises(bytes))!.decode(bytes);
}
