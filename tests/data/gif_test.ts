import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import gifenc from "gifenc";
import type { Raster } from "../../src/data/raster.ts";
import { decodeGif } from "../../src/data/gif.ts";
import { random } from "./damage.ts";

interface Gifenc {
  GIFEncoder(): {
    writeFrame(pixels: Uint8Array, width: number, height: number, options: object): void;
    finish(): void;
    bytes(): Uint8Array;
  };
}

const GREYS = Array.from({ length: 256 }, (_, grey) => [grey, grey, grey]);

/** A GIF of one frame by gifenc, grey by its number. */
function gifOf(pixels: Uint8Array, width: number, options: object = {}): Uint8Array {
  const encoder = (gifenc as Gifenc).GIFEncoder();
  encoder.writeFrame(pixels, width, pixels.length / width, { palette: GREYS, ...options });
  encoder.finish();
  return encoder.bytes();
}

/** The first frame. */
const first = (bytes: Uint8Array) => decodeGif(bytes, 1).next().value!;
const redsOf = ({ rgba }: Raster) => Uint8Array.from(rgba).filter((_, at) => at % 4 === 0);
/** The place of the image's descriptor: behind the header, a palette of 256 colours and the extensions. */
const imageAt = (gif: Uint8Array) => gif.indexOf(0x2c, 13 + 768);

Deno.test("first() reads back what gifenc wrote: noise that fills the code table many times, and runs", () => {
  const { byte } = random(1);
  for (const pixelAt of [() => byte(), () => 7, (at: number) => at % 5, (at: number) => (at >> 9) & 255]) {
    const pixels = Uint8Array.from({ length: 300 * 201 }, (_, at) => pixelAt(at));
    const { width, height, ...raster } = first(gifOf(pixels, 300));
    deepEqual([width, height], [300, 201]);
    deepEqual(redsOf(raster), pixels);
  }
});

Deno.test("first() reads palettes of few colours", () => {
  for (let bits = 1; bits < 8; bits++) {
    const pixels = Uint8Array.from({ length: 35 * 20 }, (_, at) => (at * at) % (1 << bits));
    deepEqual(redsOf(first(gifOf(pixels, 35, { palette: GREYS.slice(0, 1 << bits) }))), pixels);
  }
});

Deno.test("first() puts the rows of an interlaced frame in their places", () => {
  const gif = gifOf(Uint8Array.from({ length: 11 }, (_, row) => row), 1);
  gif[imageAt(gif) + 9] |= 0x40;
  deepEqual(
    [...redsOf(first(gif))],
    [0, 7, 4, 8, 2, 9, 5, 10, 1, 6, 3].map((_, row) => [0, 8, 4, 2, 6, 10, 1, 3, 5, 7, 9].indexOf(row)),
  );
});

Deno.test("first() leaves transparent pixels and the rest of the screen empty", () => {
  const gif = gifOf(Uint8Array.of(1, 2, 3, 4), 2, { transparent: true, transparentIndex: 3 });
  const alphas = (bytes: Uint8Array) => Array.from(first(bytes).rgba).filter((_, at) => at % 4 === 3);
  deepEqual(alphas(gif), [255, 255, 0, 255]);
  // A screen of 3x2 with the frame at its right.
  gif[6] = 3;
  gif[imageAt(gif) + 1] = 1;
  deepEqual(alphas(gif), [0, 255, 255, 0, 0, 255]);
});

Deno.test("first() refuses every cut, and a frame beyond its screen", () => {
  const gif = gifOf(Uint8Array.from({ length: 400 }, (_, at) => (at * at) & 255), 20);
  for (let length = 10; length < gif.length; length++) {
    throws(() => first(gif.slice(0, length)), `${length}`);
  }
  const moved = gif.slice();
  moved[imageAt(gif) + 1] = 1;
  throws(
    () => first(moved),
    /must be a valid GIF picture, got one whose frame reaches beyond its screen/,
  );
  const huge = gif.slice();
  huge.set([0xff, 0xff, 0xff, 0xff], 6);
  throws(() => first(huge), /got 65,535 x 65,535 pixels, which .* bytes cannot hold/);
  equal(first(gif).rgba.length, 1600);
});
