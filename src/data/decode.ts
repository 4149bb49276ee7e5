/**
 * Decodes a picture file of any format that can be read, told by its first bytes and not by its name. Each decoder is
 * JavaScript that needs no permission; a package is loaded when the first picture of its format is met.
 *
 * @module
 */
import { Buffer } from "node:buffer";
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

/** What is used of pngjs, which comes without types. */
interface Pngjs {
  PNG: { sync: { read(bytes: Buffer): { height: number; width: number; data: Uint8Array } } };
}

// Not by fast-png, as its version 8.0.0 fails on interlaced pictures of fewer than 8 bits.
async function decodePng(bytes: Uint8Array): Promise<Raster> {
  const name = "pngjs";
  const { PNG } = (await import(name)).default as Pngjs;
  const { height, width, data } = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  return { height, width, rgba: new Uint8Array(data) };
}

async function decodeJpeg(bytes: Uint8Array): Promise<Raster> {
  const name = "jpeg-js";
  const { decode } = (await import(name)).default as typeof import("jpeg-js");
  // Adobe's marker may say that the channels are red, green and blue, which jpeg-js 0.4.4 heeds only when it is told; it heeds by
  // itself a marker that says otherwise, and needs none.
  const hasAdobeMarker = new TextDecoder("latin1").decode(bytes).includes("\xff\xee\0\x0eAdobe");
  const options = {
    useTArray: true,
    tolerantDecoding: false,
    ...(hasAdobeMarker && { colorTransform: false }),
  };
  const { height, width, data } = decode(bytes, options as { useTArray: true });
  return { height, width, rgba: data };
}

async function decodeGif(bytes: Uint8Array): Promise<Raster> {
  const name = "modern-gif";
  const { decodeFrame } = await import(name) as typeof import("modern-gif");
  const { height, width, data } = decodeFrame(new Uint8Array(bytes), 0);
  return { height, width, rgba: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

const startsWith = (...start: number[]) => (bytes: Uint8Array) =>
  start.every((byte, index) => bytes[index] === byte);

/** Which decoder reads what. */
const DECODERS: readonly {
  recognises(bytes: Uint8Array): boolean;
  decode(bytes: Uint8Array): Raster | Promise<Raster>;
}[] = [
  { recognises: startsWith(0x89, 0x50, 0x4e, 0x47), decode: decodePng },
  { recognises: startsWith(0xff, 0xd8, 0xff), decode: decodeJpeg },
  { recognises: startsWith(0x47, 0x49, 0x46, 0x38), decode: decodeGif },
  { recognises: isNetpbm, decode: decodeNetpbm },
  { recognises: isTiff, decode: decodeTiff },
];

/** Decodes a PNG, JPEG, GIF (first frame), TIFF, PGM or PPM picture. Throws an Error when the bytes do not decode. */
export async function decodePicture(bytes: Uint8Array): Promise<Raster> {
  const decoder = DECODERS.find(({ recognises }) => recognises(bytes));
  if (decoder === undefined) throw new Error("Unsupported image type: no PNG, JPEG, GIF, TIFF, PGM or PPM");
  return await decoder.decode(bytes);
}
