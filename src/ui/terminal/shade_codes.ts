/**
 * The codes of greys and colours of pictures, for terminals of 16 colours, of 256 and of all.
 *
 * @module
 */

/** Red, green and blue, from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** The colours that terminals of 16 colours have, as xterm draws them: the code of the foreground and red, green and blue. */
const BASIC: readonly (readonly [code: number, rgb: Rgb])[] = [
  [30, [0, 0, 0]],
  [31, [205, 0, 0]],
  [32, [0, 205, 0]],
  [33, [205, 205, 0]],
  [34, [0, 0, 238]],
  [35, [205, 0, 205]],
  [36, [0, 205, 205]],
  [37, [229, 229, 229]],
  [90, [127, 127, 127]],
  [91, [255, 0, 0]],
  [92, [0, 255, 0]],
  [93, [255, 255, 0]],
  [94, [92, 92, 255]],
  [95, [255, 0, 255]],
  [96, [0, 255, 255]],
  [97, [255, 255, 255]],
];

const distance = (a: Rgb, b: Rgb) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;

/** The foreground code of the nearest of 16 colours. */
export function basicCode(colour: Rgb): number {
  return BASIC.reduce((best, one) => distance(one[1], colour) < distance(best[1], colour) ? one : best)[0];
}

/** The nearest of the 26 greys that 256 colours have (black, 24 steps from 8 to 238, white). */
export function greyIndex(grey: number): number {
  if (grey < 4) return 16;
  if (grey > 246.5) return 231;
  return 232 + Math.min(23, Math.max(0, Math.round((grey - 8) / 10)));
}

/** The six levels of a channel in the cube of 256 colours. */
const LEVELS = [0, 95, 135, 175, 215, 255] as const;

/** The position of the nearest level. */
function levelOf(value: number): number {
  return value < 47.5 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40);
}

/** The index of the nearest of 256 colours: of the cube of 6x6x6, or of the greys where one of them is nearer. */
export function colourIndex(colour: Rgb): number {
  const [red, green, blue] = colour.map(levelOf);
  const mean = (colour[0] + colour[1] + colour[2]) / 3, grey = greyIndex(mean);
  const value = grey === 16 ? 0 : grey === 231 ? 255 : 8 + 10 * (grey - 232);
  const inCube = distance([LEVELS[red], LEVELS[green], LEVELS[blue]], colour);
  return distance([value, value, value], colour) < inCube ? grey : 16 + 36 * red + 6 * green + blue;
}

/** A colour in 32 steps a channel, no difference that is seen in half a cell: neighbours more often share a code, which saves bytes. */
export function coarse(colour: Rgb): Rgb {
  const [red, green, blue] = colour.map((value) => Math.round(Math.round(value * 31 / 255) * 255 / 31));
  return [red, green, blue];
}
