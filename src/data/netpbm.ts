/**
 * Reads PGM and PPM pictures, the plainest formats there are (Netpbm's man pages pgm(5) and ppm(5)).
 *
 * @module
 */
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { damaged } from "./picture_error.ts";
import type { Depth, Raster } from "./raster.ts";

/** How many numbers a pixel has, and whether they are written in digits, by the two letters a file begins with. */
const KINDS: Readonly<Record<string, { channels: number; digits: boolean }>> = {
  P2: { channels: 1, digits: true },
  P3: { channels: 3, digits: true },
  P5: { channels: 1, digits: false },
  P6: { channels: 3, digits: false },
};

/** Whether the bytes begin like a PGM or PPM file. */
export function isNetpbm(bytes: Uint8Array): boolean {
  return String.fromCharCode(bytes[0], bytes[1]) in KINDS;
}

const WHITE_SPACE = new Set([...` \t\n\r\v\f`].map((letter) => letter.charCodeAt(0)));
const HASH = 0x23, NEW_LINE = 0x0a;

/** Reads numbers in digits, with white space and comments between them, from a byte on. */
function numberReader(bytes: Uint8Array, start: number) {
  let position = start;
  return {
    get position() {
      return position;
    },
    next(what: string): number {
      while (WHITE_SPACE.has(bytes[position]) || bytes[position] === HASH) {
        // A comment reaches from # to the end of its line.
        if (bytes[position] === HASH) {
          while (position < bytes.length && bytes[position] !== NEW_LINE) position++;
        }
        position++;
      }
      const first = position;
      let number = 0;
      while (bytes[position] >= 0x30 && bytes[position] <= 0x39) {
        number = 10 * number + bytes[position++] - 0x30;
      }
      if (position === first) throw damaged("PGM or PPM", `no number for the ${what} at byte ${position}`);
      return number;
    },
  };
}

function readHeader(bytes: Uint8Array) {
  const numbers = numberReader(bytes, 2);
  const width = numbers.next("width"),
    height = numbers.next("height"),
    white = numbers.next("value of white");
  if (white === 0 || white > 65535) {
    throw damaged("PGM or PPM", `${white} for white, which may be 1 to 65535`);
  }
  return { width, height, white, numbers };
}

/** The size that a PGM or PPM picture states. */
export function netpbmSize(bytes: Uint8Array): PictureSize {
  return readHeader(bytes);
}

/** The depth that a PGM or PPM picture states. */
export function netpbmDepth(bytes: Uint8Array): Depth {
  return readHeader(bytes).white > 255 ? "16" : "8";
}

/** Reads the PGM or PPM picture in the bytes. Throws a PictureError. */
export function decodeNetpbm(bytes: Uint8Array): Raster {
  const { channels, digits } = KINDS[String.fromCharCode(bytes[0], bytes[1])];
  const { width, height, white, numbers } = readHeader(bytes);
  // One white-space character separates the header from the bytes.
  let position = numbers.position + 1;
  const bytesEach = digits || white > 255 ? 2 : 1, left = bytes.length - position;
  // A number in digits has a white space before the next one; the last one need not.
  const needed = pixelCount({ height, width }) * channels * bytesEach - (digits ? 1 : 0);
  if (left < needed) {
    throw damaged(
      "PGM or PPM",
      `${left} bytes of pixels where ${digits ? "at least " : ""}${needed} are needed`,
    );
  }
  const nextByte = () => bytesEach === 1 ? bytes[position++] : (bytes[position++] << 8) | bytes[position++];
  const next = digits ? () => numbers.next("pixel") : nextByte;
  const length = 4 * pixelCount({ height, width }), most = white > 255 ? 65_535 : 255;
  const rgba = (white > 255 ? new Uint16Array(length) : new Uint8Array(length)).fill(most);
  for (let pixel = 0; pixel < rgba.length; pixel += 4) {
    for (let channel = 0; channel < channels; channel++) {
      rgba[pixel + channel] = Math.round(most * Math.min(1, next() / white));
    }
    if (channels === 1) rgba.fill(rgba[pixel], pixel + 1, pixel + 3);
  }
  return { height, width, rgba };
}
