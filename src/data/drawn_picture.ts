/**
 * What the sources that draw their pictures share: pictures are grey, as the source draws them, or in colour on a background.
 *
 * @module
 */
import { z } from "zod";
import type { SampleShape } from "../core/shape.ts";
import { backgroundOption } from "./contract.ts";
import { flatten, type Raster } from "./raster.ts";

/** How the pictures of a drawn source are coloured. */
export interface ColourOptions {
  /** Whether pictures have three values per pixel (red, green, blue) instead of one. @default {false} */
  color?: boolean;
  /** The colour behind colour pictures: `"white"`, `"black"` or `"#ff8000"`. Grey pictures are on black. @default {"white"} */
  background?: string;
}

/** The fields of {@link ColourOptions} in a schema. Without defaults, so that specs of grey pictures stay as they are. */
export const colourFields: {
  color: z.ZodOptional<z.ZodBoolean>;
  background: z.ZodOptional<typeof backgroundOption>;
} = { color: z.boolean().optional(), background: backgroundOption.optional() };

/** A background without colour would change nothing. */
export function checkColour({ color, background }: ColourOptions, context: z.RefinementCtx): void {
  if (color || background === undefined) return;
  const message = `needs color: true, got "${background}" (grey pictures are on black)`;
  context.addIssue({ code: "custom", path: ["background"], message });
}

/** The shape of square pictures of `size` pixels. */
export function drawnShape({ size, color = false }: { size: number } & ColourOptions): SampleShape {
  return [size, size, color ? 3 : 1];
}

/** The bytes of an opaque picture, with one or three channels. */
export function pixelsOf(raster: Raster<Uint8Array>, channels: number): Uint8Array {
  return flatten(raster, channels, [1, 1, 1]).pixels as Uint8Array;
}
