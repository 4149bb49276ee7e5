// D = channels: 1 of a grey picture, 3 of a colour picture.

/**
 * Writes a picture in the format of a file's ending, pixel for pixel (JPEG: nearly).
 *
 * @module
 */
import { importPackage } from "../core/import_package.ts";
import { Buffer } from "node:buffer";
import { pixelCount } from "../core/shape.ts";
import { encodeGif } from "./gif.ts";
import type { Picture } from "./picture.ts";
import { encodeDeepPng, encodePng } from "./png.ts";

/** The values of pixels: of 8 bits, 16 bits, or floats. */
export type PixelValues = Uint8Array | Uint16Array | Float32Array;

/** A picture as its values: one or three for each pixel, row by row. */
export interface PixelPicture<Values extends PixelValues = PixelValues> {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Values;
}

/** A picture of 8 bits. */
type BytePicture = PixelPicture<Uint8Array>;
type Encoder<Values extends PixelValues> = (
  picture: PixelPicture<Values>,
) => Uint8Array | Promise<Uint8Array>;
/** Makes the encoder of a format of 8 bits one of all pictures. */
const inBytes = (encode: Encoder<Uint8Array>): Encoder<PixelValues> => (picture) => encode(toBytes(picture));

/** Which encoder writes a file, by its ending. */
const ENCODERS: Readonly<Record<string, Encoder<PixelValues>>> = {
  png: (picture) => isDeep(picture) ? encodeDeepPng(picture) : encodePng(opaque(toBytes(picture))),
  gif: inBytes((picture) => encodeGif([opaque(picture)])),
  jpg: inBytes(encodeJpeg),
  jpeg: inBytes(encodeJpeg),
  pgm: encodeNetpbm,
  ppm: encodeNetpbm,
  pnm: encodeNetpbm,
  tif: encodeTiff,
  tiff: encodeTiff,
  bmp: inBytes(encodeBmp),
};

/** The name under which a picture can be written: its own, or with the ending `.png` where there is no encoder for its format. */
export function writableName(name: string): string {
  const ending = /\.([^./\\]+)$/.exec(name)?.[1].toLowerCase() ?? "";
  return Object.hasOwn(ENCODERS, ending) ? name : `${name.replace(/\.[^./\\]*$/, "")}.png`;
}

/** The bytes of a picture in the format of a name's ending; 16 bits are kept in PNG, PGM, PPM and TIFF, floats in TIFF. */
export async function encodePicture(name: string, picture: PixelPicture): Promise<Uint8Array> {
  const ending = /\.([^./\\]+)$/.exec(name)![1].toLowerCase();
  // A grey format for grey pictures, and one with colours for others.
  return await ENCODERS[ending](picture);
}

function isDeep(picture: PixelPicture): picture is PixelPicture<Uint16Array> {
  return picture.pixels instanceof Uint16Array;
}

/** A picture in 8 bits, for formats that have no more: 16 bits are divided by 257, floats are shares of white. */
function toBytes(picture: PixelPicture): BytePicture {
  const { pixels } = picture;
  if (pixels instanceof Uint8Array) return { ...picture, pixels };
  const factor = isDeep(picture) ? 1 / 257 : 255;
  const bytes = Uint8ClampedArray.from(pixels, (value) => value * factor);
  return { ...picture, pixels: new Uint8Array(bytes.buffer) };
}

function opaque({ height, width, channels, pixels }: BytePicture): Picture {
  const count = pixelCount({ height, width }), rgba = new Uint8Array(4 * count).fill(255);
  for (let at = 0; at < count; at++) {
    for (let colour = 0; colour < 3; colour++) {
      rgba[4 * at + colour] = pixels[at * channels + (channels === 1 ? 0 : colour)];
    }
  }
  return { height, width, rgba };
}

/** In percent: nearly without visible losses. */
const JPEG_QUALITY = 95;

async function encodeJpeg(picture: BytePicture): Promise<Uint8Array> {
  const { encode } =
    (await importPackage<{ default: typeof import("jpeg-js") }>("npm:jpeg-js@0.4.4")).default;
  const { height, width, rgba } = opaque(picture);
  return encode({ height, width, data: Buffer.from(rgba.buffer) }, JPEG_QUALITY).data;
}

/** PGM or PPM (Netpbm), in one byte for each value, or two, the larger one first. */
function encodeNetpbm(picture: PixelPicture): Uint8Array {
  const { height, width, channels } = picture, isWide = isDeep(picture), largest = isWide ? 65_535 : 255;
  const header = new TextEncoder().encode(`P${channels === 1 ? 5 : 6}\n${width} ${height}\n${largest}\n`);
  const content = isWide ? bigEndian(picture.pixels) : toBytes(picture).pixels;
  const bytes = new Uint8Array(header.length + content.length);
  bytes.set(header);
  bytes.set(content, header.length);
  return bytes;
}

function bigEndian(values: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * values.length), view = new DataView(bytes.buffer);
  values.forEach((value, at) => view.setUint16(2 * at, value));
  return bytes;
}

/** One strip without compression (TIFF 6.0, sections 4, 6 and 19), little-endian. */
function encodeTiff({ height, width, channels, pixels }: PixelPicture): Uint8Array {
  const SHORT = 3, LONG = 4, GREY = 1, RGB = 2, UNSIGNED = 1, FLOAT = 3;
  const bits = 8 * pixels.BYTES_PER_ELEMENT, format = pixels instanceof Float32Array ? FLOAT : UNSIGNED;
  const ENTRIES = 11, lengths = 8 + 2 + ENTRIES * 12 + 4, formats = lengths + 6, start = formats + 6;
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    // Of three channels the lengths do not fit into the entry.
    [258, SHORT, channels, channels === 1 ? bits : lengths],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, channels === 1 ? GREY : RGB],
    [273, LONG, 1, start],
    [277, SHORT, 1, channels],
    [278, LONG, 1, height],
    [279, LONG, 1, pixels.byteLength],
    [284, SHORT, 1, 1],
    [339, SHORT, channels, channels === 1 ? format : formats],
  ];
  const bytes = new Uint8Array(start + pixels.byteLength), view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, entries.length, 0]);
  entries.forEach(([tag, type, count, value], row) => {
    const at = 10 + row * 12;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    view.setUint32(at + 8, value, true);
  });
  for (let channel = 0; channel < 3; channel++) {
    view.setUint16(lengths + 2 * channel, bits, true);
    view.setUint16(formats + 2 * channel, format, true);
  }
  // Typed arrays are little-endian on all machines that Deno runs on.
  bytes.set(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), start);
  return bytes;
}

/** Rows from the bottom up, blue first, padded to four bytes (BITMAPINFOHEADER, uncompressed). */
function encodeBmp({ height, width, channels, pixels }: BytePicture): Uint8Array {
  const HEADER = 54, row = Math.ceil(width * 3 / 4) * 4;
  const bytes = new Uint8Array(HEADER + row * height), view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, HEADER, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels, to = HEADER + (height - 1 - y) * row + 3 * x;
      for (let colour = 0; colour < 3; colour++) {
        bytes[to + colour] = pixels[from + (channels === 1 ? 0 : 2 - colour)];
      }
    }
  }
  return bytes;
}
