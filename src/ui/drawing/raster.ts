// A picture is an array of bytes (255 is on), one or three per pixel. A raster is the picture at its drawn size: one shade per half cell.

/**
 * Small pictures in a terminal: half blocks in grey or colour, or a ramp of characters (by luminance) where there are no colours.
 *
 * @module
 */
import { luminance, type PictureShape, valueCount } from "../../core/shape.ts";
import { type ColorLevel, halfBlocks, type Shade } from "../terminal/theme.ts";
import type { PreviewView } from "../../run/fold/view.ts";

/** From dark to light. */
const RAMP = " .:-=+*#%@";
/** Without colours: pixels that are on but should be off, and the reverse. */
const MARKS = { extra: "X", missing: "o" } as const;

/** One item of a preview. */
export type PreviewItem = PreviewView["items"][number];
/** Its pictures. */
export interface Pictures {
  readonly target: Uint8Array;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** Of a grey picture: pixels where output and target are on different sides of 0.5. */
  readonly wrong?: number;
  /** The mean squared error of output to target over all values from 0 to 1. */
  readonly mse: number;
  /** Whether the input differs from the target. */
  readonly corrupted: boolean;
}

const decoded = new WeakMap<PreviewItem, Pictures>();

/** The pictures of an item, decoded once. Missing bytes are black. */
export function picturesOf(item: PreviewItem, shape: PictureShape): Pictures {
  let pictures = decoded.get(item);
  if (pictures === undefined) {
    const size = valueCount(shape);
    const [target, input, output] = [item.target, item.input, item.output].map((text) => bytesOf(text, size));
    const wrong = shape.channels === 3
      ? undefined
      : target.reduce((sum, pixel, index) => sum + Number(isOn(pixel) !== isOn(output[index])), 0);
    const squares = target.reduce((sum, byte, index) => sum + ((byte - output[index]) / 255) ** 2, 0);
    const corrupted = input.some((pixel, index) => pixel !== target[index]);
    pictures = { target, input, output, wrong, mse: squares / size, corrupted };
    decoded.set(item, pictures);
  }
  return pictures;
}

function bytesOf(base64: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  try {
    bytes.set(Uint8Array.fromBase64(base64).subarray(0, size));
  } catch {
    // A damaged event of an old file: shown as a black picture.
  }
  return bytes;
}

const isOn = (pixel: number) => pixel >= 128;

/** Pixels after scaling: `scale` is a whole number, or one over a whole number. */
export function scaledSize(pixels: number, scale: number): number {
  return Math.ceil(pixels * scale - 1e-9);
}

/** How a picture is drawn. */
export interface RasterOptions extends PictureShape {
  /** 2 draws each pixel as 2x2, 1/2 draws the mean of 2x2 pixels as one. */
  readonly scale: number;
  readonly level: ColorLevel;
}

/**
 * The picture as lines of text. With a target, wrong pixels of a grey picture are marked (of pixels drawn as one, if at least half are
 * wrong).
 */
export function pictureLines(
  picture: Uint8Array,
  target: Uint8Array | null,
  options: RasterOptions,
): string[] {
  const { height, width, scale, level } = options;
  const shade = options.channels !== 3
    ? greyShader(picture, target, options)
    : level === 0
    ? greyShader(luminance(options, picture), null, options)
    : colourShader(picture, options);
  const rows = scaledSize(height, scale), columns = scaledSize(width, scale);
  const raster = Array.from(
    { length: rows },
    (_, row) => Array.from({ length: columns }, (_, column) => shade(row, column)),
  );
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 2) {
    lines.push(
      level === 0 ? rampLine(raster[row], raster[row + 1]) : halfBlocks(level, raster[row], raster[row + 1]),
    );
  }
  return lines;
}

/** The shade of a raster's pixel. */
type Shader = (row: number, column: number) => Shade;

/** The positions of the picture's pixels that a raster's pixel shows. */
function pixelsUnder({ height, width, scale }: RasterOptions): (row: number, column: number) => number[] {
  const block = Math.round(Math.max(1, 1 / scale)), repeat = Math.max(1, scale);
  return (row, column) => {
    const top = block * Math.floor(row / repeat), left = block * Math.floor(column / repeat);
    const positions: number[] = [];
    for (let y = top; y < Math.min(height, top + block); y++) {
      for (let x = left; x < Math.min(width, left + block); x++) positions.push(y * width + x);
    }
    return positions;
  };
}

/** The mean grey, or a mark where most pixels are wrong. */
function greyShader(
  picture: ArrayLike<number>,
  target: Uint8Array | null,
  options: RasterOptions,
): Shader {
  const under = pixelsUnder(options);
  return (row, column) => {
    const pixels = under(row, column);
    let sum = 0, extra = 0, missing = 0;
    for (const at of pixels) {
      const pixel = picture[at], wanted = target?.[at] ?? pixel;
      sum += pixel;
      if (isOn(pixel) && !isOn(wanted)) extra++;
      if (!isOn(pixel) && isOn(wanted)) missing++;
    }
    if (2 * (extra + missing) >= pixels.length) return extra >= missing ? "extra" : "missing";
    return sum / pixels.length;
  };
}

/** The mean colour. */
function colourShader(picture: Uint8Array, options: RasterOptions): Shader {
  const under = pixelsUnder(options);
  return (row, column) => {
    const pixels = under(row, column);
    const mean = (channel: number) =>
      pixels.reduce((sum, at) => sum + picture[3 * at + channel], 0) / pixels.length;
    return [mean(0), mean(1), mean(2)];
  };
}

function rampLine(above: readonly Shade[], below: readonly Shade[] | undefined): string {
  return above.map((upper, column) => {
    const lower = below?.[column] ?? upper;
    if (typeof upper === "string") return MARKS[upper];
    if (typeof lower === "string") return MARKS[lower];
    if (typeof upper === "object" || typeof lower === "object") return "";
    return RAMP[Math.min(RAMP.length - 1, Math.floor((upper + lower) / 2 / 256 * RAMP.length))];
  }).join("");
}
