/**
 * Writes animated GIF (CompuServe, "Graphics Interchange Format", version 89a) with one palette for all frames.
 *
 * Own code for the reason given in `png.ts`, and so that greys are exact and the same picture gives the same bytes everywhere.
 *
 * @module
 */
import { indexColours } from "./palette.ts";
import type { Picture } from "./picture.ts";

/** How an animation plays. */
export interface GifOptions {
  /** How long each frame stands, in milliseconds (rounded to 10): one for all, or one a frame. @default {100} */
  delayMs?: number | readonly number[];
  /** Whether it begins again for ever; otherwise it plays once. @default {true} */
  loop?: boolean;
}

const LONGEST_CODE = 12;
const MOST_CODES = 1 << LONGEST_CODE;

/** Packs indices as codes of growing width, least significant bit first. */
function lzw(indices: Uint8Array, rootBits: number): number[] {
  const clear = 1 << rootBits, end = clear + 1;
  // What a code and the index after it are together, as another code; 0 when there is none yet.
  const codes = new Uint16Array(MOST_CODES << 8);
  const bytes: number[] = [];
  let held = 0, heldBits = 0, codeBits = rootBits + 1, next = end + 1;
  const write = (code: number) => {
    held |= code << heldBits;
    for (heldBits += codeBits; heldBits >= 8; heldBits -= 8, held >>>= 8) bytes.push(held & 255);
  };
  write(clear);
  let prefix = indices[0];
  for (let pixel = 1; pixel < indices.length; pixel++) {
    const key = (prefix << 8) | indices[pixel];
    if (codes[key] !== 0) {
      prefix = codes[key];
      continue;
    }
    write(prefix);
    if (next < MOST_CODES) {
      // A reader learns a code one step later than the writer, hence the comparison before counting up.
      if (next === 1 << codeBits) codeBits++;
      codes[key] = next++;
    } else {
      write(clear);
      codes.fill(0);
      [codeBits, next] = [rootBits + 1, end + 1];
    }
    prefix = indices[pixel];
  }
  write(prefix);
  // The reader has one more code by now, which may be the one that no longer fits.
  if (next === 1 << codeBits && codeBits < LONGEST_CODE) codeBits++;
  write(end);
  if (heldBits > 0) bytes.push(held & 255);
  return bytes;
}

/** Bytes in blocks of at most 255, each after its length, and an empty one at the end. */
function inBlocks(bytes: readonly number[]): number[] {
  const blocks: number[] = [];
  for (let start = 0; start < bytes.length; start += 255) {
    const block = bytes.slice(start, start + 255);
    blocks.push(block.length, ...block);
  }
  return [...blocks, 0];
}

const word = (value: number) => [value & 255, value >> 8];
const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

function check(frames: readonly Picture[], delays: readonly number[]): void {
  const wrong = frames.find(({ width, height }) => width !== frames[0].width || height !== frames[0].height);
  if (frames.length === 0 || wrong !== undefined || delays.length !== frames.length) {
    throw new RangeError(
      `Cannot write a GIF as it must have frames of one size, with a delay each: current frames are ` +
        `[${frames.map(({ width, height }) => `${width}x${height}`)}] with ${delays.length} delays`,
    );
  }
}

/** The bytes of a GIF file that plays the frames, all of which must have one size. */
export function encodeGif(
  frames: readonly Picture[],
  { delayMs = 100, loop = true }: GifOptions = {},
): Uint8Array<ArrayBuffer> {
  const delays = typeof delayMs === "number" ? frames.map(() => delayMs) : delayMs;
  check(frames, delays);
  const { width, height } = frames[0];
  const { colours, frames: indexed } = indexColours(frames);
  // The palette must have a power of two of colours, and codes at least two bits.
  const rootBits = Math.max(2, Math.ceil(Math.log2(colours.length)));
  const palette = new Array<number>(3 << rootBits).fill(0);
  colours.forEach((colour, index) =>
    palette.splice(3 * index, 3, colour >> 16, (colour >> 8) & 255, colour & 255)
  );
  const parts: ArrayLike<number>[] = [
    [...ascii("GIF89a"), ...word(width), ...word(height), 0xf0 | (rootBits - 1), 0, 0],
    palette,
    loop ? [0x21, 0xff, 11, ...ascii("NETSCAPE2.0"), 3, 1, ...word(0), 0] : [],
  ];
  indexed.forEach((indices, index) => {
    parts.push([0x21, 0xf9, 4, 0x04, ...word(Math.round(delays[index] / 10)), 0, 0]);
    parts.push([0x2c, ...word(0), ...word(0), ...word(width), ...word(height), 0, rootBits]);
    parts.push(inBlocks(lzw(indices, rootBits)));
  });
  parts.push([0x3b]);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
