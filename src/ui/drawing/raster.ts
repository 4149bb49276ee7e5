// A picture is an array of bytes (255 is on). A raster is the picture at its drawn size: one shade per half cell.

/**
 * Small grey pictures in a terminal: half blocks with colours, a ramp of characters without.
 *
 * @module
 */
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
  /** Pixels where output and target are on different sides of 0.5. */
  readonly wrong: number;
  /** Whether the input differs from the target. */
  readonly corrupted: boolean;
}

const decoded = new WeakMap<PreviewItem, Pictures>();

/** The pictures of an item, decoded once. Missing bytes are black. */
export function picturesOf(item: PreviewItem, size: number): Pictures {
  let pictures = decoded.get(item);
  if (pictures === undefined) {
    const [target, input, output] = [item.target, item.input, item.output].map((text) => bytesOf(text, size));
    const wrong = target.reduce((sum, pixel, index) => sum + Number(isOn(pixel) !== isOn(output[index])), 0);
    const corrupted = input.some((pixel, index) => pixel !== target[index]);
    pictures = { target, input, output, wrong, corrupted };
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
export interface RasterOptions {
  readonly height: number;
  readonly width: number;
  /** 2 draws each pixel as 2x2, 1/2 draws the mean of 2x2 pixels as one. */
  readonly scale: number;
  readonly level: ColorLevel;
}

/** The picture as lines of text. With a target, wrong pixels are marked (of pixels drawn as one, if at least half are wrong). */
export function pictureLines(
  picture: Uint8Array,
  target: Uint8Array | null,
  { height, width, scale, level }: RasterOptions,
): string[] {
  const shade = shader(picture, target, height, width, scale);
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
function shader(
  picture: Uint8Array,
  target: Uint8Array | null,
  height: number,
  width: number,
  scale: number,
): (row: number, column: number) => Shade {
  const block = Math.round(Math.max(1, 1 / scale)), repeat = Math.max(1, scale);
  return (row, column) => {
    const top = block * Math.floor(row / repeat), left = block * Math.floor(column / repeat);
    let sum = 0, pixels = 0, extra = 0, missing = 0;
    for (let y = top; y < Math.min(height, top + block); y++) {
      for (let x = left; x < Math.min(width, left + block); x++) {
        const pixel = picture[y * width + x], wanted = target?.[y * width + x] ?? pixel;
        sum += pixel;
        pixels++;
        if (isOn(pixel) && !isOn(wanted)) extra++;
        if (!isOn(pixel) && isOn(wanted)) missing++;
      }
    }
    if (2 * (extra + missing) >= pixels) return extra >= missing ? "extra" : "missing";
    return sum / pixels;
  };
}

function rampLine(above: readonly Shade[], below: readonly Shade[] | undefined): string {
  return above.map((upper, column) => {
    const lower = below?.[column] ?? upper;
    if (typeof upper === "string") return MARKS[upper];
    if (typeof lower === "string") return MARKS[lower];
    return RAMP[Math.min(RAMP.length - 1, Math.floor((upper + lower) / 2 / 256 * RAMP.length))];
  }).join("");
}
