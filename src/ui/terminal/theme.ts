/**
 * Colours on a terminal by role; see `core/palette.ts`.
 *
 * The codes are written here, as chalk, which comes with Ink, ignores NO_COLOR.
 *
 * @module
 */
import { type Palette, type PaletteColor, PALETTES, type Theme } from "../../core/palette.ts";
import { basicCode, coarse, colourIndex, greyIndex, type Rgb } from "./shade_codes.ts";

/** The number of colours: none, 16, 256 or all. */
export type ColorDepth = 0 | 1 | 2 | 3;

/** The colours of a terminal: their number and background; a number alone means a dark background. */
export type ColorLevel = ColorDepth | { readonly depth: Exclude<ColorDepth, 0>; readonly theme: Theme };

/** The role of a text, which determines its colour. */
export type Role = keyof typeof COLORED | keyof typeof STYLED;

/** The colour of a role. */
const COLORED = {
  train: "train",
  validation: "validation",
  other: "other",
  good: "good",
  bad: "bad",
  /** The selected item. */
  accent: "validation",
} as const satisfies Record<string, keyof Palette>;

/** Roles without a colour: the terminal's own foreground is readable. */
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

/** The text in the colour of a class; after ten classes the colours repeat. */
export function paintClass(level: ColorLevel, position: number, text: string): string {
  if (level === 0 || text === "") return text;
  const { classes } = paletteOf(level);
  return colored(level, classes[position % classes.length], text);
}

function colored(level: ColorLevel, { basic, indexed, rgb }: PaletteColor, text: string): string {
  const on = [`${basic}`, `38;5;${indexed}`, `38;2;${rgb.join(";")}`][depthOf(level) - 1];
  return `\u001b[${on}m${text}\u001b[39m`;
}

/** What a cell of a picture shows: a grey from 0 to 255, a colour, or a pixel that is wrong. */
export type Shade = number | Rgb | "extra" | "missing";

/** Orange: on, should be off. Blue: off, should be on. */
const WRONG = { extra: { basic: 33, indexed: 208 }, missing: { basic: 34, indexed: 32 } } as const;

/** The numbers of a colour code, for the foreground (38) or the background (48). */
function shadeCode(level: ColorLevel, shade: Shade, behind: boolean): string {
  const depth = depthOf(level), place = behind ? 48 : 38;
  if (depth === 1) return `${basicOf(shade) + (behind ? 10 : 0)}`;
  if (depth === 3 && typeof shade === "object") return `${place};2;${coarse(shade).join(";")}`;
  return `${place};5;${indexOf(shade)}`;
}

function basicOf(shade: Shade): number {
  if (typeof shade === "string") return WRONG[shade].basic;
  return typeof shade === "number" ? [30, 90, 37, 97][Math.min(3, shade >> 6)] : basicCode(shade);
}

/** One of 256 colours; greys are of these on a terminal of all colours, too, as that takes fewer bytes. */
function indexOf(shade: Shade): number {
  if (typeof shade === "string") return WRONG[shade].indexed;
  return typeof shade === "number" ? greyIndex(shade) : colourIndex(shade);
}

/**
 * A line of half blocks from two lines of shades, one above the other; the last line of a picture may have none below.
 *
 * Foreground and background are separate codes, as Ink identifies a style by the first number of a code.
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
