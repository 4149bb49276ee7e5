/**
 * Writes animated GIF (CompuServe, "Graphics Interchange Format", version 89a) by gifenc, with one palette for all frames.
 *
 * The palette is computed here, as the quantizer of gifenc (255 colours at most) does not keep 256 greys exact.
 *
 * @module
 */
import gifenc from "gifenc";
import { indexColours } from "./palette.ts";
import { channelsOf } from "./quantize.ts";
import type { Picture } from "./picture.ts";

/** The part of gifenc that is used; the package has no types. */
interface Gifenc {
  GIFEncoder(): {
    writeFrame(
      indices: Uint8Array,
      width: number,
      height: number,
      options: { palette?: number[][]; delay: number; repeat: number; colorDepth: number; dispose: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  };
}

/** Options of an animation. */
export interface GifOptions {
  /** Duration of each frame in milliseconds (rounded to 10): one for all, or one per frame. @default {100} */
  delayMs?: number | readonly number[];
  /** Whether it loops forever; otherwise it plays once. @default {true} */
  loop?: boolean;
}

const FOREVER = 0, ONCE = -1, LEAVE_IN_PLACE = 1;

function check(frames: readonly Picture[], delays: readonly number[]): void {
  const wrong = frames.find(({ width, height }) => width !== frames[0].width || height !== frames[0].height);
  if (frames.length === 0 || wrong !== undefined || delays.length !== frames.length) {
    throw new RangeError(
      `frames of a GIF must have one size, with a delay each, got ` +
        `[${frames.map(({ width, height }) => `${width}x${height}`)}] with ${delays.length} delays`,
    );
  }
}

/** The bytes of a GIF file that plays the frames, all of which must have one size. */
export function encodeGif(
  frames: readonly Picture[],
  { delayMs = 100, loop = true }: GifOptions = {},
): Uint8Array<ArrayBuffer> {
  const delays = typeof delayMs === "number" ? frames.map(() => delayMs) : delayMs;
  check(frames, delays);
  const { width, height } = frames[0];
  const { colours, frames: indexed } = indexColours(frames);
  const encoder = (gifenc as Gifenc).GIFEncoder();
  indexed.forEach((indices, frame) =>
    encoder.writeFrame(indices, width, height, {
      // The first frame's palette is that of the file.
      palette: frame === 0 ? colours.map(channelsOf) : undefined,
      delay: delays[frame],
      repeat: loop ? FOREVER : ONCE,
      colorDepth: Math.max(2, Math.ceil(Math.log2(colours.length))),
      dispose: LEAVE_IN_PLACE,
    })
  );
  encoder.finish();
  return encoder.bytes();
}
