import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { basicCode, coarse, colourIndex, type Rgb } from "../../../src/ui/terminal/shade_codes.ts";
import { indexedColor } from "../../support/colors.ts";

const byte = fc.integer({ min: 0, max: 255 });
const distance = (a: Rgb, b: Rgb) => a.reduce((sum, value, k) => sum + (value - b[k]) ** 2, 0);

Deno.test("colourIndex() is the nearest of the cube's 216 colours, or a grey that is nearer", () => {
  fc.assert(fc.property(fc.tuple(byte, byte, byte), (colour) => {
    const found = distance(indexedColor(colourIndex(colour)) as Rgb, colour);
    for (let index = 16; index < 232; index++) {
      ok(found <= distance(indexedColor(index) as Rgb, colour), `${colour}: ${index} is nearer`);
    }
  }));
  deepEqual([[0, 0, 0], [255, 255, 255], [255, 0, 0]].map((one) => colourIndex(one as unknown as Rgb)), [
    16,
    231,
    196,
  ]);
});

Deno.test("basicCode() is the nearest of 16 colours", () => {
  equal(basicCode([250, 10, 10]), 91);
  equal(basicCode([120, 130, 125]), 90);
  equal(basicCode([190, 10, 20]), 31);
});

Deno.test("coarse() changes no channel by more than 5, and leaves black and white", () => {
  fc.assert(fc.property(fc.tuple(byte, byte, byte), (colour) => {
    ok(coarse(colour).every((value, k) => Math.abs(value - colour[k]) <= 5));
  }));
  deepEqual([coarse([0, 0, 0]), coarse([255, 255, 255])], [[0, 0, 0], [255, 255, 255]]);
});
