import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { pictureLines } from "../../../src/ui/drawing/raster.ts";
import type { ColorLevel } from "../../../src/ui/terminal/theme.ts";

/** Red over green, and white over black. */
const PICTURE = Uint8Array.of(255, 0, 0, 255, 255, 255, 0, 255, 0, 0, 0, 0);
const draw = (level: ColorLevel, scale = 1, target: Uint8Array | null = null) =>
  pictureLines(PICTURE, target, { height: 2, width: 2, channels: 3, scale, level })
    .map((line) => line.replaceAll("\u001b", "^"));

Deno.test("pictureLines() draws colours as half blocks of all colours, of 256 and of 16", () => {
  deepEqual(draw(3), ["^[38;2;255;0;0m^[48;2;0;255;0m▀^[38;2;255;255;255m^[48;2;0;0;0m▀^[39m^[49m"]);
  deepEqual(draw(2), ["^[38;5;196m^[48;5;46m▀^[38;5;231m^[48;5;16m▀^[39m^[49m"]);
  deepEqual(draw(1), ["^[91m^[102m▀^[97m^[40m▀^[39m^[49m"]);
});

Deno.test("pictureLines() draws colours by their luminance where there are none, and marks no pixel", () => {
  // The means of 76 and 150, and of 255 and 0, in ten steps.
  deepEqual(draw(0, 1, new Uint8Array(12)), ["=="]);
});

Deno.test("pictureLines() draws the mean colour of pixels that share a half block", () => {
  // (255 + 255 + 0 + 0) / 4 of red, (0 + 255 + 255 + 0) / 4 of green, 255 / 4 of blue, in 32 steps.
  deepEqual(draw(3, 1 / 2), ["^[38;2;132;132;66m^[49m▀^[39m^[49m"]);
});
