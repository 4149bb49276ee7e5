import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { cssColor, type Palette, type PaletteColor, PALETTES, type Theme } from "../../src/core/palette.ts";
import { contrast, hexColor, indexedColor } from "../support/colors.ts";

/** Backgrounds of terminals: black, VS Code, One Dark, Solarized, Nord, Ubuntu's; white, Solarized, and greys near white. */
const DARK = ["#000000", "#1e1e1e", "#282c34", "#002b36", "#2e3440", "#300a24"];
const LIGHT = ["#ffffff", "#fafafa", "#f5f5f5", "#fdf6e3", "#eeeeee"];
const BACKGROUNDS: Readonly<Record<Theme, readonly string[]>> = {
  dark: DARK,
  light: LIGHT,
  either: [...DARK, ...LIGHT],
};
/** xterm's 16 colours, for the backgrounds that a terminal of 16 colours has. */
const XTERM = [
  ...["#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5"],
  ...["#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"],
];
const BASIC_BACKGROUNDS = { dark: ["#000000"], light: ["#ffffff"], either: ["#000000", "#ffffff"] } as const;
const ROLES = ["train", "validation", "other", "good", "bad"] as const;

function colorsOf(palette: Palette): [name: string, color: PaletteColor][] {
  return [
    ...ROLES.map((role): [string, PaletteColor] => [role, palette[role]]),
    ...palette.classes.map((color, place): [string, PaletteColor] => [`class ${place}`, color]),
  ];
}
const basicColor = (code: number) => XTERM[code >= 90 ? code - 82 : code - 30];

for (const [theme, palette] of Object.entries(PALETTES) as [Theme, Palette][]) {
  Deno.test(`PALETTES has a contrast of 3:1 with every background of the theme "${theme}"`, () => {
    for (const [name, { basic, indexed, rgb }] of colorsOf(palette)) {
      for (const background of BACKGROUNDS[theme]) {
        for (const color of [rgb, indexedColor(indexed)]) {
          const ratio = contrast(color, hexColor(background));
          ok(ratio >= 3, `${name} ${color} on ${background}: ${ratio.toFixed(2)}`);
        }
      }
      for (const background of BASIC_BACKGROUNDS[theme]) {
        const ratio = contrast(hexColor(basicColor(basic)), hexColor(background));
        ok(ratio >= 3, `${name}, SGR ${basic} on ${background}: ${ratio.toFixed(2)}`);
      }
    }
  });

  Deno.test(`PALETTES has ten class colours in the theme "${theme}" that differ`, () => {
    const { classes } = palette;
    equal(classes.length, 10);
    equal(new Set(classes.map(cssColor)).size, 10);
    equal(new Set(classes.map(({ indexed }) => indexed)).size, 10);
    equal(new Set(classes.map(({ basic }) => basic)).size, { dark: 10, light: 8, either: 6 }[theme]);
  });
}

Deno.test("contrast is that of WCAG 2.2: 21 for black on white, 1 for the same, 4.54 for its grey #767676 on white", () => {
  equal(contrast([0, 0, 0], [255, 255, 255]), 21);
  equal(contrast([9, 8, 7], [9, 8, 7]), 1);
  deepEqual(contrast(hexColor("#767676"), hexColor("#ffffff")).toFixed(2), "4.54");
});
