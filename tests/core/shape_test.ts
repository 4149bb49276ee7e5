import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  asBytes,
  bytesOfKind,
  greyShape,
  isPicture,
  isSameShape,
  kindOf,
  luminance,
  newValues,
  pictureShape,
  pixelCount,
  sampleShapeText,
  sampleSize,
  valueCount,
} from "../../src/core/shape.ts";

Deno.test("sampleSize() counts the values of pictures and vectors, and pixelCount() the pixels of a picture", () => {
  deepEqual([[28, 28, 1], [4, 5, 3], [30], []].map(sampleSize), [784, 60, 30, 1]);
  equal(pixelCount({ height: 7, width: 5 }), 35);
});

Deno.test("pictureShape() is that of a picture, and one row for a vector", () => {
  deepEqual(pictureShape(greyShape({ height: 7, width: 5 })), { height: 7, width: 5 });
  deepEqual(pictureShape([4, 6, 3]), { height: 4, width: 6, channels: 3 });
  equal(valueCount({ height: 4, width: 6, channels: 3 }), 72);
  deepEqual(pictureShape([30]), { height: 1, width: 30 });
  deepEqual([isPicture([7, 5, 1]), isPicture([35])], [true, false]);
});

Deno.test("isSameShape() distinguishes a picture from a vector of as many values, and sampleShapeText() names both", () => {
  deepEqual([isSameShape([7, 5, 1], [7, 5, 1]), isSameShape([7, 5, 1], [35])], [true, false]);
  deepEqual([[28, 28, 1], [28, 28, 3], [30]].map(sampleShapeText), ["28x28", "28x28x3", "30"]);
});

Deno.test("newValues() makes arrays of a kind, whose bytes asBytes() shows wherever they lie", () => {
  for (const kind of ["bytes", "floats"] as const) {
    const values = newValues(kind, 3);
    deepEqual([kindOf(values), values.length, values.byteLength], [kind, 3, 3 * bytesOfKind(kind)]);
  }
  deepEqual([...asBytes(Float32Array.of(0, 1, 2).subarray(1, 2))], [0, 0, 0x80, 0x3f]);
});

Deno.test("luminance() makes one value per pixel of colour pictures, and leaves grey pictures and vectors as they are", () => {
  const colours = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1];
  deepEqual([...luminance({ height: 2, width: 1, channels: 3 }, colours)], [
    ...Float32Array.of(0.299, 0.587, 0.114, 1),
  ]);
  equal(luminance({ height: 2, width: 6 }, colours), colours);
});
