/**
 * Writes PNG (W3C, third edition): by indices when the picture has at most 256 colours, else in full colour.
 *
 * Own code, as the encoder of imagescript comes with a native library that has to be loaded with `--allow-ffi`; these pictures need
 * no more than this.
 *
 * @module
 */
import { crc32, deflateSync } from "node:zlib";
import { indexExactly } from "./palette.ts";
import type { Picture } from "./picture.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const TRUE_COLOUR_WITH_OPACITY = 6, INDEXED = 3;

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** The rows of a picture, each after a byte that says that it is stored as it is. */
function unfiltered(rows: Uint8Array, rowBytes: number): Uint8Array {
  const height = rows.length / rowBytes;
  const bytes = new Uint8Array(height * (rowBytes + 1));
  for (let row = 0; row < height; row++) {
    bytes.set(rows.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
  }
  return bytes;
}

const isOpaque = ({ rgba }: Picture) => rgba.every((value, at) => (at & 3) !== 3 || value === 255);

/** The bytes of a PNG file with the picture, pixel for pixel. */
export function encodePng(picture: Picture): Uint8Array<ArrayBuffer> {
  const { width, height, rgba } = picture;
  const indexed = isOpaque(picture) ? indexExactly([picture]) : undefined;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, indexed === undefined ? TRUE_COLOUR_WITH_OPACITY : INDEXED], 8);
  const colours = indexed?.colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]);
  const rows = indexed === undefined ? unfiltered(rgba, 4 * width) : unfiltered(indexed.frames[0], width);
  const parts = [
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", header),
    ...(colours === undefined ? [] : [chunk("PLTE", Uint8Array.from(colours))]),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
