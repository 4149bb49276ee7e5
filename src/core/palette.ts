/**
 * The colours of losses, marks and classes, for the terminal, the report and plots alike: a training loss is orange and a validation loss
 * blue wherever they are drawn. Dark ones follow Okabe and Ito ("Color Universal Design", 2008), which people of any colour vision
 * can distinguish. Each has a contrast of at least 3:1 (WCAG 2.2) on the backgrounds that its theme is for; `tests/core/palette_test.ts` measures
 * it.
 *
 * @module
 */

/** What a terminal's background is: `either` is an unknown one, with colours that are readable on both. */
export type Theme = "dark" | "light" | "either";

/** A colour for terminals of 16 colours (an SGR code), of 256 (an index of xterm's), and of all. */
export interface PaletteColor {
  readonly basic: number;
  readonly indexed: number;
  readonly rgb: readonly [red: number, green: number, blue: number];
}

/** The colours of a theme. */
export interface Palette {
  /** The training loss, and what is running. */
  readonly train: PaletteColor;
  /** The validation loss. */
  readonly validation: PaletteColor;
  /** The loss of a second run. */
  readonly other: PaletteColor;
  readonly good: PaletteColor;
  /** Never alone: a word or a mark says the same. */
  readonly bad: PaletteColor;
  /** Ten. Of 16 colours too few can be read on a light background: there some come again. */
  readonly classes: readonly PaletteColor[];
}

/** The palettes. */
export const PALETTES: Readonly<Record<Theme, Palette>> = {
  dark: {
    train: { basic: 33, indexed: 214, rgb: [230, 159, 0] },
    validation: { basic: 36, indexed: 74, rgb: [86, 180, 233] },
    other: { basic: 90, indexed: 247, rgb: [153, 153, 153] },
    good: { basic: 32, indexed: 36, rgb: [0, 158, 115] },
    bad: { basic: 31, indexed: 166, rgb: [213, 94, 0] },
    classes: [
      { basic: 33, indexed: 214, rgb: [230, 159, 0] },
      { basic: 36, indexed: 74, rgb: [86, 180, 233] },
      { basic: 32, indexed: 36, rgb: [0, 158, 115] },
      { basic: 93, indexed: 227, rgb: [240, 228, 66] },
      { basic: 94, indexed: 105, rgb: [143, 131, 238] },
      { basic: 31, indexed: 166, rgb: [213, 94, 0] },
      { basic: 35, indexed: 175, rgb: [204, 121, 167] },
      { basic: 37, indexed: 250, rgb: [190, 190, 190] },
      { basic: 96, indexed: 80, rgb: [92, 201, 184] },
      { basic: 91, indexed: 137, rgb: [188, 143, 96] },
    ],
  },
  light: {
    train: { basic: 35, indexed: 166, rgb: [213, 94, 0] },
    validation: { basic: 34, indexed: 32, rgb: [0, 114, 178] },
    other: { basic: 90, indexed: 242, rgb: [110, 110, 110] },
    good: { basic: 34, indexed: 29, rgb: [0, 122, 88] },
    bad: { basic: 31, indexed: 124, rgb: [176, 0, 32] },
    classes: [
      { basic: 35, indexed: 166, rgb: [213, 94, 0] },
      { basic: 34, indexed: 32, rgb: [0, 114, 178] },
      { basic: 30, indexed: 29, rgb: [0, 122, 88] },
      { basic: 91, indexed: 58, rgb: [122, 106, 0] },
      { basic: 94, indexed: 17, rgb: [51, 34, 136] },
      { basic: 31, indexed: 124, rgb: [176, 0, 32] },
      { basic: 95, indexed: 132, rgb: [168, 65, 127] },
      { basic: 90, indexed: 242, rgb: [110, 110, 110] },
      { basic: 35, indexed: 30, rgb: [0, 128, 128] },
      { basic: 34, indexed: 94, rgb: [122, 74, 30] },
    ],
  },
  either: {
    train: { basic: 35, indexed: 166, rgb: [200, 105, 0] },
    validation: { basic: 94, indexed: 32, rgb: [40, 135, 205] },
    other: { basic: 90, indexed: 244, rgb: [128, 128, 128] },
    good: { basic: 94, indexed: 65, rgb: [0, 145, 90] },
    bad: { basic: 31, indexed: 196, rgb: [235, 60, 50] },
    classes: [
      { basic: 35, indexed: 166, rgb: [200, 105, 0] },
      { basic: 94, indexed: 32, rgb: [40, 135, 205] },
      { basic: 90, indexed: 65, rgb: [0, 145, 90] },
      { basic: 91, indexed: 100, rgb: [146, 128, 0] },
      { basic: 95, indexed: 99, rgb: [123, 104, 238] },
      { basic: 31, indexed: 196, rgb: [235, 60, 50] },
      { basic: 35, indexed: 133, rgb: [200, 80, 155] },
      { basic: 94, indexed: 244, rgb: [128, 128, 128] },
      { basic: 90, indexed: 66, rgb: [15, 140, 140] },
      { basic: 91, indexed: 167, rgb: [176, 112, 78] },
    ],
  },
};

/** A colour as CSS names it: `#e69f00`. */
export function cssColor({ rgb }: PaletteColor): string {
  return `#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
