import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { flatten, scalePicture } from "../../src/data/raster.ts";

const grey = (height: number, width: number, pixels: number[]) => ({
  height,
  width,
  pixels: Uint8Array.from(pixels),
});
const scaled = (...[picture, height, width]: Parameters<typeof scalePicture<Uint8Array>>) => [
  ...scalePicture(picture, height, width).pixels,
];

Deno.test("flatten weighs colours by BT.601 and lays the picture on its background", () => {
  const rgba = Uint8Array.from([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 51]);
  deepEqual([...flatten({ height: 1, width: 5, rgba }, 1, [1, 1, 1]).pixels], [76, 150, 29, 255, 204]);
});

Deno.test("scalePicture() averages the area that each new pixel covers", () => {
  deepEqual(scaled(grey(2, 2, [0, 100, 20, 200]), 1, 1), [80]);
  deepEqual(scaled(grey(2, 4, [0, 10, 20, 30, 0, 10, 20, 30]), 1, 2), [5, 25]);
  // Three pixels on two: (30 + 60 / 2) / 1.5 and (60 / 2 + 90) / 1.5.
  deepEqual(scaled(grey(1, 3, [30, 60, 90]), 1, 2), [40, 80]);
});

Deno.test("scalePicture() repeats pixels when it enlarges", () => {
  deepEqual(scaled(grey(1, 2, [3, 9]), 2, 4), [3, 3, 9, 9, 3, 3, 9, 9]);
});

Deno.test("scalePicture() keeps a flat picture flat, whatever the sizes", () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      side,
      side,
      side,
      side,
      fc.integer({ min: 0, max: 255 }),
      (height, width, toHeight, toWidth, level) => {
        const flat = grey(height, width, Array(height * width).fill(level));
        const result = scaled(flat, toHeight, toWidth);
        equal(result.length, toHeight * toWidth);
        equal(result.every((byte) => byte === level), true);
      },
    ),
  );
});
