/**
 * Many small grey images as one PNG: far smaller in a page than their bytes one by one.
 *
 * @module
 */
import { encodePng } from "../../export/png.ts";
import { dataAddress } from "../pictures.ts";

/** A sheet of tiles, all of one size. */
export interface GreySheet {
  readonly height: number;
  readonly width: number;
  /** One byte per pixel, row-major; from left to right and top to bottom. */
  readonly tiles: readonly Uint8Array[];
  readonly columns: number;
}

/** The sheet as an address that holds it. */
export function greySheetAddress({ height, width, tiles, columns }: GreySheet): string {
  const across = columns * width, rows = Math.ceil(tiles.length / columns);
  const rgba = new Uint8Array(4 * across * rows * height).fill(255);
  tiles.forEach((tile, place) => {
    const left = (place % columns) * width, top = Math.floor(place / columns) * height;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = 4 * ((top + y) * across + left + x);
        rgba.fill(tile[y * width + x] ?? 0, at, at + 3);
      }
    }
  });
  return dataAddress("image/png", encodePng({ width: across, height: rows * height, rgba }));
}
