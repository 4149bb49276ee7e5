// A terminal cell holds 2x4 dots. Coordinates are in dots from 0: x to the right, y down.

/**
 * A canvas of braille dots. Each cell has one ink, a number that the caller interprets: the ink of the last dot drawn in it.
 *
 * @module
 */

import { displayWidth } from "../text/text.ts";

/** Draws dots, lines and letters, and returns lines of text. Anything outside the canvas is clipped. */
export interface Canvas {
  /** In dots. */
  readonly width: number;
  readonly height: number;
  dot(x: number, y: number, ink: number): void;
  /** A straight line; `every: 2` skips every second dot, counted by x. */
  line(from: Dot, to: Dot, ink: number, every?: number): void;
  /** Letters over the dots, from a cell (not a dot) to the right. */
  letters(column: number, line: number, text: string, ink: number): void;
  /** The lines of text, with `paint` applied to each run of cells of one ink. */
  lines(paint?: (text: string, ink: number) => string): string[];
}

/** A place on a canvas, in dots. */
export type Dot = readonly [x: number, y: number];

/** Unicode's order of the dots, by line and column. */
const BITS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

/** An empty canvas of `columns` by `lines` cells. */
export function brailleCanvas(columns: number, lines: number): Canvas {
  const width = 2 * columns, height = 4 * lines;
  const bits = new Uint8Array(columns * lines);
  const inks = new Uint8Array(columns * lines);
  const overlay = new Map<number, string>();

  function dot(x: number, y: number, ink: number): void {
    if (!(x >= 0 && x < width && y >= 0 && y < height)) return;
    const cell = (y >> 2) * columns + (x >> 1);
    bits[cell] |= BITS[2 * (y & 3) + (x & 1)];
    inks[cell] = ink;
  }
  /** Places a letter of one or two cells; the second cell holds no text. A wide letter that is half covered is removed. */
  function place(position: number, letter: string, wide: number, ink: number): void {
    if (overlay.get(position) === "") overlay.set(position - 1, " ");
    if (overlay.get(position + wide) === "") overlay.set(position + wide, " ");
    for (let cell = 0; cell < wide; cell++) {
      overlay.set(position + cell, cell === 0 ? letter : "");
      inks[position + cell] = ink;
    }
  }
  return {
    width,
    height,
    dot,
    line: (from, to, ink, every = 1) => dotsBetween(from, to, (x, y) => x % every === 0 && dot(x, y, ink)),
    letters(column, line, text, ink) {
      if (line < 0 || line >= lines) return;
      let at = column;
      for (const letter of text) {
        const wide = displayWidth(letter);
        if (wide > 0 && at >= 0 && at + wide <= columns) place(line * columns + at, letter, wide, ink);
        at += wide;
      }
    },
    lines(paint = (text) => text) {
      const cell = (position: number) =>
        overlay.get(position) ??
          (bits[position] === 0 ? " " : String.fromCodePoint(0x2800 + bits[position]));
      return Array.from(
        { length: lines },
        (_, line) => paintedRuns(line * columns, columns, inks, cell, paint),
      );
    },
  };
}

/** Bresenham's line. */
function dotsBetween([x0, y0]: Dot, [x1, y1]: Dot, visit: (x: number, y: number) => void): void {
  const dx = Math.abs(x1 - x0), dy = -Math.abs(y1 - y0);
  const stepX = Math.sign(x1 - x0), stepY = Math.sign(y1 - y0);
  for (let x = x0, y = y0, error = dx + dy;;) {
    visit(x, y);
    if (x === x1 && y === y1) return;
    const doubled = 2 * error;
    if (doubled >= dy) [error, x] = [error + dy, x + stepX];
    if (doubled <= dx) [error, y] = [error + dx, y + stepY];
  }
}

function paintedRuns(
  start: number,
  columns: number,
  inks: Uint8Array,
  cell: (position: number) => string,
  paint: (text: string, ink: number) => string,
): string {
  let line = "", run = "", ink = 0;
  for (let position = start; position < start + columns; position++) {
    const text = cell(position);
    // A blank has no ink of its own: it joins the run before it.
    if (text !== " " && inks[position] !== ink) {
      line += run === "" ? "" : paint(run, ink);
      [run, ink] = ["", inks[position]];
    }
    run += text;
  }
  return line + (run === "" ? "" : paint(run, ink));
}
