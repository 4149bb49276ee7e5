/**
 * Pictures as indices into a palette, as GIF requires.
 *
 * @module
 */
import { pixelCount } from "../core/shape.ts";
import type { Picture } from "./picture.ts";

/** Pictures of at most 256 colours. */
export interface Indexed {
  /** Each colour as 0xRRGGBB, in order of first appearance. */
  readonly colours: readonly number[];
  /** For each picture, an index into {@link colours} per pixel. */
  readonly frames: readonly Uint8Array[];
}

const MOST = 256;

/** The red, green and blue of a colour 0xRRGGBB. */
export function channelsOf(colour: number): number[] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/** Keeps the upper bits of each channel and repeats them below, so that black stays black and white white. */
function reduceChannel(value: number, bits: number): number {
  const kept = value >> (8 - bits);
  return bits === 8 ? value : Math.round(255 * kept / ((1 << bits) - 1));
}

function tryIndex(pictures: readonly Picture[], bits: number): Indexed | undefined {
  const reduced = Uint8Array.from({ length: 256 }, (_, value) => reduceChannel(value, bits));
  const indexOf = new Map<number, number>();
  const frames: Uint8Array[] = [];
  for (const { width, height, rgba } of pictures) {
    const indices = new Uint8Array(pixelCount({ height, width }));
    for (let pixel = 0, at = 0; pixel < indices.length; pixel++, at += 4) {
      const colour = (reduced[rgba[at]] << 16) | (reduced[rgba[at + 1]] << 8) | reduced[rgba[at + 2]];
      let index = indexOf.get(colour);
      if (index === undefined) {
        index = indexOf.size;
        if (index === MOST) return undefined;
        indexOf.set(colour, index);
      }
      indices[pixel] = index;
    }
    frames.push(indices);
  }
  return { colours: [...indexOf.keys()], frames };
}

/**
 * The pictures with at most 256 colours: the exact ones if they are few enough, else with fewer bits per channel. Greys
 * always fit; two bits per channel are 64 colours, so the search ends. Opacity is left out.
 */
export function indexColours(pictures: readonly Picture[]): Indexed {
  for (let bits = 8; bits > 2; bits--) {
    const indexed = tryIndex(pictures, bits);
    if (indexed !== undefined) return indexed;
  }
  return tryIndex(pictures, 2)!;
}
