// A GIF file: signature, screen size and palette; then blocks: 0x21 an extension, 0x2c an image, 0x3b the end. Data lies in
// sub-blocks: their length, then as many bytes; a length of 0 ends them.

/**
 * Reads the frames of GIF pictures (CompuServe, "Graphics Interchange Format", version 89a), strictly.
 *
 * Own code, as the package before was worse: modern-gif 2.1.0 fills up with black what is missing, and on 499 damaged files printed
 * 8,532 lines of warnings and gave 234 as other pictures.
 *
 * @module
 */
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { damaged } from "./picture_error.ts";
import { checkExpansion, EXPANSION } from "./picture_limits.ts";
import type { Raster } from "./raster.ts";

const IMAGE = 0x2c, EXTENSION = 0x21, TRAILER = 0x3b, GRAPHIC_CONTROL = 0xf9;
const HEADER_BYTES = 13, DESCRIPTOR_BYTES = 10;

/** A frame as the file describes it. */
interface GifFrame extends PictureSize {
  readonly left: number;
  readonly top: number;
  readonly isInterlaced: boolean;
  /** Three bytes a colour. */
  readonly palette: Uint8Array;
  /** The colour that is not drawn; -1: none. */
  readonly transparent: number;
  readonly minCodeBits: number;
  /** The LZW codes. */
  readonly codes: Uint8Array;
  /** What becomes of its place after it: see {@link CLEARED} and {@link RESTORED}. */
  readonly disposal: number;
}

