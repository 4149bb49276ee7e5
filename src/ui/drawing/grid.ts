/** The size and number of preview pictures for the available space. @module */
import { scaledSize } from "./raster.ts";

/** Blanks between the pictures of an item, and after an item. */
export const PICTURE_GAP = 2, ITEM_GAP = 5;

/** What has to be placed, and the available space. */
export interface GridRequest {
  /** Pixels of a picture. */
  readonly height: number;
  readonly width: number;
  /** Number of items, and of pictures per item. */
  readonly items: number;
  readonly pictures: number;
  /** The available space, in cells and lines. */
  readonly columns: number;
  readonly lines: number;
}

/** The grid: rows of items, each with a line of titles. */
export interface Grid {
  readonly scale: number;
  readonly across: number;
  readonly down: number;
  /** Lines in all, titles included. */
  readonly lines: number;
  /** Cells of a picture. */
  readonly pictureWidth: number;
  /** Cells from one item to the next. */
  readonly pitch: number;
}

/** The fewest rows of pixels that show anything, unless the picture has fewer. */
const FEWEST_ROWS = 9;

/** The grid with the best score, which favours large pictures and many items; `undefined` if no item fits. */
export function pictureGrid(request: GridRequest): Grid | undefined {
  let best: Grid | undefined, bestScore = 0;
  for (const scale of [6, 5, 4, 3, 2, 1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6, 1 / 8]) {
    const grid = gridAt(request, scale);
    const score = grid === undefined ? 0 : scoreOf(request, grid);
    if (score > bestScore) [best, bestScore] = [grid, score];
  }
  return best;
}

function gridAt(
  { height, width, items, pictures, columns, lines }: GridRequest,
  scale: number,
): Grid | undefined {
  const pictureWidth = scaledSize(width, scale);
  const pitch = pictures * (pictureWidth + PICTURE_GAP) - PICTURE_GAP + ITEM_GAP;
  const each = 1 + Math.ceil(scaledSize(height, scale) / 2);
  const across = Math.min(items, Math.floor((columns + ITEM_GAP) / pitch));
  const unclear = scaledSize(height, scale) < Math.min(height, FEWEST_ROWS);
  if (across < 1 || each > lines || unclear) return undefined;
  const down = Math.min(Math.ceil(items / across), Math.floor(lines / each));
  return { scale, across, down, lines: down * each, pictureWidth, pitch };
}

function scoreOf({ height, items }: GridRequest, { scale, across, down }: Grid): number {
  const rows = scaledSize(height, scale);
  const clarity = rows >= 28 ? 1.8 : rows >= 14 ? 1 : rows >= 8 ? 0.7 : 0.4;
  // Beyond the size of a digit, larger is not clearer: of two scales the first (larger) wins only by showing as many.
  return clarity * Math.sqrt(Math.min(items, across * down, 6)) - (rows > 42 ? 0.5 : 0);
}
