// x = a value in the units of the data, y = the value that a model sees, d = a feature (a value's position in its sample).

/**
 * How the values of data become what a model sees, and back: `y_d = (x_d - shift_d) / divisor_d`.
 *
 * Numbers are chosen (fitted) in `data/scale.ts`. Here they are plain data, which is recorded with a model.
 *
 * @module
 */
import { z } from "zod";

/** How to choose a scale; see `bytes`, `range`, `minMax` and `standardize`. */
export type ScaleSpec =
  | { readonly kind: "bytes" }
  | { readonly kind: "range"; readonly min: number; readonly max: number }
  | { readonly kind: "minMax" | "standardize"; readonly per: "feature" | "all" };

/** A scale with its numbers: `y = (x - shift) / divisor`. */
export interface Scale {
  /** How its numbers were chosen. */
  readonly spec: ScaleSpec;
  /** What is subtracted, in the units of the data: one number for all features, or one for each. */
  readonly shift: readonly number[];
  /** What the difference is divided by, in the units of the data; as many numbers as {@link shift} has. */
  readonly divisor: readonly number[];
  /** The value that is drawn as black, and the one that is drawn as white, in the units of the data. */
  readonly drawn: readonly [black: number, white: number];
}

const per = z.enum(["feature", "all"]);

/** The schema of a spec. */
export const ScaleSetting: z.ZodType<ScaleSpec> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("bytes") }),
  z.strictObject({ kind: z.literal("range"), min: z.number(), max: z.number() }).refine(
    ({ min, max }) => min < max,
    { path: ["max"], error: "must be above min" },
  ),
  z.strictObject({ kind: z.enum(["minMax", "standardize"]), per: per.default("feature") }),
]);

/** The schema of a scale as a model's file records it. */
export const ScaleRecord: z.ZodType<Scale> = z.strictObject({
  spec: ScaleSetting,
  shift: z.array(z.number()).min(1),
  divisor: z.array(z.number().refine((number) => number !== 0, { error: "must not be 0" })).min(1),
  drawn: z.tuple([z.number(), z.number()]),
}).refine(({ shift, divisor }) => shift.length === divisor.length, {
  path: ["divisor"],
  error: "must have as many numbers as shift",
});

/** The scale of bytes, `x / 255`: pixels of 8 bits become shares of white. */
export const BYTES_SCALE: Scale = { spec: { kind: "bytes" }, shift: [0], divisor: [255], drawn: [0, 255] };

/** The scale of floats that a model sees as they are. */
export const PLAIN_SCALE: Scale = {
  spec: { kind: "range", min: 0, max: 1 },
  shift: [0],
  divisor: [1],
  drawn: [0, 1],
};

/** What a model sees of raw values of whole samples, in double precision. */
export function scaled({ shift, divisor }: Scale, raw: ArrayLike<number>): Float64Array {
  const features = shift.length;
  return Float64Array.from(raw, (x, at) => (x - shift[at % features]) / divisor[at % features]);
}

/** The values in the units of the data of what a model sees or makes, whole samples; undoes {@link scaled}. */
export function unscaled({ shift, divisor }: Scale, values: ArrayLike<number>): Float64Array {
  const features = shift.length;
  return Float64Array.from(values, (y, at) => y * divisor[at % features] + shift[at % features]);
}

/** Whether what a model makes is brightness as it is: the scale maps black to 0 and white to 1, as that of bytes does. */
export function isBrightness({ shift, divisor, drawn: [black, white] }: Scale): boolean {
  return shift.length === 1 && shift[0] === black && divisor[0] === white - black;
}

/** The brightness of each value that a model sees or makes, from 0 (black) to 1 (white), as far as it lies between both. */
export function brightness(scale: Scale, values: ArrayLike<number>): ArrayLike<number> {
  return isBrightness(scale) ? values : rawBrightness(scale, unscaled(scale, values));
}

/** The brightness of each value in the units of the data, from 0 (black) to 1 (white). */
export function rawBrightness({ drawn: [black, white] }: Scale, raw: ArrayLike<number>): Float64Array {
  const span = white === black ? 1 : white - black;
  return Float64Array.from(raw, (x) => (x - black) / span);
}