/** The place of a frame becomes transparent, or what it was before the frame; any other number leaves the frame. */
const CLEARED = 2, RESTORED = 3;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The size of the screen that a GIF picture is drawn on. */
export function gifSize(bytes: Uint8Array): PictureSize {
  const view = viewOf(bytes);
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** The palette at a place, as long as the lowest bits of `flags` say; without one there is none. */
function paletteAt(bytes: Uint8Array, at: number, flags: number): Uint8Array {
  return (flags & 0x80) === 0 ? new Uint8Array() : bytes.subarray(at, at + 3 * (2 << (flags & 7)));
}

/** The place behind the sub-blocks that begin at a place; `take` gets each of them. */
function passSubBlocks(bytes: Uint8Array, start: number, take?: (block: Uint8Array) => void): number {
  let at = start;
  for (; bytes[at] > 0; at += 1 + bytes[at]) take?.(bytes.subarray(at + 1, at + 1 + bytes[at]));
  if (bytes[at] === undefined) throw damaged("GIF", "one that was cut off");
  return at + 1;
}

function joined(blocks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  blocks.reduce((at, block) => (bytes.set(block, at), at + block.length), 0);
  return bytes;
}

/** All frames; of those after the first `most` no codes are kept. All blocks are passed, so that a file that was cut off is noticed. */
function framesOf(bytes: Uint8Array, most: number): GifFrame[] {
  const view = viewOf(bytes), global = paletteAt(bytes, HEADER_BYTES, bytes[10]), frames: GifFrame[] = [];
  let at = HEADER_BYTES + global.length, transparent = -1, disposal = 0;
  for (; bytes[at] !== TRAILER;) {
    if (bytes[at] === undefined) throw damaged("GIF", "one that was cut off");
    if (bytes[at] === EXTENSION) {
      if (bytes[at + 1] === GRAPHIC_CONTROL) {
        transparent = (bytes[at + 3] & 1) === 1 ? bytes[at + 6] : -1;
        disposal = (bytes[at + 3] >> 2) & 7;
      }
      at = passSubBlocks(bytes, at + 2);
    } else if (bytes[at] === IMAGE) {
      const [left, top, width, height] = [1, 3, 5, 7].map((offset) => view.getUint16(at + offset, true));
      const flags = bytes[at + 9], local = paletteAt(bytes, at + DESCRIPTOR_BYTES, flags);
      const data = at + DESCRIPTOR_BYTES + local.length, blocks: Uint8Array[] = [];
      const take = frames.length < most ? (block: Uint8Array) => blocks.push(block) : undefined;
      at = passSubBlocks(bytes, data + 1, take);
      frames.push({
        ...{ left, top, width, height, transparent, disposal },
        isInterlaced: (flags & 0x40) !== 0,
        palette: local.length > 0 ? local : global,
        minCodeBits: bytes[data],
        codes: joined(blocks),
      });
      [transparent, disposal] = [-1, 0];
    } else throw damaged("GIF", "one with a block of an unknown kind");
  }
  if (frames.length === 0) throw damaged("GIF", "one without a frame");
  return frames;
}

/** How many frames a GIF picture has. */
export function gifFrames(bytes: Uint8Array): number {
  return framesOf(bytes, 0).length;
}

/** Unpacks LZW codes of up to 12 bits, least significant bit first, to exactly `length` colours. */
function unpackLzw({ codes, minCodeBits }: GifFrame, length: number): Uint8Array {
  if (minCodeBits < 1 || minCodeBits > 8) throw damaged("GIF", "one whose codes are damaged");
  const clear = 1 << minCodeBits, out = new Uint8Array(length);
  // Every code but a colour stands for `lengths[code]` colours that were already written at `starts[code]`.
  const starts = new Uint32Array(4096), lengths = new Uint32Array(4096);
  let written = 0, bit = 0, codeBits = minCodeBits + 1, next = clear + 2, previousStart = -1;
  while (written < length && bit + codeBits <= 8 * codes.length) {
    const byte = bit >> 3;
    const window = codes[byte] | ((codes[byte + 1] ?? 0) << 8) | ((codes[byte + 2] ?? 0) << 16);
    const code = (window >> (bit & 7)) & ((1 << codeBits) - 1);
    bit += codeBits;
    if (code === clear + 1) break;
    if (code === clear) {
      [codeBits, next, previousStart] = [minCodeBits + 1, clear + 2, -1];
      continue;
    }
    const start = written;
    if (previousStart >= 0 && next < 4096) {
      // The new entry is the previous string and the colour that follows it, which is about to be written.
      [starts[next], lengths[next]] = [previousStart, start - previousStart + 1];
      next++;
    }
    if (code < clear) out[written++] = code;
    else if (code >= next || previousStart < 0) throw damaged("GIF", "one whose codes are damaged");
    else for (let k = 0; k < lengths[code] && written < length; k++) out[written++] = out[starts[code] + k];
    previousStart = start;
    if (next === 1 << codeBits && codeBits < 12) codeBits++;
  }
  if (written < length) throw damaged("GIF", "one whose frame was cut off");
  return out;
}

/** The rows of a frame in the order in which the file has them. */
function rowOrder({ height, isInterlaced }: GifFrame): number[] {
  const passes = isInterlaced ? [[0, 8], [4, 8], [2, 4], [1, 2]] : [[0, 1]];
  return passes.flatMap(([first, step]) => {
    return Array.from({ length: Math.ceil(Math.max(0, height - first) / step) }, (_, k) => first + k * step);
  });
}

/** Decodes the first `most` frames of a GIF picture, one after the other. Throws a PictureError. */
export function* decodeGif(bytes: Uint8Array, most: number): Generator<Raster> {
  const screen = gifSize(bytes), { height, width } = screen;
  checkExpansion("GIF", screen, pixelCount(screen), bytes.length, EXPANSION.lzw);
  const canvas = new Uint8Array(4 * pixelCount(screen));
  for (const frame of framesOf(bytes, most).slice(0, most)) {
    const { left, top, disposal } = frame;
    if (left + frame.width > width || top + frame.height > height) {
      throw damaged("GIF", "one whose frame reaches beyond its screen");
    }
    const before = disposal === RESTORED ? canvas.slice() : undefined;
    draw(canvas, width, frame);
    yield { height, width, rgba: canvas.slice() };
    if (before !== undefined) canvas.set(before);
    if (disposal !== CLEARED) continue;
    for (let row = top; row < top + frame.height; row++) {
      canvas.fill(0, 4 * (row * width + left), 4 * (row * width + left + frame.width));
    }
  }
}

function draw(canvas: Uint8Array, across: number, frame: GifFrame): void {
  const { left, top, palette, transparent } = frame, colours = unpackLzw(frame, pixelCount(frame));
  rowOrder(frame).forEach((row, position) => {
    for (let column = 0; column < frame.width; column++) {
      const colour = colours[position * frame.width + column];
      if (colour === transparent) continue;
      if (3 * colour >= palette.length) throw damaged("GIF", "one with a colour that its palette lacks");
      const at = 4 * ((top + row) * across + left + column);
      canvas.set(palette.subarray(3 * colour, 3 * colour + 3), at);
      canvas[at + 3] = 255;
    }
  });
}
