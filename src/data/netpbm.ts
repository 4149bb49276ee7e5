/**
 * Reads PGM and PPM pictures, the plainest formats there are (Netpbm's man pages pgm(5) and ppm(5)).
 *
 * @module
 */
import type { Raster } from "./raster.ts";

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

/** Reads the PGM or PPM picture in the bytes. Throws an Error that says what is wrong with it. */
export function decodeNetpbm(bytes: Uint8Array): Raster {
  let position = 2;
  function nextNumber(what: string): number {
    while (WHITE_SPACE.has(bytes[position]) || bytes[position] === HASH) {
      // A comment reaches from # to the end of its line.
      if (bytes[position] === HASH) {
        while (position < bytes.length && bytes[position] !== NEW_LINE) position++;
      }
      position++;
    }
    let text = "";
    while (bytes[position] >= 0x30 && bytes[position] <= 0x39) text += String.fromCharCode(bytes[position++]);
    if (text === "") throw new Error(`the ${what} must be a number at byte ${position}`);
    return Number(text);
  }
  const { channels, digits } = KINDS[String.fromCharCode(bytes[0], bytes[1])];
  const width = nextNumber("width"), height = nextNumber("height"), white = nextNumber("value of white");
  if (width * height === 0 || white === 0 || white > 65535) {
    throw new Error(
      `width, height and white (at most 65535) must be positive: ${width}, ${height}, ${white}`,
    );
  }
  // One white space stands between the header and the bytes.
  position++;
  const bytesEach = white > 255 ? 2 : 1;
  const needed = width * height * channels * bytesEach;
  if (!digits && bytes.length - position < needed) {
    throw new Error(`${needed} bytes of pixels must follow the header: there are ${bytes.length - position}`);
  }
  const nextByte = () => bytesEach === 1 ? bytes[position++] : (bytes[position++] << 8) | bytes[position++];
  const next = digits ? () => nextNumber("pixel") : nextByte;
  const rgba = new Uint8Array(4 * width * height).fill(255);
  for (let pixel = 0; pixel < rgba.length; pixel += 4) {
    for (let channel = 0; channel < channels; channel++) {
      rgba[pixel + channel] = Math.round(255 * Math.min(1, next() / white));
    }
    if (channels === 1) rgba.fill(rgba[pixel], pixel + 1, pixel + 3);
  }
  return { height, width, rgba };
}
