import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import fc from "fast-check";
import type { Picture } from "../../src/export/picture.ts";
import { encodeGif, encodePng } from "../../src/export/pictures.ts";

const imagescript = async () => {
  const name = "imagescript";
  return await import(name) as typeof import("imagescript");
};
function pictureOf(width: number, height: number, colour: (pixel: number) => readonly number[]): Picture {
  const rgba = Uint8Array.from({ length: width * height }, (_, pixel) => pixel);
  return {
    width,
    height,
    rgba: Uint8Array.from([...rgba.keys()].flatMap((pixel) => [...colour(pixel), 255])),
  };
}
const greyPicture = (width: number, height: number, shift = 0) =>
  pictureOf(width, height, (pixel) => Array(3).fill((pixel * 7 + shift) % 256));
/** Greys that LZW cannot compress. */
const noisy = (width: number, height: number, greys: number, seed: number) =>
  pictureOf(
    width,
    height,
    (pixel) => Array(3).fill((Math.imul(pixel ^ seed, 2654435761) >>> 16) % Math.min(256, greys)),
  );
const colourful = (width: number, height: number) =>
  pictureOf(width, height, (pixel) => [pixel % 256, (pixel >> 3) % 256, (pixel * 5) % 256]);

Deno.test("encodePng writes what another reader decodes to the same pixels", async () => {
  const { Image } = await imagescript();
  const clear: Picture = { width: 1, height: 2, rgba: Uint8Array.from([9, 8, 7, 128, 1, 2, 3, 255]) };
  for (
    const picture of [greyPicture(5, 7), greyPicture(300, 2), colourful(60, 40), greyPicture(1, 1), clear]
  ) {
    const { width, height, bitmap } = await Image.decode(encodePng(picture));
    deepEqual([width, height], [picture.width, picture.height]);
    deepEqual([...bitmap], [...picture.rgba]);
  }
});

Deno.test("encodePng stores no more channels than the picture needs", () => {
  const GREY = 0, COLOUR = 2, COLOUR_AND_OPACITY = 6;
  const kind = (picture: Picture) => encodePng(picture)[25];
  const clear = { width: 1, height: 1, rgba: Uint8Array.of(9, 9, 9, 128) };
  deepEqual([greyPicture(9, 9), colourful(60, 40), clear].map(kind), [GREY, COLOUR, COLOUR_AND_OPACITY]);
});

Deno.test("encodeGif writes what another reader decodes to the same frames, sizes and delays", async () => {
  const { GIF } = await imagescript();
  // Many pixels, so that codes grow to 12 bits and the table is cleared; few, so that there is one code.
  for (const [width, height] of [[200, 150], [40, 3], [1, 1]]) {
    const frames = [0, 50, 100].map((shift) => noisy(width, height, 256, shift));
    const decoded = await GIF.decode(encodeGif(frames, { delayMs: [500, 80, 80] }));
    deepEqual([decoded.length, decoded.width, decoded.height], [3, width, height]);
    deepEqual([...decoded].map(({ duration }) => duration), [500, 80, 80]);
    [...decoded].forEach(({ bitmap }, index) => deepEqual([...bitmap], [...frames[index].rgba]));
  }
});

Deno.test("encodeGif writes what another reader decodes for any small picture", async () => {
  const { GIF } = await imagescript();
  const sample = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300 }), fc.nat());
  await fc.assert(
    fc.asyncProperty(sample, async ([width, colours, seed]) => {
      const frame = noisy(width, 31, colours, seed);
      const [decoded] = await GIF.decode(encodeGif([frame]));
      deepEqual([...decoded.bitmap], [...frame.rgba]);
    }),
    { numRuns: 30, seed: 7 },
  );
});

Deno.test("encodeGif loops forever unless loop is false", () => {
  const text = (loop: boolean) => new TextDecoder("latin1").decode(encodeGif([greyPicture(2, 2)], { loop }));
  equal(text(true).includes("NETSCAPE2.0\x03\x01\x00\x00\x00"), true);
  equal(text(false).includes("NETSCAPE"), false);
});

Deno.test("encodeGif keeps within 8 of any channel when there are more than 256 colours of few hues", async () => {
  const { GIF } = await imagescript();
  const frame = pictureOf(
    32,
    16,
    (pixel) => pixel < 256 ? [pixel, pixel, pixel] : [pixel - 256, (pixel - 256) >> 1, 0],
  );
  const [decoded] = await GIF.decode(encodeGif([frame]));
  const worst = Math.max(...decoded.bitmap.map((value, at) => Math.abs(value - frame.rgba[at])));
  equal(worst > 0 && worst < 8, true, String(worst));
});

Deno.test("encodeGif refuses no frames and frames of different sizes", () => {
  throws(() => encodeGif([]), /must have one size, .*got \[\] with 0 delays/);
  throws(() => encodeGif([greyPicture(2, 2), greyPicture(2, 3)]), /\[2x2,2x3\] with 2 delays/);
});
