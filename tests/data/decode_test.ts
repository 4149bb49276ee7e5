import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import { deflateSync } from "node:zlib";
import jpeg from "jpeg-js";
import { decodePicture } from "./first_picture.ts";
import { encodePicture } from "../../src/export/picture_file.ts";
import { encodeGif, encodePng } from "../../src/export/pictures.ts";
import { tiffOf } from "./pictures.ts";

const text = (content: string) => new TextEncoder().encode(content);
const imagescript = async () => {
  const name = "imagescript";
  return await import(name) as typeof import("imagescript");
};

/** The red channel, which is all there is to see of a grey picture. */
async function greys(bytes: Uint8Array): Promise<number[]> {
  const { rgba } = await decodePicture(bytes);
  return [...rgba].filter((_, index) => index % 4 === 0);
}

Deno.test("decodeFrames() reads PGM and PPM in digits and bytes, with comments, scaled to 255", async () => {
  deepEqual(await greys(text("P2 # two pixels\n2 1\n15\n0 15\n")), [0, 255]);
  deepEqual(await greys(Uint8Array.from([...text("P5\n2 1\n255\n"), 7, 200])), [7, 200]);
  deepEqual(await greys(Uint8Array.from([...text("P5 1 1 65535 "), 0x80, 0x01])), [0x8001]);
  const { width, height, rgba } = await decodePicture(
    Uint8Array.from([...text("P6 1 2 255 "), 1, 2, 3, 4, 5, 6]),
  );
  deepEqual([width, height, ...rgba], [1, 2, 1, 2, 3, 255, 4, 5, 6, 255]);
});

Deno.test("decodeFrames() reports the fault of a PGM file", async () => {
  await rejects(
    greys(text("P5 3 3 255 ab")),
    /got 2 bytes of pixels where 9 are needed \(fix or remove the file\)$/,
  );
  await rejects(greys(text("P2 2 1 255 7")), /got 1 bytes of pixels where at least 3 are needed/);
  await rejects(greys(text("P2 0 1 255")), /got 0x1 pixels/);
});

Deno.test("decodeFrames() reads the pixels of a PNG, a GIF's first frame and a JPEG", async () => {
  const { Frame, GIF, Image } = await imagescript();
  const image = new Image(2, 1);
  image.bitmap.set([10, 20, 30, 255, 200, 210, 220, 128]);
  deepEqual([...(await decodePicture(await image.encode())).rgba], [10, 20, 30, 255, 200, 210, 220, 128]);
  const frames = [0x000000ff, 0xffffffff].map((colour) => Frame.from(new Image(3, 2).fill(colour), 50));
  deepEqual(await greys(await new GIF(frames).encode()), Array(6).fill(0));
  const jpeg = await greys(await new Image(8, 8).fill(0x808080ff).encodeJPEG(95));
  equal(jpeg.length, 64);
  equal(jpeg.every((grey) => Math.abs(grey - 128) < 3), true);
});

Deno.test("decodeFrames() reads a JPEG's channels as RGB where Adobe's marker says so", async () => {
  const white = jpeg.encode({ width: 8, height: 8, data: new Uint8Array(256).fill(255) }, 95).data;
  const marker = [0xff, 0xee, 0, 14, ...text("Adobe"), 0, 100, 0, 0, 0, 0, 0];
  const firstPixel = async (bytes: Uint8Array) => [...(await decodePicture(bytes)).rgba.subarray(0, 4)];
  deepEqual(await firstPixel(white), [255, 255, 255, 255]);
  const marked = Uint8Array.from([...white.subarray(0, 2), ...marker, ...white.subarray(2)]);
  deepEqual(await firstPixel(marked), [255, 128, 128, 255]);
});

