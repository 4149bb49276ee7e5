/**
 * The options of the source `images`, checked.
 *
 * @module
 */
import { z } from "zod";
import { backgroundOption, limitOption, testShareOption } from "./contract.ts";
import { MAX_PIXELS } from "./picture_limits.ts";

const side = z.int().min(1).max(4096).optional();

/** The schema of the spec of `images`. */
export const imagesSchema = z.strictObject({
  source: z.literal("images"),
  folder: z.string().min(1),
  height: side,
  width: side,
  channels: z.union([z.literal(1), z.literal(3)]).default(1),
  fit: z.enum(["stretch", "contain", "cover"]).default("stretch"),
  background: backgroundOption.default("white"),
  range: z.union([
    z.enum(["file", "set"]),
    z.tuple([z.number(), z.number()]).refine(([min, max]) => min < max, {
      error: "must be two numbers, the smaller one first",
    }),
  ]).optional(),
  frames: z.enum(["first", "all"]).default("first"),
  onBroken: z.enum(["fail", "skip"]).default("fail"),
  split: z.string().min(1).default("auto"),
  depth: z.int().min(0).optional(),
  testShare: testShareOption.default(0.1),
  limit: limitOption,
  maxPixels: z.int().min(1).default(MAX_PIXELS),
}).refine(({ height, width }) => (height === undefined) === (width === undefined), {
  path: ["height"],
  error: "'height' and 'width' belong together: give both or neither",
}).refine(({ fit, height }) => fit === "stretch" || height !== undefined, {
  path: ["fit"],
  error: "'fit' needs 'height' and 'width': images of one size are not scaled",
});

/** The spec of `images` with its defaults. */
export type ImagesSpec = z.output<typeof imagesSchema>;
