/**
 * The glyphs: 32 characters of 7x5 pixels, codes 0x60 to 0x7f, for models to memorise.
 *
 * @module
 */
import { z } from "zod";
import font from "../../data/glyphs.json" with { type: "json" };
import type { Source } from "./contract.ts";
import { greyShape, sampleSize } from "../core/shape.ts";
import { type Dataset, datasetText, type Split } from "./dataset.ts";

const schema = z.strictObject({ source: z.literal("glyphs") });

/** The glyphs as a pipeline file writes them, by {@link glyphs}. */
export type GlyphsInput = { source: "glyphs" };

/** The 32 glyphs of `data/glyphs.json`; the test split is the train split itself, as the task is to memorise them. */
export function glyphs(): GlyphsInput {
  return { source: "glyphs" };
}

const SHAPE = greyShape(font);

/** A control character (0x7f, delete) has no picture in a caption, so it is shown by its name. */
const SPELT_OUT: Readonly<Record<number, string>> = { 0x7f: "DEL" };

/** The glyphs as a dataset: one class each, named by its character. */
export function glyphDataset(): Dataset {
  const { width, glyphs } = font;
  const values = new Uint8Array(glyphs.length * sampleSize(SHAPE));
  let position = 0;
  for (const { rows } of glyphs) {
    for (const row of rows) {
      // The most significant of the five bits is the leftmost pixel.
      for (let bit = width - 1; bit >= 0; bit--) values[position++] = (row >> bit) & 1 ? 255 : 0;
    }
  }
  const names = glyphs.map(({ code, char }) => SPELT_OUT[code] ?? char);
  const split: Split = { count: glyphs.length, values, labels: Uint16Array.from(glyphs.keys()), names };
  return { name: "glyphs", shape: SHAPE, labelNames: names, train: split, test: split };
}

/** The source `glyphs`. */
export const glyphsSource: Source<typeof schema> = {
  kind: "glyphs",
  schema,
  describe: () => `glyphs: ${datasetText(glyphDataset())}`,
  shape: () => SHAPE,
  trainSamples: () => glyphDataset().train.count,
  classes: () => glyphDataset().labelNames,
  open: () => Promise.resolve(glyphDataset()),
};
