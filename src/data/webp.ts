// A WebP file: "RIFF", its size, "WEBP"; then chunks: four letters, a length, as many bytes and one more where that is odd.

/**
 * Reads WebP pictures, lossy, lossless, transparent and animated, by libwebp as WebAssembly (@jsquash/webp). It decodes single
 * pictures; the frames of an animation are taken out of the file and drawn over one another here.
 *
 * @module
 */
import { importPackage } from "../core/import_package.ts";
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { exifOrientation } from "./exif.ts";
import { packagePath } from "./package_files.ts";
import { damaged } from "./picture_error.ts";
import { checkExpansion } from "./picture_limits.ts";
import type { Raster } from "./raster.ts";

/** The same version as in imports.json; a test compares them. */
const PACKAGE = "npm:@jsquash/webp@1.5.0";

/** A lossless picture of one colour takes next to nothing per pixel: this many pixels a byte are read. */
const PIXELS_PER_BYTE = 4096;
/** Bytes of a file around its first chunk. */
const HEADER_BYTES = 12, CHUNK_BYTES = 8, FRAME_BYTES = 16;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const lettersOf = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
const int24 = (bytes: Uint8Array, at: number) => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);

/** Whether the bytes begin like a WebP file. */
export function isWebp(bytes: Uint8Array): boolean {
  return lettersOf(bytes, 0) === "RIFF" && lettersOf(bytes, 8) === "WEBP";
}

/** A chunk: its letters, its content, and all of its bytes. */
interface Chunk {
  readonly letters: string;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  for (let at = 0; at + CHUNK_BYTES <= bytes.length;) {
    const length = view.getUint32(at + 4, true), end = at + CHUNK_BYTES + length;
    if (end > bytes.length) throw damaged("WebP", "one that was cut off");
    const content = bytes.subarray(at + CHUNK_BYTES, end);
    at = end + (length & 1);
    yield {
      letters: lettersOf(bytes, end - length - CHUNK_BYTES),
      content,
      whole: bytes.subarray(end - length - CHUNK_BYTES, at),
    };
  }
}

const chunksOfFile = (bytes: Uint8Array) => chunksOf(bytes.subarray(HEADER_BYTES));

