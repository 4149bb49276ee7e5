/**
 * Colours on a terminal, by what a text is: see `core/palette.ts`.
 *
 * We write the codes ourselves, as the level is ours to choose: chalk, which Ink brings along, knows nothing of NO_COLOR.
 *
 * @module
 */
import { type Palette, type PaletteColor, PALETTES, type Theme } from "../core/palette.ts";

/** How many colours the terminal gets: none, 16, 256 or all. */
export type ColorDepth = 0 | 1 | 2 | 3;

/** The colours of a terminal: how many, and for which background; a number alone is for a dark one. */
export type ColorLevel = ColorDepth | { readonly depth: Exclude<ColorDepth, 0>; readonly theme: Theme };

/** What a text is, and by that how it looks. */
export type Role = keyof typeof COLORED | keyof typeof STYLED;

/** The colour of a role. */
const COLORED = {
  train: "train",
  validation: "validation",
  other: "other",
  good: "good",
  bad: "bad",
  /** What is chosen. */
  accent: "validation",
} as const satisfies Record<string, keyof Palette>;

/** What needs no colour, which the terminal's own foreground keeps readable. */
const STYLED = { faint: ["2", "22"], strong: ["1", "22"] } as const;

const depthOf = (level: ColorLevel) => typeof level === "number" ? level : level.depth;
const paletteOf = (level: ColorLevel) => PALETTES[typeof level === "number" ? "dark" : level.theme];

/** The text in the colour of its role. */
export function paint(level: ColorLevel, role: Role, text: string): string {
  if (level === 0 || text === "") return text;
  if (role === "faint" || role === "strong") {
    const [on, off] = STYLED[role];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  }
  return colored(level, paletteOf(level)[COLORED[role]], text);
}

/** The text in the colour of a class; after ten classes the colours come again. */
export function paintClass(level: ColorLevel, position: number, text: string): string {
  if (level === 0 || text === "") return text;
  const { classes } = paletteOf(level);
  return colored(level, classes[position % classes.length], text);
}

function colored(level: ColorLevel, { basic, indexed, rgb }: PaletteColor, text: string): string {
  const on = [`${basic}`, `38;5;${indexed}`, `38;2;${rgb.join(";")}`][depthOf(level) - 1];
  return `\u001b[${on}m${text}\u001b[39m`;
}

/** What a cell of a picture shows: a grey from 0 to 255, or a pixel that is wrong. */
export type Shade = number | "extra" | "missing";

/** The numbers of a colour code, for text in front (38) or the cell behind it (48). */
function shadeCode(level: ColorLevel, shade: Shade, behind: boolean): string {
  if (depthOf(level) === 1) {
    const code = typeof shade === "number" ? [30, 90, 37, 97][Math.min(3, shade >> 6)] : WRONG[shade].basic;
    return `${code + (behind ? 10 : 0)}`;
  }
  const place = behind ? 48 : 38;
  return `${place};5;${typeof shade === "number" ? greyIndex(shade) : WRONG[shade].indexed}`;
}

/** On where it should be off is orange, off where it should be on is blue. */
const WRONG = { extra: { basic: 33, indexed: 208 }, missing: { basic: 34, indexed: 32 } } as const;

/** The nearest of the 26 greys that 256 colours have (black, 24 steps from 8 to 238, white): fewer bytes than full colour. */
function greyIndex(grey: number): number {
  if (grey < 4) return 16;
  if (grey > 246) return 231;
  return 232 + Math.min(23, Math.max(0, Math.round((grey - 8) / 10)));
}

/**
 * A line of half blocks from two lines of shades, each cell one above the other; the last line of a picture may have none below.
 *
 * The two colours are two codes: Ink takes a code for one style, by its first number.
 */
export function halfBlocks(
  level: ColorLevel,
  above: readonly Shade[],
  below: readonly Shade[] | undefined,
): string {
  let line = "", frontBefore = "", behindBefore = "";
  above.forEach((shade, column) => {
    const front = shadeCode(level, shade, false);
    const behind = below === undefined ? "49" : shadeCode(level, below[column], true);
    if (front !== frontBefore) line += `\u001b[${front}m`;
    if (behind !== behindBefore) line += `\u001b[${behind}m`;
    line += "▀";
    [frontBefore, behindBefore] = [front, behind];
  });
  return `${line}\u001b[39m\u001b[49m`;
}
