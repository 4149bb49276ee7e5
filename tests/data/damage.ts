/** Sound files, and how they are damaged. @module */
import { Buffer } from "node:buffer";
import { crc32, deflateSync, gzipSync } from "node:zlib";
import jpeg from "jpeg-js";
import { formatIdx } from "../../src/data/idx_format.ts";
import { encodeGif, encodePng } from "../../src/export/pictures.ts";
import { tiffOf } from "./pictures.ts";

/** Numbers that look random, the same for the same seed (an xorshift of 32 bits). */
export function random(seed: number) {
  let state = seed * 2654435761 >>> 0 || 1;
  const word = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return { byte: () => word() & 255, below: (end: number) => word() % end };
}

const SIDE = 24;

/** A valid file of each format that `images()` reads. */
export function validPictures(): Record<string, Uint8Array> {
  const { byte } = random(7);
  const rgba = Uint8Array.from(
    { length: 4 * SIDE * SIDE },
    (_, at) => at % 4 === 3 ? 255 : at % 3 ? byte() : 9,
  );
  const picture = { width: SIDE, height: SIDE, rgba };
  const greys = rgba.subarray(0, SIDE * SIDE);
  const tags = { 256: SIDE, 257: SIDE, 258: 8, 262: 1, 277: 1, 278: SIDE };
  const text = (content: string) => new TextEncoder().encode(content);
  return {
    png: encodePng(picture),
    jpeg: Uint8Array.from(jpeg.encode({ width: SIDE, height: SIDE, data: rgba }, 80).data),
    gif: encodeGif([picture, picture]),
    tiff: tiffOf({ ...tags, 259: 1 }, greys),
    deflated: tiffOf({ ...tags, 259: 8 }, deflateSync(greys)),
    differences: tiffOf({ ...tags, 259: 8, 317: 2 }, deflateSync(greys)),
    runs: tiffOf({ ...tags, 259: 32773 }, Uint8Array.from({ length: 800 }, (_, at) => at % 9 ? byte() : 250)),
    tiles: tiffOf({ ...tags, 259: 1, 322: 32, 323: 32 }, new Uint8Array(1024)),
    pgm: Uint8Array.from([...text(`P5 ${SIDE} ${SIDE} 255\n`), ...greys]),
    ...fixtures([
      "lossless.webp",
      "lossy-transparent.webp",
      "animated.webp",
      "colour.bmp",
      "palette.bmp",
      "deep.png",
      "pages.tif",
      "deep-differences.tif",
      "floats-differences.tif",
      "turned-6.jpg",
      "disposal-3.gif",
    ]),
    ppm: text(`P3 # colours\n${SIDE} ${SIDE} 65535\n${[...rgba, ...rgba].join(" ")}`),
  };
}

/** Files of `tests/fixtures/pictures` by their names. */
function fixtures(names: readonly string[]): Record<string, Uint8Array> {
  const read = (name: string) => Deno.readFileSync(new URL(`../fixtures/pictures/${name}`, import.meta.url));
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

/** A copy of a file with a number of 32 bits (little-endian) changed. */
function withNumber(bytes: Uint8Array, at: number, number: number): Uint8Array {
  const changed = bytes.slice();
  new DataView(changed.buffer).setUint32(at, number, true);
  return changed;
}

/** A WebP whose canvas states another size: two numbers of 24 bits, each one less than the side. */
function giantWebp(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice(), side = GIANT - 1;
  changed.set([side & 255, side >> 8, 0, side & 255, side >> 8, 0], 24);
  return changed;
}

/** A TIFF whose first page says that it is also the next one. */
function circularTiff(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer), start = view.getUint32(4, true);
  return withNumber(bytes, start + 2 + 12 * view.getUint16(start, true), start);
}

/** Sound IDX files of images. */
export function validIdx(): Record<string, Uint8Array> {
  const plain = formatIdx({
    sizes: [40, 5, 4],
    values: Uint8Array.from({ length: 800 }, (_, at) => at & 255),
  });
  return { plain, gzipped: gzipSync(plain) };
}

