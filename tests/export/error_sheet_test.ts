import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { errorSheet } from "../../src/export/error_sheet.ts";

Deno.test("errorSheet() draws colours as they are, and the mean difference of each pixel's channels", () => {
  const { width, rgba } = errorSheet([1, 0, 0, 0, 0, 1], [1, 0, 0, 0.5, 0, 0], {
    height: 1,
    width: 2,
    channels: 3,
  });
  // 42 times enlarged, with gaps of as much: the middles of six pixels.
  const scale = 42, middle = 1.5 * scale;
  const colours = [1, 2, 4, 5, 7, 8].map((cell) => {
    const at = 4 * (Math.floor(middle) * width + (cell + 0.5) * scale);
    return [...rgba.subarray(at, at + 3)];
  });
  deepEqual(colours, [[255, 0, 0], [0, 0, 255], [255, 0, 0], [128, 0, 0], [0, 0, 0], [255, 255, 255]]);
});
