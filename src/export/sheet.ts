/**
 * Sheets of images: tiles in grey or colour, enlarged pixel by pixel, on a board with a thin gap.
 *
 * Pure functions; values outside of [0, 1] are clamped, as a noisy input or a linear output may have them.
 *
 * @module
 */
import { type PictureShape, type PictureSize, valueCount } from "../core/shape.ts";
import { blankPicture, type Colour, COLOURS, type Picture } from "./picture.ts";

/** An image of a model or a dataset. */
export interface Tile extends PictureShape {
  /** Values from 0 (black) to 1 (white), row by row; of colour tiles red, green and blue of each pixel. */
  readonly pixels: ArrayLike<number>;
}

/** Options of a sheet. */
export interface SheetOptions {
  /** Tiles in a row. @default about a square, with a full last row where that can be */
  columns?: number;
  /** How many pixels of the picture a tile's pixel is wide and high. @default see {@link defaultScale} */
  scale?: number;
  /** Pixels of the picture between tiles and around them. @default the larger of 4 and the scale */
  gap?: number;
}

const COMFORTABLE_TILE = 84;
const COMFORTABLE_SHEET = 1000;
const THINNEST_GAP = 4;

/**
 * The enlargement at which an image of this size is clearly visible: about 84 pixels, or less when that many columns would make a sheet
 * wider than about 1,000 pixels.
 */
export function defaultScale(height: number, width: number, columns = 1): number {
  const comfortable = Math.round(COMFORTABLE_TILE / Math.max(height, width));
  return Math.max(1, Math.min(comfortable, Math.floor(COMFORTABLE_SHEET / (columns * width))));
}

/** About as many columns as make a square in pixels; a few more when that fills the last row. */
function defaultColumns(count: number, height: number, width: number): number {
  const square = Math.min(count, Math.ceil(Math.sqrt(count * height / width)));
  for (let columns = square; columns <= 1.5 * square; columns++) if (count % columns === 0) return columns;
  return square;
}

/** Where tiles of one size go, [columns, rows] of them from (gap, gap) on. */
function layoutOf(
  { height, width }: PictureSize,
  columns: number,
  { scale = defaultScale(height, width, columns), gap = Math.max(THINNEST_GAP, scale) }: SheetOptions,
) {
  return { scale, gap, stepX: width * scale + gap, stepY: height * scale + gap };
}

/** The images of a block of bytes, 255 is on (a dataset's split, a preview). */
export function tilesOfBytes(bytes: Uint8Array, shape: PictureShape): Tile[] {
  return tilesOf(bytes, shape, (byte) => byte / 255);
}

/** The images of a block of values from 0 to 1 (a model's output), row by row. */
export function tilesOfValues(values: ArrayLike<number>, shape: PictureShape): Tile[] {
  return tilesOf(values, shape, (value) => value);
}

function tilesOf(
  all: ArrayLike<number>,
  shape: PictureShape,
  toValue: (item: number) => number,
): Tile[] {
  const size = valueCount(shape);
  return Array.from({ length: all.length / size }, (_, tile) => ({
    ...shape,
    pixels: Float32Array.from({ length: size }, (_, at) => toValue(all[tile * size + at])),
  }));
}

/** A value as a byte: 0 below 0 (or for NaN), 255 above 1. */
function toByte(value: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value || 0)));
}

/** The colour of a tile's pixel. */
export function tileColour({ pixels, channels = 1 }: Tile, pixel: number): Colour {
  const [red, green, blue] = channels === 1 ? [0, 0, 0] : [0, 1, 2];
  const value = (channel: number) => toByte(pixels[channels * pixel + channel]);
  return [value(red), value(green), value(blue)];
}

/** Draws a tile with its upper left corner at (x, y). */
function drawTile(
  picture: Picture,
  tile: Tile,
  { x, y, scale }: { x: number; y: number; scale: number },
  colourOf: (tile: Tile, pixel: number) => Colour = tileColour,
): void {
  for (let row = 0; row < tile.height * scale; row++) {
    const start = Math.floor(row / scale) * tile.width;
    for (let column = 0; column < tile.width * scale; column++) {
      const pixel = start + Math.floor(column / scale);
      picture.rgba.set(colourOf(tile, pixel), 4 * ((y + row) * picture.width + x + column));
    }
  }
}

