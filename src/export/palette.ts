/**
 * Pictures as indices into a palette, as GIF requires.
 *
 * @module
 */
import { pixelCount } from "../core/shape.ts";
import type { Picture } from "./picture.ts";
import { quantize } from "./quantize.ts";

/** Pictures of at most 256 colours. */
export interface Indexed {
  /** Each colour as 0xRRGGBB. */
  readonly colours: readonly number[];
  /** For each picture, an index into {@link colours} per pixel. */
  readonly frames: readonly Uint8Array[];
}

const MOST = 256;

/** More colours than this are rounded to fewer bits per channel before a palette is chosen, so that choosing takes under a second. */
const MOST_EXACT = 1 << 15;

/** Keeps the upper bits of each channel and repeats them below, so that black stays black and white white. */
function reduceChannel(value: number, bits: number): number {
  const kept = value >> (8 - bits);
  return bits === 8 ? value : Math.round(255 * kept / ((1 << bits) - 1));
}

/** The colours of each picture, in `bits` per channel, and how many pixels have each, in order of first appearance. */
function coloursOf(pictures: readonly Picture[], bits: number) {
  const reduced = Uint8Array.from({ length: 256 }, (_, value) => reduceChannel(value, bits));
  const counts = new Map<number, number>();
  const frames = pictures.map((picture) => {
    const { rgba } = picture, colours = new Uint32Array(pixelCount(picture));
    for (let pixel = 0, at = 0; pixel < colours.length; pixel++, at += 4) {
      const colour = (reduced[rgba[at]] << 16) | (reduced[rgba[at + 1]] << 8) | reduced[rgba[at + 2]];
      colours[pixel] = colour;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return colours;
  });
  return { counts, frames };
}

/**
 * The pictures with at most 256 colours: the exact ones if they are few enough (greys always are), else the palette of
 * {@link quantize}. Opacity is left out.
 */
export function indexColours(pictures: readonly Picture[]): Indexed {
  let bits = 8, found = coloursOf(pictures, bits);
  while (found.counts.size > MOST_EXACT) found = coloursOf(pictures, --bits);
  const { counts, frames } = found;
  const { colours, positionOf } = counts.size <= MOST
    ? {
      colours: [...counts.keys()],
      positionOf: new Map([...counts.keys()].map((colour, at) => [colour, at])),
    }
    : quantize(counts, MOST);
  return {
    colours,
    frames: frames.map((pixels) => Uint8Array.from(pixels, (colour) => positionOf.get(colour)!)),
  };
}
