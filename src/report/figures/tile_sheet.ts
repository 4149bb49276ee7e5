/**
 * Many small images as one PNG: far smaller in a page than their bytes one by one.
 *
 * @module
 */
import type { PictureShape } from "../../core/shape.ts";
import { encodePng } from "../../export/png.ts";
import { dataAddress } from "../pictures.ts";

/** A sheet of tiles, all of one shape. */
export interface TileSheet extends PictureShape {
  /** A byte for each value of a pixel, row-major; from left to right and top to bottom. Missing ones are black. */
  readonly tiles: readonly Uint8Array[];
  readonly columns: number;
}

/** The sheet as an address that holds it. */
export function tileSheetAddress({ height, width, channels = 1, tiles, columns }: TileSheet): string {
  const across = columns * width, rows = Math.ceil(tiles.length / columns);
  const rgba = new Uint8Array(4 * across * rows * height).fill(255);
  tiles.forEach((tile, place) => {
    const left = (place % columns) * width, top = Math.floor(place / columns) * height;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = channels * (y * width + x), to = 4 * ((top + y) * across + left + x);
        for (let colour = 0; colour < 3; colour++) {
          rgba[to + colour] = tile[from + (channels === 1 ? 0 : colour)] ?? 0;
        }
      }
    }
  });
  return dataAddress("image/png", encodePng({ width: across, height: rows * height, rgba }));
}
