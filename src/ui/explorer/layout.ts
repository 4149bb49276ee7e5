/**
 * The layout of the explorer's screen, computed from its size and that of the picture.
 *
 * @module
 */
import type { PanelSize } from "../panels/layout.ts";
import { scaledSize } from "../drawing/raster.ts";
import type { ExplorerModel } from "./model.ts";

/** The panels and their sizes. */
export interface ExplorerLayout {
  /** Lines of the whole frame: one less than the terminal has, as a full frame would scroll. */
  readonly height: number;
  /** Cells between the margins. */
  readonly width: number;
  /** Blanks at the left. */
  readonly margin: number;
  /** Lines between the lines of the head and of the foot. */
  readonly body: number;
  /** The plane; `undefined` if there is no space. */
  readonly plane: PanelSize | undefined;
  /** The picture, in cells, and how much it is enlarged. */
  readonly picture: (PanelSize & { readonly scale: number }) | undefined;
  /** Whether the image of the nearest sample is next to it, in the same size. */
  readonly hasNeighbour: boolean;
  /** Cells next to the plane: for the pictures and the text below. */
  readonly side: number;
}

/** Lines of header and notice, of keys, and of a title above a picture. */
const HEAD = 2, FOOT = 1, TITLE = 1;
/** If the plane would be smaller, it is not shown. */
const SMALLEST = { columns: 56, rows: 14 };
const GAP = 2;
/** Minimum and preferred width of the plane. */
const PLANE_LEAST = 24, PLANE_GOOD = 32;
/** Minimum width, and preferred number of lines, of the text below and next to the pictures. */
const WORDS_WIDTH = 28, WORDS_LINES = 5;

const SCALES = [12, 10, 8, 6, 5, 4, 3, 2, 1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6, 1 / 8, 1 / 12, 1 / 16];

/** The layout of a screen of `columns` by `rows` cells. */
export function explorerLayout(
  { height: rowsOfPicture, width: columnsOfPicture, samples }: ExplorerModel,
  columns: number,
  rows: number,
): ExplorerLayout {
  const small = columns < SMALLEST.columns || rows < SMALLEST.rows;
  const height = Math.max(1, rows - 1), margin = small ? 0 : 1, width = Math.max(1, columns - 2 * margin);
  const body = Math.max(0, height - HEAD - FOOT);
  const sizeAt = (scale: number) => ({
    scale,
    width: scaledSize(columnsOfPicture, scale),
    height: Math.ceil(scaledSize(rowsOfPicture, scale) / 2),
  });
  const widest = small
    ? width
    : Math.max(WORDS_WIDTH, width - GAP - Math.max(PLANE_LEAST, Math.floor(width * 0.4)));
  const picture = pictureSize(SCALES.map(sizeAt), widest, body);
  if (small) {
    return { height, width, margin, body, plane: undefined, picture, hasNeighbour: false, side: width };
  }
  const pictureWidth = picture?.width ?? 0, two = 2 * pictureWidth + GAP;
  const hasNeighbour = samples !== null && picture !== undefined && width - two - GAP >= PLANE_GOOD;
  const side = Math.max(WORDS_WIDTH, hasNeighbour ? two : pictureWidth);
  return {
    height,
    width,
    margin,
    body,
    plane: { width: width - side - GAP, height: body - TITLE },
    picture,
    hasNeighbour,
    side,
  };
}

/** The largest size that leaves space for the text; if the text would shrink the picture below its own size, for one line of text. */
function pictureSize<Picture extends PanelSize & { scale: number }>(
  sizes: readonly Picture[],
  widest: number,
  body: number,
): Picture | undefined {
  const largest = (words: number) =>
    sizes.find(({ width, height }) => width <= widest && height <= body - TITLE - words);
  const roomy = largest(WORDS_LINES), tight = largest(1);
  return roomy !== undefined && (roomy.scale >= 1 || roomy.scale === tight?.scale) ? roomy : tight;
}
