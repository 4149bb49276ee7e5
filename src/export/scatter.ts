/**
 * A plot of a latent space of two dimensions: one dot per sample, coloured by its class.
 *
 * @module
 */
import {
  blankPicture,
  blendPixel,
  type Colour,
  COLOURS,
  paintDot,
  paintRectangle,
  type Picture,
} from "./picture.ts";
import { figureSize, paintFigures } from "./pixel_font.ts";
import { type Tile, tileColour } from "./sheet.ts";

/** Options of a plot. */
export interface ScatterPictureOptions {
  /** A class for each point: its colour. @default all the same */
  labels?: ArrayLike<number>;
  /** A small image for each class (an example, or the mean), drawn in its colour next to the plot. */
  legend?: readonly Tile[];
  /**
   * A small image for each point instead of a dot, for few points that should be distinguishable: grey ones as ink of its colour, those in
   * colour framed by it.
   */
  marks?: readonly Tile[];
  /** Images that fill the plot behind the points, a square of them row by row from the top left: see {@link plotRange}. */
  backdrop?: readonly Tile[];
  /** The plot's width and height in pixels, without the legend. @default {640} */
  size?: number;
  /** One scale for both axes, as in a plane, or each axis its own, for two quantities of different units. @default {"equal"} */
  axes?: "equal" | "free";
}

/** Ten colours that colour-blind readers distinguish as well as possible: Paul Tol's "muted" set with a dark grey. */
export const LABEL_COLOURS: readonly Colour[] = [
  [51, 34, 136],
  [136, 204, 238],
  [17, 119, 51],
  [204, 102, 119],
  [221, 170, 51],
  [170, 68, 153],
  [68, 170, 153],
  [136, 34, 85],
  [153, 153, 51],
  [70, 70, 70],
];

const MARGIN = 44;
const FIGURES = 2;
const LEGEND_WIDTH = 76;

/** How a plot's coordinates become pixels: `side` pixels are twice `half` units of each axis. */
interface PlotFrame {
  readonly left: number;
  readonly top: number;
  readonly side: number;
  readonly centre: readonly [number, number];
  readonly half: readonly [number, number];
}

const isNumber = (point: readonly number[]) => point.every(Number.isFinite);

function frameOf(
  points: readonly (readonly [number, number])[],
  size: number,
  axes: "equal" | "free",
): PlotFrame {
  const ranges = [0, 1].map((axis) => {
    let low = Infinity, high = -Infinity;
    for (const point of points) {
      if (!isNumber(point)) continue;
      low = Math.min(low, point[axis]);
      high = Math.max(high, point[axis]);
    }
    return low <= high ? [low, high] : [0, 0];
  });
  const halves = ranges.map(([low, high]) => (high - low) / 2 * 1.1);
  const [x, y] = axes === "free" ? halves : halves.map(() => Math.max(...halves));
  const half = [x || 1, y || 1] as const;
  const centre = [(ranges[0][0] + ranges[0][1]) / 2, (ranges[1][0] + ranges[1][1]) / 2] as const;
  return { left: MARGIN, top: MARGIN / 4, side: size - 1.25 * MARGIN, centre, half };
}

/** The square of the plane that a plot of some points shows, both axes at one scale. */
export function plotRange(
  points: readonly (readonly [number, number])[],
): Pick<PlotFrame, "centre" | "half"> {
  return frameOf(points, 1, "equal");
}

/** The position of a coordinate in pixels. The second axis points up. */
function toPixel({ left, top, side, centre, half }: PlotFrame, axis: 0 | 1, value: number): number {
  const share = (value - centre[axis] + half[axis]) / (2 * half[axis]);
  return axis === 0 ? left + share * side : top + (1 - share) * side;
}