/** A copy with one to four faults: bytes changed, set to extremes, removed, doubled, or the end cut off. */
export function damage(bytes: Uint8Array, seed: number): Uint8Array {
  const { byte, below } = random(seed);
  let damagedBytes = Uint8Array.from(bytes);
  for (let fault = below(4); fault >= 0; fault--) {
    const length = damagedBytes.length, at = below(2) === 0 ? below(Math.min(length, 64)) : below(length);
    const kind = below(8);
    if (kind < 3) damagedBytes[at] = byte();
    else if (kind < 5) damagedBytes.fill(kind === 3 ? 255 : 0, at, at + 1 + below(4));
    else {
      const end = at + 1 + below(kind === 7 ? length : 40), head = damagedBytes.subarray(0, at);
      const tail = kind === 5
        ? damagedBytes.subarray(at - Math.min(at, end - at))
        : damagedBytes.subarray(end);
      damagedBytes = Uint8Array.from([...head, ...tail]);
    }
  }
  return damagedBytes;
}

const GIANT = 60_000;

/** A grey PNG of the given chunks behind its header. */
export function pngOf(
  header: { width: number; height: number; isInterlaced?: boolean },
  chunks: readonly [name: string, data: Uint8Array][],
): Uint8Array {
  const start = new Uint8Array(13), view = new DataView(start.buffer);
  view.setUint32(0, header.width);
  view.setUint32(4, header.height);
  start.set([8, 0, 0, 0, header.isInterlaced ? 1 : 0], 8);
  const all: readonly [string, Uint8Array][] = [["IHDR", start], ...chunks, ["IEND", new Uint8Array()]];
  const parts = all.map(([name, data]) => {
    const chunk = new Uint8Array(12 + data.length), words = new DataView(chunk.buffer);
    words.setUint32(0, data.length);
    chunk.set(new TextEncoder().encode(name), 4);
    chunk.set(data, 8);
    words.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
    return chunk;
  });
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
  return Uint8Array.from(Buffer.concat([signature, ...parts]));
}

/** A JPEG whose frame states another size. */
function resizedJpeg(jpegBytes: Uint8Array, side: number): Uint8Array {
  const bytes = Uint8Array.from(jpegBytes);
  const frame = bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xc0);
  new DataView(bytes.buffer).setUint16(frame + 5, side);
  new DataView(bytes.buffer).setUint16(frame + 7, side);
  return bytes;
}

/** A TIFF of as many directory entries as there can be, each as large as the file. */
function endlessTiff(): Uint8Array {
  const bytes = new Uint8Array(8 + 2 + 12 * 65535 + 4), view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, 255, 255]);
  const tags = [256, 257, 258, 259, 262, 273, 277, 278, 279, 320];
  for (let entry = 0; entry < 65535; entry++) {
    const at = 10 + 12 * entry;
    view.setUint16(at, tags[entry % tags.length], true);
    view.setUint16(at + 2, 1, true);
    view.setUint32(at + 4, bytes.length - 8, true);
    view.setUint32(at + 8, 8, true);
  }
  return bytes;
}

