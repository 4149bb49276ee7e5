// H, W = the size of a picture; h, w = that of a tile, which is what the model was trained on.

/**
 * Pictures larger than what a model was trained on, in overlapping tiles whose seams are blended.
 *
 * @module
 */

import { type PictureSize, pixelCount } from "../core/shape.ts";

/** Which share of a tile its neighbour covers, at least. */
const OVERLAP = 0.25;

/** Where tiles of a length begin so that they cover a whole side: at 0, ..., at the end, evenly spaced and rounded. */
export function tileStarts(side: number, tile: number): number[] {
  if (side <= tile) return [0];
  const steps = Math.ceil((side - tile) / Math.max(1, Math.floor(tile * (1 - OVERLAP))));
  return Array.from({ length: steps + 1 }, (_, step) => Math.round(step * (side - tile) / steps));
}

/** The weight of each place of a tile: the largest in the middle, never 0. */
function weights(length: number): Float64Array {
  return Float64Array.from({ length }, (_, at) => Math.min(at + 1, length - at));
}

/** A picture of which tiles are taken, and put together again. */
export interface Tiling {
  /** The places of the tiles. */
  readonly tiles: readonly { readonly top: number; readonly left: number }[];
  /** Copies a tile of the picture. */
  cut(tile: number, pixels: ArrayLike<number>, target: { [at: number]: number }, start: number): void;
  /** Adds what became of a tile. */
  add(tile: number, values: ArrayLike<number>, start: number): void;
  /** The blended picture: for each value the mean of all tiles that cover it, by their weights. */
  blended(): Float64Array;
}

/** Tiles of a picture, which is at least as large as one of them. */
export function tiling(picture: PictureSize, tile: PictureSize, channels: number): Tiling {
  const tiles = tileStarts(picture.height, tile.height).flatMap((top) =>
    tileStarts(picture.width, tile.width).map((left) => ({ top, left }))
  );
  const down = weights(tile.height), across = weights(tile.width);
  const sums = new Float64Array(pixelCount(picture) * channels);
  const total = new Float64Array(pixelCount(picture));
  function visit(index: number, use: (inPicture: number, inTile: number, weight: number) => void): void {
    const { top, left } = tiles[index];
    for (let y = 0; y < tile.height; y++) {
      for (let x = 0; x < tile.width; x++) {
        use((top + y) * picture.width + left + x, y * tile.width + x, down[y] * across[x]);
      }
    }
  }
  return {
    tiles,
    cut(index, pixels, target, start) {
      visit(index, (from, to) => {
        for (let k = 0; k < channels; k++) target[start + to * channels + k] = pixels[from * channels + k];
      });
    },
    add(index, values, start) {
      visit(index, (to, from, weight) => {
        total[to] += weight;
        for (let k = 0; k < channels; k++) {
          sums[to * channels + k] += weight * values[start + from * channels + k];
        }
      });
    },
    blended: () => sums.map((sum, at) => sum / total[Math.floor(at / channels)]),
  };
}