/** Round tick values that divide the range from low to high into about five parts. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step), last = Math.floor(high / step);
  return Array.from(
    { length: last - first + 1 },
    (_, index) => Number(((first + index) * step).toPrecision(12)),
  );
}

function drawAxes(picture: Picture, frame: PlotFrame): void {
  const { left, top, side, centre, half } = frame;
  for (const axis of [0, 1] as const) {
    for (const tick of ticks(centre[axis] - half[axis], centre[axis] + half[axis])) {
      const at = Math.round(toPixel(frame, axis, tick));
      const line = axis === 0
        ? { x: at, y: top, width: 1, height: side }
        : { x: left, y: at, width: side, height: 1 };
      paintRectangle(picture, line, COLOURS.grid);
      const text = String(tick);
      const { width, height } = figureSize(text, FIGURES);
      const [x, y] = axis === 0
        ? [at - Math.round(width / 2), top + side + 8]
        : [left - 8 - width, at - Math.round(height / 2)];
      paintFigures(picture, text, { x, y, scale: FIGURES }, COLOURS.ink);
    }
  }
  for (const y of [top, top + side]) {
    paintRectangle(picture, { x: left, y, width: side + 1, height: 1 }, COLOURS.ink);
  }
  for (const x of [left, left + side]) {
    paintRectangle(picture, { x, y: top, width: 1, height: side }, COLOURS.ink);
  }
}

/** Draws a grey tile as ink of a colour, which covers where the tile is white; a tile in colour as it is, with a frame of that colour. */
function drawMark(picture: Picture, tile: Tile, x: number, y: number, scale: number, colour: Colour): void {
  const isColoured = tile.channels === 3;
  if (isColoured) {
    const [width, height] = [tile.width * scale + 2, tile.height * scale + 2];
    paintRectangle(picture, { x: x - 1, y: y - 1, width, height }, colour);
  }
  for (let row = 0; row < tile.height * scale; row++) {
    for (let column = 0; column < tile.width * scale; column++) {
      const pixel = Math.floor(row / scale) * tile.width + Math.floor(column / scale);
      if (isColoured) blendPixel(picture, x + column, y + row, tileColour(tile, pixel));
      else blendPixel(picture, x + column, y + row, colour, inkOf(tile, pixel));
    }
  }
}

/** How much ink a grey tile's pixel has, from 0 to 1. */
function inkOf({ pixels }: Tile, pixel: number): number {
  return Math.min(1, Math.max(0, pixels[pixel] || 0));
}

/** How much of the ink's colour a white pixel of the backdrop takes on, and of its own a pixel in colour: enough to be read, too little to be mistaken for a mark. */
const BACKDROP_OPACITY = 0.3;

/** Stretches a square of tiles over the plot. */
function drawBackdrop(picture: Picture, { left, top, side }: PlotFrame, tiles: readonly Tile[]): void {
  const columns = Math.round(Math.sqrt(tiles.length));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const across = x / side * columns, down = y / side * columns;
      const tile = tiles[Math.floor(down) * columns + Math.floor(across)], { height, width } = tile;
      // An empty pixel around each tile separates neighbours.
      const row = Math.floor((down % 1) * (height + 1) - 0.5),
        column = Math.floor((across % 1) * (width + 1) - 0.5);
      if (row < 0 || column < 0 || row >= height || column >= width) continue;
      const pixel = row * width + column, [at, to] = [left + x, top + y];
      if (tile.channels === 3) blendPixel(picture, at, to, tileColour(tile, pixel), BACKDROP_OPACITY);
      else blendPixel(picture, at, to, COLOURS.ink, BACKDROP_OPACITY * inkOf(tile, pixel));
    }
  }
}

const colourOf = (label: number) => LABEL_COLOURS[label % LABEL_COLOURS.length];

/** A column of marks, one per class, each next to a dot of its colour. */
function drawLegend(picture: Picture, legend: readonly Tile[], x: number, size: number): void {
  const step = Math.min(48, Math.floor((size - MARGIN) / legend.length));
  legend.forEach((tile, label) => {
    const scale = Math.max(1, Math.floor((step - 4) / tile.height));
    const y = MARGIN / 4 + label * step;
    paintDot(picture, x + 8, y + step / 2, 5, colourOf(label), 1);
    drawMark(picture, tile, x + 22, y + Math.round((step - tile.height * scale) / 2), scale, colourOf(label));
  });
}

/**
 * A plot of points in the plane. Non-finite points are left out; both axes share one scale by default; many points are drawn small and
 * see-through, so that crowds show.
 */
export function scatterPicture(
  points: readonly (readonly [number, number])[],
  { labels, legend, marks, backdrop, size = 640, axes = "equal" }: ScatterPictureOptions = {},
): Picture {
  const picture = blankPicture(size + (legend === undefined ? 0 : LEGEND_WIDTH), size, COLOURS.page);
  const frame = frameOf(points, size, axes);
  if (backdrop !== undefined) drawBackdrop(picture, frame, backdrop);
  drawAxes(picture, frame);
  const crowd = points.length > 500;
  points.forEach((point, index) => {
    if (!isNumber(point)) return;
    const x = toPixel(frame, 0, point[0]), y = toPixel(frame, 1, point[1]);
    const colour = colourOf(labels?.[index] ?? 0);
    const mark = marks?.[index];
    if (mark === undefined) return paintDot(picture, x, y, crowd ? 1.6 : 3, colour, crowd ? 0.6 : 0.85);
    const scale = Math.max(1, Math.round(28 / mark.height));
    const [left, top] = [x - mark.width * scale / 2, y - mark.height * scale / 2].map(Math.round);
    drawMark(picture, mark, left, top, scale, colour);
  });
  if (legend !== undefined) drawLegend(picture, legend, size, size);
  return picture;
}