/** The size that a WebP picture states. */
export function webpSize(bytes: Uint8Array): PictureSize {
  for (const { letters, content } of chunksOfFile(bytes)) {
    if (letters === "VP8X" && content.length >= 10) {
      return { width: 1 + int24(content, 4), height: 1 + int24(content, 7) };
    }
    if (letters === "VP8 " && content.length >= 10) {
      const view = viewOf(content);
      return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
    }
    if (letters === "VP8L" && content.length >= 5) {
      const bits = viewOf(content).getUint32(1, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
    }
  }
  throw damaged("WebP", "one without a header");
}

/** The EXIF orientation of a WebP picture. */
export function webpOrientation(bytes: Uint8Array): number {
  for (const { letters, content } of chunksOfFile(bytes)) {
    if (letters === "EXIF") return exifOrientation(content);
  }
  return 1;
}

/** A frame of an animation: where it is drawn, how, and the chunks of its picture. */
interface WebpFrame extends PictureSize {
  readonly left: number;
  readonly top: number;
  /** Whether what is behind its transparent pixels stays. */
  readonly blends: boolean;
  /** Whether its place is cleared after it. */
  readonly isCleared: boolean;
  readonly data: Uint8Array;
}

function framesOf(bytes: Uint8Array): WebpFrame[] {
  return [...chunksOfFile(bytes)].flatMap(({ letters, content }) => {
    if (letters !== "ANMF") return [];
    if (content.length < FRAME_BYTES) throw damaged("WebP", "one with a frame that was cut off");
    return [{
      left: 2 * int24(content, 0),
      top: 2 * int24(content, 3),
      width: 1 + int24(content, 6),
      height: 1 + int24(content, 9),
      blends: (content[15] & 2) === 0,
      isCleared: (content[15] & 1) === 1,
      data: content.subarray(FRAME_BYTES),
    }];
  });
}

/** How many frames a WebP file has. */
export function webpFrames(bytes: Uint8Array): number {
  return Math.max(1, framesOf(bytes).length);
}

/** The picture of a frame as a file of its own. */
function fileOfFrame({ height, width, data }: WebpFrame): Uint8Array {
  const chunks = [...chunksOf(data)].filter(({ letters }) => /^(ALPH|VP8 |VP8L)$/.test(letters));
  const header = new Uint8Array(18), view = viewOf(header);
  header.set([0x56, 0x50, 0x38, 0x58, 10]);
  header[8] = 0x10;
  // Numbers of 24 bits; the byte above each is overwritten or 0.
  view.setUint32(12, width - 1, true);
  view.setUint16(15, (height - 1) & 0xffff, true);
  header[17] = (height - 1) >> 16;
  const parts = [header, ...chunks.map(({ whole }) => whole)];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const file = new Uint8Array(HEADER_BYTES + length);
  file.set([0x52, 0x49, 0x46, 0x46]);
  viewOf(file).setUint32(4, 4 + length, true);
  file.set([0x57, 0x45, 0x42, 0x50], 8);
  parts.reduce((at, part) => (file.set(part, at), at + part.length), HEADER_BYTES);
  return file;
}

/** What is used of the package, which has types only for its main module. */
interface Libwebp {
  decode(bytes: Uint8Array): { width: number; height: number; data: Uint8ClampedArray } | null;
}
type OpenLibwebp = (options: object) => Promise<Libwebp>;

let loading: Promise<Libwebp> | undefined;

async function load(): Promise<Libwebp> {
  const { default: open } = await importPackage<{ default: OpenLibwebp }>(`${PACKAGE}/codec/dec/webp_dec.js`);
  const module = await WebAssembly.compile(
    await Deno.readFile(packagePath(PACKAGE, "codec/dec/webp_dec.wasm")),
  );
  return open({
    noInitialRun: true,
    print() {},
    printErr() {},
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  });
}

async function decodeOne(bytes: Uint8Array): Promise<Raster<Uint8Array>> {
  const { decode } = await (loading ??= load());
  let image;
  try {
    image = decode(bytes);
  } catch (thrown) {
    // Its memory may be in any state.
    loading = undefined;
    throw thrown;
  }
  if (image === null) throw damaged("WebP", "one that does not decode");
  const { height, width, data } = image;
  return { height, width, rgba: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

/** Decodes the frames of a WebP picture, one after the other. Throws a PictureError, or an Error of the package. */
export async function* decodeWebp(bytes: Uint8Array): AsyncGenerator<Raster> {
  const size = webpSize(bytes), { height, width } = size, frames = framesOf(bytes);
  checkExpansion("WebP", size, pixelCount(size), bytes.length, PIXELS_PER_BYTE);
  if (frames.length === 0) {
    const raster = await decodeOne(bytes);
    if (raster.height !== height || raster.width !== width) throw damaged("WebP", "one of two sizes");
    return yield raster;
  }
  const canvas = new Uint8Array(4 * pixelCount(size));
  for (const frame of frames) {
    if (frame.left + frame.width > width || frame.top + frame.height > height) {
      throw damaged("WebP", "one whose frame reaches beyond its canvas");
    }
    const drawn = await decodeOne(fileOfFrame(frame));
    if (drawn.height !== frame.height || drawn.width !== frame.width) {
      throw damaged("WebP", "one with a frame of two sizes");
    }
    draw(canvas, width, frame, drawn.rgba);
    yield { height, width, rgba: canvas.slice() };
    if (frame.isCleared) draw(canvas, width, { ...frame, blends: false }, new Uint8Array(drawn.rgba.length));
  }
}

/** Draws a frame on the canvas: over it (`blends`), or in place of what was there. */
function draw(canvas: Uint8Array, across: number, frame: WebpFrame, rgba: Uint8Array): void {
  const { left, top, height, width, blends } = frame;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = 4 * (row * width + column), to = 4 * ((top + row) * across + left + column);
      const over = blends ? rgba[from + 3] / 255 : 1, under = (1 - over) * canvas[to + 3] / 255;
      if (!blends || over === 1) canvas.set(rgba.subarray(from, from + 4), to);
      else if (over + under > 0) {
        for (let channel = 0; channel < 3; channel++) {
          const mixed = over * rgba[from + channel] + under * canvas[to + channel];
          canvas[to + channel] = Math.round(mixed / (over + under));
        }
        canvas[to + 3] = Math.round(255 * (over + under));
      }
    }
  }
}
