import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { channelsOf, quantize } from "../../src/export/quantize.ts";

const colour = (red: number, green: number, blue: number) => (red << 16) | (green << 8) | blue;

Deno.test("quantize() gives each group of near colours its mean, weighted by pixels", () => {
  const counts = new Map([
    [colour(200, 0, 0), 3],
    [colour(204, 0, 0), 1],
    [colour(0, 0, 100), 5],
    [colour(0, 2, 100), 5],
  ]);
  const { colours, positionOf } = quantize(counts, 2);
  deepEqual(new Set(colours), new Set([colour(201, 0, 0), colour(0, 1, 100)]));
  equal(colours[positionOf.get(colour(204, 0, 0))!], colour(201, 0, 0));
  equal(colours[positionOf.get(colour(0, 2, 100))!], colour(0, 1, 100));
});

Deno.test("quantize() keeps few colours as they are", () => {
  const counts = new Map([[colour(1, 2, 3), 1], [colour(9, 9, 9), 7]]);
  deepEqual(new Set(quantize(counts, 256).colours), new Set(counts.keys()));
});

Deno.test("quantize() comes closer to smooth shades than 256 colours chosen in advance", () => {
  // Shades of skin: a plane in the cube of colours.
  const counts = new Map<number, number>();
  for (let light = 0; light < 64; light++) {
    for (let warm = 0; warm < 32; warm++) {
      counts.set(colour(100 + 2 * light, 60 + 2 * light + warm, 40 + light + warm), 1);
    }
  }
  const { colours, positionOf } = quantize(counts, 256);
  equal(colours.length, 256);
  const errorOf = (chosen: (colour: number) => readonly number[]) => {
    let sum = 0;
    for (const one of counts.keys()) {
      const near = chosen(one);
      channelsOf(one).forEach((value, k) => sum += (value - near[k]) ** 2);
    }
    return sum / counts.size;
  };
  const adapted = errorOf((one) => channelsOf(colours[positionOf.get(one)!]));
  // Three bits of red and green, two of blue, as in fixed palettes.
  const fixed = errorOf((one) =>
    channelsOf(one).map((value, k) => Math.round(value * [7, 7, 3][k] / 255) * 255 / [7, 7, 3][k])
  );
  ok(adapted < fixed / 20, `${adapted} against ${fixed}`);
});
