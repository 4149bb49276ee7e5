/**
 * Writes PNG (W3C, third edition) by pngjs, with no more channels than the picture needs.
 *
 * Not by fast-png: other readers (imagescript) refuse some of its small pictures, which have no distance code in their deflated data.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import pngjs from "pngjs";
import type { Picture } from "./picture.ts";

/** The part of pngjs that is used; the package has no types. */
interface Pngjs {
  PNG: {
    sync: {
      write(
        picture: { width: number; height: number; data: Buffer },
        options: {
          colorType: number;
          bitDepth?: number;
          filterType: number;
          deflateLevel: number;
          deflateStrategy: number;
        },
      ): Uint8Array;
    };
  };
}

const GREY = 0, COLOUR = 2, COLOUR_AND_OPACITY = 6;
/** Maximum compression with zlib's default strategy. */
const PACKING = { deflateLevel: 9, deflateStrategy: 0 };
/** No filter, smallest for enlarged pixels and flat colours; or adaptive filters, smallest for shades. */
const FILTERS = [0, -1];

const isOpaque = ({ rgba }: Picture) => rgba.every((value, at) => (at & 3) !== 3 || value === 255);
const isGrey = ({ rgba }: Picture) => rgba.every((value, at) => (at & 3) === 3 || value === rgba[at & ~3]);

/** The bytes of a PNG file with the picture, pixel for pixel: the smallest of the tried encodings. */
export function encodePng(picture: Picture): Uint8Array<ArrayBuffer> {
  const { width, height, rgba } = picture;
  const colorType = !isOpaque(picture) ? COLOUR_AND_OPACITY : isGrey(picture) ? GREY : COLOUR;
  const data = Buffer.from(rgba.buffer, rgba.byteOffset, rgba.length);
  const write = (filterType: number) =>
    (pngjs as Pngjs).PNG.sync.write({ width, height, data }, { colorType, filterType, ...PACKING });
  const [plain, filtered] = FILTERS.map(write);
  return new Uint8Array(filtered.length < plain.length ? filtered : plain);
}

/** A grey or colour picture of 16 bits, one or three values for each pixel. */
interface DeepPicture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint16Array;
}

/** The bytes of a PNG file of 16 bits for each value. */
export function encodeDeepPng({ height, width, channels, pixels }: DeepPicture): Uint8Array {
  const rgba = new Uint16Array(4 * pixels.length / channels).fill(0xffff);
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    for (let colour = 0; colour < 3; colour++) {
      rgba[to + colour] = pixels[from + (channels === 1 ? 0 : colour)];
    }
  }
  const data = Buffer.from(rgba.buffer), colorType = channels === 1 ? GREY : COLOUR;
  return (pngjs as Pngjs).PNG.sync.write({ width, height, data }, {
    colorType,
    bitDepth: 16,
    filterType: -1,
    ...PACKING,
  });
}