Deno.test({
  name: "decodeFrames() needs no permission but that to read",
  permissions: { read: true },
  async fn() {
    const picture = { width: 1, height: 2, rgba: Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 255) };
    deepEqual(await greys(encodePng(picture)), [0, 255]);
    deepEqual(await greys(encodeGif([picture])), [0, 255]);
    const grey = { width: 1, height: 1, data: Uint8Array.of(128, 128, 128, 255) };
    deepEqual(await greys(jpeg.encode(grey, 95).data), [128]);
  },
});

Deno.test("decodeFrames() refuses files that are no pictures or were cut off", async () => {
  await rejects(
    decodePicture(text("hello, I am text")),
    /^PictureError: must be a PNG, JPEG, GIF, WebP, BMP, TIFF, PGM or PPM picture, got none of these/,
  );
  const { Image } = await imagescript();
  await rejects(decodePicture((await new Image(9, 9).encode()).slice(0, 40)));
});

const GREY_3X2 = { 256: 3, 257: 2, 258: 8, 262: 1, 277: 1, 278: 2 };
const PIXELS = [1, 1, 1, 9, 8, 1];

Deno.test("decodeFrames() reads TIFF, plain, deflated and in runs", async () => {
  const plain = Uint8Array.from(PIXELS);
  deepEqual(await greys(tiffOf({ ...GREY_3X2, 259: 1 }, plain)), PIXELS);
  deepEqual(await greys(tiffOf({ ...GREY_3X2, 259: 8 }, deflateSync(plain))), PIXELS);
  deepEqual(await greys(tiffOf({ ...GREY_3X2, 259: 32773 }, Uint8Array.from([254, 1, 2, 9, 8, 1]))), PIXELS);
  const inverted = await greys(tiffOf({ ...GREY_3X2, 259: 1, 262: 0 }, plain));
  deepEqual(inverted, PIXELS.map((grey) => 255 - grey));
});

Deno.test("decodeFrames() reads TIFF of LZW codes", async () => {
  // Clear, 1, 258 (1 1), 9, 8, 1, end; nine bits each, the most significant first.
  const bits = [256, 1, 258, 9, 8, 1, 257].map((code) => code.toString(2).padStart(9, "0")).join("").padEnd(
    64,
    "0",
  );
  const strip = Uint8Array.from(bits.match(/.{8}/g)!, (byte) => parseInt(byte, 2));
  deepEqual(await greys(tiffOf({ ...GREY_3X2, 259: 5 }, strip)), PIXELS);
});

Deno.test("decodeFrames() reads TIFF of one bit, of 16 bits, and of differences", async () => {
  const bilevel = { ...GREY_3X2, 258: 1, 259: 1 };
  deepEqual(await greys(tiffOf(bilevel, Uint8Array.from([0b10100000, 0b01000000]))), [
    255,
    0,
    255,
    0,
    255,
    0,
  ]);
  const deep = { ...GREY_3X2, 256: 2, 257: 1, 258: 16, 259: 1 };
  deepEqual(await greys(tiffOf(deep, Uint8Array.from([1, 0x80, 255, 255]))), [0x8001, 65535]);
  const differences = { ...GREY_3X2, 259: 1, 317: 2 };
  deepEqual(await greys(tiffOf(differences, Uint8Array.from([5, 1, 255, 7, 0, 0]))), [5, 6, 5, 7, 7, 7]);
});

Deno.test("decodeFrames() reads TIFF in tiles, which reach beyond the picture", async () => {
  const tiles = Uint8Array.from({ length: 512 }, (_, at) => at < 256 ? at : at - 128);
  const tiled = { 256: 18, 257: 2, 258: 8, 259: 1, 262: 1, 277: 1, 322: 16, 323: 16 };
  const bytes = tiffOf({ ...tiled, 324: [8, 264], 325: [256, 256] }, tiles);
  deepEqual(await greys(bytes), [...tiles.slice(0, 16), 128, 129, ...tiles.slice(16, 32), 144, 145]);
});

