/**
 * A font of 3x5 pixels for the numbers on an axis.
 *
 * @module
 */
import { type Colour, paintRectangle, type Picture } from "./picture.ts";

/** Five rows per character, from the top; three bits per row, the leftmost pixel first. */
const FONT: Readonly<Record<string, readonly number[]>> = {
  "0": [0b111, 0b101, 0b101, 0b101, 0b111],
  "1": [0b010, 0b110, 0b010, 0b010, 0b111],
  "2": [0b111, 0b001, 0b111, 0b100, 0b111],
  "3": [0b111, 0b001, 0b111, 0b001, 0b111],
  "4": [0b101, 0b101, 0b111, 0b001, 0b001],
  "5": [0b111, 0b100, 0b111, 0b001, 0b111],
  "6": [0b111, 0b100, 0b111, 0b101, 0b111],
  "7": [0b111, 0b001, 0b010, 0b010, 0b010],
  "8": [0b111, 0b101, 0b111, 0b101, 0b111],
  "9": [0b111, 0b101, 0b111, 0b001, 0b111],
  "-": [0b000, 0b000, 0b111, 0b000, 0b000],
  ".": [0b000, 0b000, 0b000, 0b000, 0b010],
};
const WIDTH = 3, HEIGHT = 5, STEP = WIDTH + 1;

/** The size of a number, in pixels of the picture. */
export function figureSize(text: string, scale: number): { width: number; height: number } {
  return { width: (text.length * STEP - 1) * scale, height: HEIGHT * scale };
}

/** Writes a number with its upper left corner at (x, y). A character that the font lacks leaves a space. */
export function paintFigures(
  picture: Picture,
  text: string,
  { x, y, scale }: { x: number; y: number; scale: number },
  colour: Colour,
): void {
  [...text].forEach((character, index) => {
    FONT[character]?.forEach((bits, row) => {
      for (let column = 0; column < WIDTH; column++) {
        if ((bits >> (WIDTH - 1 - column)) & 1) {
          const left = x + (index * STEP + column) * scale;
          paintRectangle(picture, { x: left, y: y + row * scale, width: scale, height: scale }, colour);
        }
      }
    });
  });
}
