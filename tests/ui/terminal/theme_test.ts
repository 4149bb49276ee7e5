import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { type Color, indexedColor, linear } from "../../support/colors.ts";
import { type ColorLevel, paint, paintClass, type Role } from "../../../src/ui/terminal/theme.ts";

/** Okabe & Ito, "Color Universal Design" (2008), with grey in the place of black. */
const PALETTE: Readonly<Record<string, Color>> = {
  orange: [230, 159, 0],
  skyBlue: [86, 180, 233],
  bluishGreen: [0, 158, 115],
  yellow: [240, 228, 66],
  blue: [0, 114, 178],
  vermilion: [213, 94, 0],
  reddishPurple: [204, 121, 167],
  grey: [153, 153, 153],
};
const ROLES: [role: Role, name: string][] = [
  ["train", "orange"],
  ["validation", "skyBlue"],
  ["accent", "skyBlue"],
  ["other", "grey"],
  ["good", "bluishGreen"],
  ["bad", "vermilion"],
];

/** The numbers of the first colour code in a text. */
function codes(text: string): number[] {
  // deno-lint-ignore no-control-regex
  return /\u001b\[([\d;]+)m/.exec(text)![1].split(";").map(Number);
}

const distance = (one: Color, other: Color) => Math.hypot(...one.map((value, index) => value - other[index]));

for (const [role, name] of ROLES) {
  Deno.test(`paint takes ${name} of Okabe and Ito for "${role}", and the nearest of 256 colours`, () => {
    deepEqual(codes(paint(3, role, "x")), [38, 2, ...PALETTE[name]]);
    const near = indexedColor(codes(paint(2, role, "x"))[2]);
    equal(distance(near, PALETTE[name]) < 45, true, `${near}`);
    const rest = Object.entries(PALETTE).filter(([other]) => other !== name);
    equal(rest.every(([, other]) => distance(near, other) > distance(near, PALETTE[name])), true);
  });
}

// Machado, Oliveira & Fernandes 2009, full severity, on linear RGB.
const VISIONS: Readonly<Record<string, readonly Color[]>> = {
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [
    -0.003882,
    -0.048116,
    1.051998,
  ]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [
    -0.01182,
    0.04294,
    0.968881,
  ]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [
    0.004733,
    0.691367,
    0.3039,
  ]],
};

/** CIELAB (D65) of an sRGB colour as seen under a colour vision deficiency. */
function lab(color: Color, vision: readonly Color[]): Color {
  const light = color.map(linear);
  const [r, g, b] = vision.map((row) =>
    Math.min(1, Math.max(0, row[0] * light[0] + row[1] * light[1] + row[2] * light[2]))
  );
  const f = (t: number) => t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116;
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

for (const theme of ["dark", "light", "either"] as const) {
  for (const [vision, matrix] of Object.entries(VISIONS)) {
    Deno.test(`paint keeps the curves apart under ${vision} in the theme "${theme}"`, () => {
      const curves = ["train", "validation", "other"] as const;
      for (const depth of [2, 3] as const) {
        const colors = curves.map((role) => {
          const [, , ...rest] = codes(paint({ depth, theme }, role, "x"));
          return depth === 3 ? rest as unknown as Color : indexedColor(rest[0]);
        });
        for (const [one, other] of [[0, 1], [0, 2], [1, 2]]) {
          const apart = distance(lab(colors[one], matrix), lab(colors[other], matrix));
          equal(apart > 20, true, `${curves[one]} and ${curves[other]}: ${apart.toFixed(1)}`);
        }
      }
    });
  }
}

Deno.test("paintClass has ten colours on every kind of terminal that has enough, then the same again", () => {
  const levels: ColorLevel[] = [1, 2, 3, { depth: 2, theme: "light" }, { depth: 3, theme: "either" }];
  for (const level of levels) {
    const painted = Array.from({ length: 11 }, (_, position) => paintClass(level, position, "x"));
    equal(new Set(painted.slice(0, 10)).size, 10);
    equal(painted[10], painted[0]);
  }
});

Deno.test("paint gives a text no code without colours", () => {
  equal(paint(0, "train", "x") + paint(0, "strong", "x") + paintClass(0, 3, "x"), "xxx");
});
