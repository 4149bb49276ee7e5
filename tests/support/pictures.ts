/** Pictures for tests that must not need a download. @module */
import glyphs from "../../data/glyphs.json" with { type: "json" };
import { uniformNumbers } from "./numbers.ts";

/** The 32 glyphs as the data file has them, one byte a pixel: 7 rows of 5. */
export function glyphImages(): { bytes: Uint8Array; pixels: number } {
  const bytes = glyphs.glyphs.flatMap(({ rows }) =>
    rows.flatMap((row) => [16, 8, 4, 2, 1].map((bit) => (row & bit) === 0 ? 0 : 255))
  );
  return { bytes: Uint8Array.from(bytes), pixels: 35 };
}

const SIDE = 28;

/** Grey strokes of 28x28, shaped like digits are: a ring of random centre, radii and thickness on black. */
export function strokeImages(count: number): { bytes: Uint8Array; pixels: number } {
  const pixels = SIDE * SIDE, bytes = new Uint8Array(count * pixels);
  for (let image = 0; image < count; image++) {
    const [x, y, wide, high, thick] = uniformNumbers(5, 4000 + image);
    for (let at = 0; at < pixels; at++) {
      const right = (at % SIDE - 11 - 6 * x) / (3 + 6 * wide);
      const down = (Math.floor(at / SIDE) - 11 - 6 * y) / (3 + 6 * high);
      const distance = Math.abs(Math.hypot(right, down) - 1) / (0.25 + 0.2 * thick);
      bytes[image * pixels + at] = Math.round(255 * Math.min(1, Math.max(0, 1.5 - distance)));
    }
  }
  return { bytes, pixels };
}
