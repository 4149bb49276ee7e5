/** Colours as text. @module */
import type { Colour } from "./raster.ts";

const NAMES: Readonly<Record<string, Colour>> = { white: [1, 1, 1], black: [0, 0, 0] };
const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

/** The colour that a text names: `white`, `black` or `#ff8000`; `undefined` for any other text. */
export function colourOf(text: string): Colour | undefined {
  const [, red, green, blue] = HEX.exec(text) ?? [];
  if (red === undefined) return NAMES[text];
  const share = (digits: string) => parseInt(digits, 16) / 255;
  return [share(red), share(green), share(blue)];
}