/** A little-endian TIFF of 2x2 pixels in RGB whose channels have a strip for each row: 6 strips of `each` bytes. */
function planarTiff(strips: Uint8Array, each: number, tags: Readonly<Record<number, number>>): Uint8Array {
  const lists = 8 + strips.length, directory = lists + 48;
  const entries: [tag: number, type: number, count: number, value: number][] = [
    ...Object.entries({ 256: 2, 257: 2, 262: 2, 277: 3, 278: 1, 284: 2, ...tags })
      .map(([tag, value]): [number, number, number, number] => [Number(tag), 4, 1, value]),
    [273, 4, 6, lists],
    [279, 4, 6, lists + 24],
  ];
  const bytes = new Uint8Array(directory + 2 + 12 * entries.length + 4), view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, directory, true);
  bytes.set(strips, 8);
  for (let strip = 0; strip < 6; strip++) {
    view.setUint32(lists + 4 * strip, 8 + strip * each, true);
    view.setUint32(lists + 24 + 4 * strip, each, true);
  }
  view.setUint16(directory, entries.length, true);
  entries.forEach(([tag, type, count, value], at) => {
    view.setUint16(directory + 2 + 12 * at, tag, true);
    view.setUint16(directory + 4 + 12 * at, type, true);
    view.setUint32(directory + 6 + 12 * at, count, true);
    view.setUint32(directory + 10 + 12 * at, value, true);
  });
  return bytes;
}

Deno.test("decodeFrames() reads TIFF whose channels are stored one after the other", async () => {
  // Reds of the first row, of the second, then greens, then blues.
  const red = [1, 2, 3, 4], green = [11, 12, 13, 14], blue = [21, 22, 23, 24];
  const pixels = red.flatMap((value, at) => [value, green[at], blue[at], 255]);
  const plain = Uint8Array.of(...red, ...green, ...blue);
  deepEqual([...(await decodePicture(planarTiff(plain, 2, { 258: 8, 259: 1 }))).rgba], pixels);
  const differences = plain.map((value, at) => at % 2 === 0 ? value : value - plain[at - 1]);
  deepEqual([...(await decodePicture(planarTiff(differences, 2, { 258: 8, 259: 1, 317: 2 }))).rgba], pixels);
  const deep = new Uint8Array(Uint16Array.from(plain, (value) => 1000 * value).buffer);
  const { rgba } = await decodePicture(planarTiff(deep, 4, { 258: 16, 259: 1 }));
  deepEqual([...rgba].slice(0, 4), [1000, 11_000, 21_000, 65_535]);
  await rejects(
    decodePicture(planarTiff(plain.subarray(0, 8), 2, { 258: 8, 259: 1 }).subarray(0, 60)),
    /TIFF/,
  );
});

Deno.test("decodeFrames() names BigTIFF files, which it does not read", async () => {
  const big = Uint8Array.of(0x49, 0x49, 43, 0, 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  await rejects(
    decodePicture(big),
    /must be a TIFF picture of at most 4 GB, got a BigTIFF file \(convert or/,
  );
});

Deno.test("decodeFrames() reports unsupported and truncated TIFF files", async () => {
  const strip = Uint8Array.from(PIXELS);
  await rejects(
    decodePicture(tiffOf({ ...GREY_3X2, 259: 7 }, strip)),
    /must be a grey, palette or RGB TIFF picture of 1, 8, 16 or 32 bits or floats, got .*"compression":7/,
  );
  await rejects(decodePicture(tiffOf({ ...GREY_3X2, 259: 1 }, strip.subarray(0, 4))), /cut off/);
});

Deno.test("decodePicture() reads JPEG pictures of any number of pixels", async () => {
  // 35 / 1e6 * 1e6 is less than 35.
  for (let width = 1; width <= 40; width++) {
    const picture = { height: 7, width, channels: 1, pixels: new Uint8Array(7 * width).fill(99) };
    const { rgba } = await decodePicture(await encodePicture("a.jpg", picture));
    equal(rgba.length, 4 * 7 * width);
  }
});
