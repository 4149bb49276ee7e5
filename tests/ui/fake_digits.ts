/** Pictures for synthetic runs: digits drawn with a round pen, and the real glyphs. @module */
import glyphs from "../../data/glyphs.json" with { type: "json" };
import { fillNormal } from "../../src/core/random.ts";

/** Strokes of each digit, as points in a unit square (x to the right, y down). */
const STROKES: readonly (readonly (readonly [x: number, y: number])[])[] = [
  [[.5, .15], [.3, .3], [.28, .6], [.4, .82], [.58, .82], [.72, .6], [.7, .32], [.5, .15]],
  [[.4, .3], [.55, .15], [.5, .85]],
  [[.3, .3], [.45, .16], [.66, .24], [.62, .48], [.3, .82], [.72, .8]],
  [[.3, .2], [.6, .16], [.66, .32], [.45, .48], [.68, .62], [.62, .8], [.3, .84]],
  [[.4, .15], [.3, .52], [.72, .5], [.62, .2], [.62, .86]],
  [[.7, .16], [.38, .18], [.34, .46], [.62, .46], [.68, .7], [.5, .84], [.3, .8]],
  [[.62, .15], [.38, .4], [.32, .7], [.48, .84], [.66, .7], [.6, .54], [.36, .62]],
  [[.28, .2], [.72, .18], [.48, .85]],
  [[.5, .48], [.34, .32], [.5, .15], [.66, .3], [.5, .48], [.32, .68], [.5, .85], [.68, .68], [.5, .48]],
  [[.64, .36], [.46, .48], [.36, .3], [.5, .16], [.64, .26], [.62, .6], [.56, .86]],
];

/** A digit of 28x28 pixels, a byte each. */
export function digit(value: number, pen = 0.055): Uint8Array {
  const image = new Uint8Array(28 * 28);
  const stroke = STROKES[value];
  for (let row = 0; row < 28; row++) {
    for (let column = 0; column < 28; column++) {
      const x = (column + 0.5) / 28, y = (row + 0.5) / 28;
      let nearest = Infinity;
      for (let point = 1; point < stroke.length; point++) {
        nearest = Math.min(nearest, distance(x, y, stroke[point - 1], stroke[point]));
      }
      image[row * 28 + column] = 255 * Math.min(1, Math.max(0, (1.6 * pen - nearest) / pen));
    }
  }
  return image;
}

function distance(
  x: number,
  y: number,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
) {
  const along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x0 - t * (x1 - x0), y - y0 - t * (y1 - y0));
}

/** A glyph of 7x5 pixels and its name. */
export function glyph(position: number): { name: string; image: Uint8Array } {
  const { char, rows } = glyphs.glyphs[position];
  const image = Uint8Array.from(
    { length: 35 },
    (_, pixel) => 255 * ((rows[Math.floor(pixel / 5)] >> (4 - pixel % 5)) & 1),
  );
  return { name: char, image };
}

/** The image under Gaussian noise, cut off at black and white. */
export function corrupt(image: Uint8Array, std: number, sample: number): Uint8Array {
  const noise = new Float32Array(image.length);
  fillNormal(noise, 1, image.length, [sample], { seed: 42, stream: "preview", epoch: 0 }, std * 255);
  return image.map((pixel, index) => Math.min(255, Math.max(0, Math.round(pixel + noise[index]))));
}

/** `share` of the one image and the rest of the other. */
export function blend(one: Uint8Array, other: Uint8Array, share: number): Uint8Array {
  return one.map((pixel, index) => Math.round(share * pixel + (1 - share) * other[index]));
}
