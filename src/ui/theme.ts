/**
 * Colours: the palette of Okabe and Ito ("Color Universal Design", 2008), which people of any colour vision tell apart.
 *
 * We write the codes ourselves, as the level is ours to choose: chalk, which Ink brings along, knows nothing of NO_COLOR.
 *
 * @module
 */

/** How many colours the terminal gets: none, 16, 256 or all. */
export type ColorLevel = 0 | 1 | 2 | 3;

/** What a text is, and by that how it looks. */
export type Role = keyof typeof STYLES;

interface Style {
  readonly on: readonly [basic: string, indexed: string, full: string];
  readonly off: string;
}

const color = (basic: number, indexed: number, red: number, green: number, blue: number): Style => ({
  on: [`${basic}`, `38;5;${indexed}`, `38;2;${red};${green};${blue}`],
  off: "39",
});

const STYLES = {
  /** The training loss, and what goes on or asks: orange. */
  train: color(33, 214, 230, 159, 0),
  /** The validation loss: sky blue. */
  validation: color(36, 74, 86, 180, 233),
  /** The loss of a second run: grey, as reddish purple comes too near to sky blue or to orange for some eyes. */
  other: color(90, 246, 153, 153, 153),
  /** Bluish green. */
  good: color(32, 36, 0, 158, 115),
  /** Vermilion. Never alone: a word or a mark says the same. */
  bad: color(31, 166, 213, 94, 0),
  /** What is chosen: sky blue. */
  accent: color(36, 74, 86, 180, 233),
  faint: { on: ["2", "2", "2"], off: "22" },
  strong: { on: ["1", "1", "1"], off: "22" },
} satisfies Record<string, Style>;

/** The text in the colour of its role. */
export function paint(level: ColorLevel, role: Role, text: string): string {
  if (level === 0 || text === "") return text;
  const { on, off } = STYLES[role];
  return `\u001b[${on[level - 1]}m${text}\u001b[${off}m`;
}

const CLASS_COLORS = [
  color(33, 214, 230, 159, 0),
  color(36, 74, 86, 180, 233),
  color(32, 36, 0, 158, 115),
  color(93, 227, 240, 228, 66),
  color(34, 32, 30, 130, 200),
  color(31, 166, 213, 94, 0),
  color(35, 175, 204, 121, 167),
  color(37, 250, 190, 190, 190),
];

/** The text in the colour of a class; after eight classes the colours come again. */
export function paintClass(level: ColorLevel, position: number, text: string): string {
  if (level === 0 || text === "") return text;
  const { on, off } = CLASS_COLORS[position % CLASS_COLORS.length];
  return `\u001b[${on[level - 1]}m${text}\u001b[${off}m`;
}

/** What a cell of a picture shows: a grey from 0 to 255, or a pixel that is wrong. */
export type Shade = number | "extra" | "missing";

/** The numbers of a colour code, for text in front (38) or the cell behind it (48). */
function shadeCode(level: ColorLevel, shade: Shade, behind: boolean): string {
  if (level === 1) {
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
