/**
 * A picture in memory and the drawing primitives.
 *
 * @module
 */
import { pixelCount } from "../core/shape.ts";

/** A picture: four bytes (red, green, blue, opacity) per pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Red, green and blue, from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The colours of sheets and plots. */
export const COLOURS = {
  /** Behind and between tiles: distinct from black and white, and grey, so that a sheet of grey tiles needs one channel. */
  board: [49, 49, 49],
  /** Wrong pixels: the orange of Okabe and Ito, which colour-blind readers distinguish too. */
  wrong: [230, 159, 0],
  /** The page of a plot. */
  page: [252, 252, 250],
  /** Frames and figures of a plot. */
  ink: [84, 88, 96],
  /** Grid lines of a plot. */
  grid: [226, 227, 224],
} as const satisfies Record<string, Colour>;

/** A picture of one colour. */
export function blankPicture(width: number, height: number, colour: Colour): Picture {
  const rgba = new Uint8Array(4 * pixelCount({ height, width }));
  for (let at = 0; at < rgba.length; at += 4) rgba.set([...colour, 255], at);
  return { width, height, rgba };
}

/** Blends a colour over a pixel: `opacity` 1 replaces it. Pixels outside of the picture are ignored. */
export function blendPixel(picture: Picture, x: number, y: number, colour: Colour, opacity = 1): void {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return;
  const at = 4 * (y * picture.width + x);
  for (let channel = 0; channel < 3; channel++) {
    const below = picture.rgba[at + channel];
    picture.rgba[at + channel] = Math.round(below + opacity * (colour[channel] - below));
  }
}

/** Fills a rectangle. */
export function paintRectangle(
  picture: Picture,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  colour: Colour,
): void {
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) blendPixel(picture, column, row, colour);
  }
}

/** Draws a dot with a soft edge about (x, y), in pixels. */
export function paintDot(
  picture: Picture,
  x: number,
  y: number,
  radius: number,
  colour: Colour,
  opacity: number,
): void {
  for (let row = Math.floor(y - radius - 1); row <= y + radius + 1; row++) {
    for (let column = Math.floor(x - radius - 1); column <= x + radius + 1; column++) {
      const inside = radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y);
      if (inside > 0) blendPixel(picture, column, row, colour, opacity * Math.min(1, inside));
    }
  }
}
