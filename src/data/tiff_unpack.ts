/**
 * The ways in which the strips of a TIFF file are packed (TIFF 6.0, sections 9 and 13).
 *
 * @module
 */
import { inflateSync } from "node:zlib";
import { damaged } from "./picture_error.ts";
import { EXPANSION } from "./picture_limits.ts";

const CLEAR = 256, END = 257;

/** Unpacks LZW codes of 9 to 12 bits, most significant bit first, with the width growing one code early. */
function unpackLzw(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  // Every code but a byte stands for `lengths[code]` bytes that were already written at `starts[code]`.
  const starts = new Uint32Array(4097), lengths = new Uint32Array(4097);
  let written = 0, bit = 0, codeBits = 9, next = END + 1, previousStart = -1;
  while (written < length && bit + codeBits <= 8 * packed.length) {
    const byte = bit >> 3;
    const window = (packed[byte] << 16) | ((packed[byte + 1] ?? 0) << 8) | (packed[byte + 2] ?? 0);
    const code = (window >> (24 - codeBits - (bit & 7))) & ((1 << codeBits) - 1);
    bit += codeBits;
    if (code === END) break;
    if (code === CLEAR) {
      [codeBits, next, previousStart] = [9, END + 1, -1];
      continue;
    }
    const start = written;
    if (previousStart >= 0) {
      // The new entry is the previous string and the byte that follows it, which is about to be written.
      [starts[next], lengths[next]] = [previousStart, start - previousStart + 1];
      next++;
    }
    if (code < CLEAR) out[written++] = code;
    else if (code >= next || previousStart < 0) throw damaged("TIFF", "one whose LZW codes are damaged");
    else for (let k = 0; k < lengths[code] && written < length; k++) out[written++] = out[starts[code] + k];
    previousStart = start;
    if (next >= (1 << codeBits) - 1 && codeBits < 12) codeBits++;
    if (next > 4096) throw damaged("TIFF", "one whose LZW codes are damaged");
  }
  return out.subarray(0, written);
}

/** Unpacks runs: n from 0 to 127, then n + 1 bytes as they are; -n from -1 to -127, then a byte n + 1 times. */
function unpackBits(packed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let written = 0, position = 0;
  while (written < length && position < packed.length) {
    const run = packed[position++];
    if (run < 128) {
      const literal = packed.subarray(position, position + Math.min(run + 1, length - written));
      out.set(literal, written);
      written += literal.length;
      position += run + 1;
    } else if (run > 128) {
      const end = Math.min(length, written + 257 - run);
      out.fill(packed[position++], written, end);
      written = end;
    }
  }
  return out.subarray(0, written);
}

/** Unpacks a zlib stream of at most `most` bytes. */
function unpackDeflate(packed: Uint8Array, _length: number, most: number): Uint8Array {
  return inflateSync(packed, { maxOutputLength: Math.max(1, most) });
}

/** Gives `length` bytes, or fewer when there are not as many; a last strip may be packed as if it were as high as the others, `most`. */
type Unpack = (packed: Uint8Array, length: number, most: number) => Uint8Array;

/** By the number of the compression. */
export const TIFF_UNPACKERS: Readonly<Record<number, Unpack>> = {
  1: (packed) => packed,
  5: unpackLzw,
  8: unpackDeflate,
  32773: unpackBits,
  32946: unpackDeflate,
};

/** By the number of the compression: how many bytes one packed byte becomes at most. */
export const TIFF_EXPANSION: Readonly<Record<number, number>> = {
  1: EXPANSION.none,
  5: EXPANSION.lzw,
  8: EXPANSION.deflate,
  32773: EXPANSION.packBits,
  32946: EXPANSION.deflate,
};