/** Small files that demand much memory or time, with the expected result of decoding, by name. */
export function bombs(): Record<string, { bytes: Uint8Array; says: RegExp | "pixels" }> {
  const { png, jpeg, gif, pgm, tiff, "animated.webp": webp, "colour.bmp": bmp } = validPictures(),
    zeros = deflateSync(new Uint8Array(2e8));
  const side = 10_000, tags = { 256: side, 257: side, 258: 8, 262: 1, 277: 1, 278: side };
  const text = (content: string) => new TextEncoder().encode(content);
  const tooMany =
    /must have at most 120,000,000 pixels \(maxPixels\), got 60,000 x 60,000 \(.*load.source.maxPixels/;
  const cannotHold = /got 10,000 x 10,000 pixels, which [\d,]+ bytes cannot hold/;
  const sized = (sideOf: number) => {
    const bytes = gif.slice(), view = new DataView(bytes.buffer);
    view.setUint16(6, sideOf, true);
    view.setUint16(8, sideOf, true);
    return bytes;
  };
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0];
  const scans = [...jpeg.slice(0, -2), ...Array(200).fill(scan).flat(), 0xff, 0xd9];
  const pixels = pngOf({ width: 4, height: 4 }, [["IDAT", deflateSync(new Uint8Array(20))]]);
  const notes: [string, Uint8Array][] = ["zTXt", "iCCP"].map((
    name,
  ) => [name, Uint8Array.from([65, 0, 0, ...zeros])]);
  const giant = { width: GIANT, height: GIANT }, large = { width: side, height: side };
  return {
    "a giant PNG": { bytes: pngOf(giant, [["IDAT", zeros]]), says: tooMany },
    "a giant JPEG": { bytes: resizedJpeg(jpeg, GIANT), says: tooMany },
    "a giant GIF": { bytes: sized(GIANT), says: tooMany },
    "a giant TIFF": { bytes: tiffOf({ ...tags, 256: GIANT, 257: GIANT, 259: 8 }, zeros), says: tooMany },
    "a giant WebP": { bytes: giantWebp(webp), says: tooMany },
    "a giant BMP": { bytes: withNumber(withNumber(bmp, 18, GIANT), 22, GIANT), says: tooMany },
    "a large BMP of few bytes": { bytes: withNumber(withNumber(bmp, 18, side), 22, side), says: cannotHold },
    "a TIFF whose pages lead around in a circle": {
      bytes: circularTiff(tiff),
      says: /lead around in a circle/,
    },
    "a giant PGM": { bytes: text(`P5 ${GIANT} ${GIANT} 255\n`), says: tooMany },
    "a large PNG of few bytes": { bytes: pngOf(large, [["IDAT", png.slice(50, 90)]]), says: cannotHold },
    "a large JPEG of few bytes": { bytes: resizedJpeg(jpeg, side), says: cannotHold },
    "a large GIF of few bytes": { bytes: sized(side), says: cannotHold },
    "a large TIFF of few bytes": { bytes: tiffOf({ ...tags, 259: 5 }, pgm), says: cannotHold },
    "a large PGM of few bytes": {
      bytes: text(`P2 ${side} ${side} 255 1 2 3`),
      says: /got \d+ bytes of pixels where/,
    },
    "a PNG that unpacks to more": {
      bytes: pngOf({ width: 4, height: 4 }, [["IDAT", zeros]]),
      says: /must be a valid PNG picture, got a damaged one/,
    },
    "an interlaced PNG that unpacks to more": {
      bytes: pngOf({ width: 4, height: 4, isInterlaced: true }, [["IDAT", zeros]]),
      says: /must be a valid PNG picture, got a damaged one/,
    },
    "a PNG with packed notes": {
      bytes: pngOf({ width: 4, height: 4 }, [...notes, ["IDAT", deflateSync(new Uint8Array(20))]]),
      says: "pixels",
    },
    "a TIFF that unpacks to more": {
      bytes: tiffOf({ ...tags, 256: 4, 257: 4, 278: 4, 259: 8 }, zeros),
      says: /must be a valid TIFF picture, got a damaged one/,
    },
    "a TIFF of endless directories": { bytes: endlessTiff(), says: /must be .* TIFF picture/ },
    "a TIFF in giant tiles": {
      bytes: tiffOf({ ...tags, 256: 4, 257: 4, 259: 8, 322: 2 ** 31, 323: 2 ** 31 }, pixels),
      says: /must be a valid TIFF picture/,
    },
    "a JPEG of endless scans": {
      bytes: Uint8Array.from(scans),
      says: /got one of 201 scans, where at most 100 are read/,
    },
  };
}