function checkTiles(tiles: readonly Tile[]): void {
  const [first] = tiles;
  const fits = (tile: Tile) =>
    tile.height === first.height && tile.width === first.width && tile.pixels.length === valueCount(tile);
  if (tiles.length === 0 || !tiles.every(fits)) {
    throw new RangeError(
      `tiles of a sheet must have one size, with all their values, got ` +
        `[${
          tiles.map(({ height, width, pixels }) => `${height}x${width} with ${pixels.length}`).join(", ")
        }]`,
    );
  }
}

/** Tiles side by side, row after row. */
export function sheet(tiles: readonly Tile[], options: SheetOptions = {}): Picture {
  checkTiles(tiles);
  const { height, width } = tiles[0];
  const columns = Math.min(tiles.length, options.columns ?? defaultColumns(tiles.length, height, width));
  const rows = Math.ceil(tiles.length / columns);
  const { scale, gap, stepX, stepY } = layoutOf(tiles[0], columns, options);
  const picture = blankPicture(columns * stepX + gap, rows * stepY + gap, COLOURS.board);
  tiles.forEach((tile, index) => {
    const x = gap + (index % columns) * stepX, y = gap + Math.floor(index / columns) * stepY;
    drawTile(picture, tile, { x, y, scale });
  });
  return picture;
}

/** Tiles in one row, such as the steps of a walk from one image to another. */
export function strip(tiles: readonly Tile[], options: Omit<SheetOptions, "columns"> = {}): Picture {
  return sheet(tiles, { ...options, columns: tiles.length });
}

/** A square of tiles without gaps: the decoded images of a grid of latent points. */
export function manifoldGrid(tiles: readonly Tile[], options: SheetOptions = {}): Picture {
  return sheet(tiles, { columns: Math.round(Math.sqrt(tiles.length)), gap: 0, ...options });
}

/** A sample with its reconstruction. */
export interface ReconstructionSample {
  /** The ideal output. */
  readonly target: Tile;
  /** The model's input, where it differs from the target. */
  readonly input?: Tile;
  /** The model's output. */
  readonly output: Tile;
}

/** Options of a comparison sheet. */
export interface ComparisonSheetOptions extends SheetOptions {
  /**
   * A pixel of a grey tile is wrong when target and output are on different sides of this threshold; `null` tints none, and colour tiles are
   * never tinted, as a tint would be one more colour. @default {0.5}
   */
  threshold?: number | null;
}

/** The tint of a wrong pixel, darker where the output is dark, so that its value stays visible. */
function tinted({ pixels }: Tile, pixel: number): Colour {
  const value = pixels[pixel];
  const [red, green, blue] = COLOURS.wrong.map((channel) =>
    Math.round(channel * (0.5 + toByte(value) / 510))
  );
  return [red, green, blue];
}

/**
 * A column a sample: target, input and output one below the other, the output's wrong pixels tinted orange. When no sample has an
 * input, there is no row for it. After `columns` samples (16 by default) further rows start, two gaps further down.
 */
export function comparisonSheet(
  samples: readonly ReconstructionSample[],
  options: ComparisonSheetOptions = {},
): Picture {
  checkTiles(samples.flatMap(({ target, input, output }) => [target, input ?? target, output]));
  const { threshold = 0.5 } = options;
  const columns = Math.min(samples.length, options.columns ?? 16);
  const { scale, gap, stepX, stepY } = layoutOf(samples[0].target, columns, options);
  const lastRow = samples.some(({ input }) => input !== undefined) ? 2 : 1;
  const blockY = (lastRow + 1) * stepY + 2 * gap;
  const blocks = Math.ceil(samples.length / columns);
  const picture = blankPicture(columns * stepX + gap, blocks * blockY - gap, COLOURS.board);
  samples.forEach(({ target, input, output }, index) => {
    const x = gap + (index % columns) * stepX, y = gap + Math.floor(index / columns) * blockY;
    const isTinted = threshold !== null && (output.channels ?? 1) === 1;
    const isWrong = (pixel: number) =>
      isTinted && (output.pixels[pixel] >= threshold) !== (target.pixels[pixel] >= threshold);
    drawTile(picture, target, { x, y, scale });
    if (input !== undefined) drawTile(picture, input, { x, y: y + stepY, scale });
    drawTile(
      picture,
      output,
      { x, y: y + lastRow * stepY, scale },
      (tile, pixel) => isWrong(pixel) ? tinted(tile, pixel) : tileColour(tile, pixel),
    );
  });
  return picture;
}
