/** The shape of one sample, and how many values it has. @module */

/** The dimensions of one sample, without the batch: `[features]` of a vector, `[height, width, channels]` of a picture. */
export type SampleShape = readonly number[];

/** How many values a sample has. */
export function sampleSize(shape: SampleShape): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** Whether two samples have the same shape. */
export function isSameShape(a: SampleShape, b: SampleShape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** A shape as text: `28x28` for a grey picture, `28x28x3` for a colour picture, `30` for a vector. */
export function sampleShapeText(shape: SampleShape): string {
  const isGrey = shape.length === 3 && shape[2] === 1;
  return (isGrey ? shape.slice(0, 2) : shape).join("x");
}

/** The height and width of a picture, in pixels. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

/** How many pixels a picture has. */
export function pixelCount({ height, width }: PictureSize): number {
  return sampleSize([height, width]);
}

/** The shape of a grey picture. */
export function greyShape({ height, width }: PictureSize): SampleShape {
  return [height, width, 1];
}

/** Whether a shape is that of a picture: it has a height, a width and channels. */
export function isPicture(shape: SampleShape): boolean {
  return shape.length === 3;
}

/** The size of a picture, and how many values its pixels have. */
export interface PictureShape extends PictureSize {
  /** 1 (grey) or 3 (red, green, blue). @default {1} */
  readonly channels?: 1 | 3;
}

/** The shape in which a sample is drawn: a picture as it is, a vector as one row of pixels. Grey ones leave `channels` out. */
export function pictureShape(shape: SampleShape): PictureShape {
  if (!isPicture(shape)) return { height: 1, width: sampleSize(shape) };
  const [height, width, channels] = shape;
  return channels === 3 ? { height, width, channels } : { height, width };
}

/** How many values a picture has: its pixels times its channels. */
export function valueCount({ height, width, channels = 1 }: PictureShape): number {
  return sampleSize([height, width, channels]);
}

/** What samples of a shape and their values are called in texts. */
export interface SampleNouns {
  readonly sample: "image" | "sample";
  /** A sample, where "sample" would mean a draw as well. */
  readonly one: "image" | "vector";
  readonly samples: "images" | "samples";
  readonly value: "pixel" | "feature";
  readonly values: "pixels" | "features";
}

const PICTURE_NOUNS: SampleNouns = {
  sample: "image",
  one: "image",
  samples: "images",
  value: "pixel",
  values: "pixels",
};
const VECTOR_NOUNS: SampleNouns = {
  sample: "sample",
  one: "vector",
  samples: "samples",
  value: "feature",
  values: "features",
};

/** Pictures are images of pixels, all else are samples of features. */
export function nounsOf(shape: SampleShape): SampleNouns {
  return isPicture(shape) ? PICTURE_NOUNS : VECTOR_NOUNS;
}

/** How much each colour adds to the luminance (ITU-R BT.601). */
const RED = 0.299, GREEN = 0.587, BLUE = 0.114;

/** The luminance of each pixel of colour pictures; the values themselves where there is one per pixel. */
export function luminance<Values extends ArrayLike<number>>(
  { channels = 1 }: PictureShape,
  values: Values,
): Values | Float32Array {
  if (channels !== 3) return values;
  return Float32Array.from(
    { length: values.length / 3 },
    (_, pixel) => RED * values[3 * pixel] + GREEN * values[3 * pixel + 1] + BLUE * values[3 * pixel + 2],
  );
}

/** How a value is stored: `bytes` has 8 bits without a sign, `floats` are of single precision. */
export type ValueKind = "bytes" | "floats";

/** Values of samples, one sample after the other. */
export type SampleValues = Uint8Array | Float32Array;

/** Which kind of values an array has. */
export function kindOf(values: SampleValues): ValueKind {
  return values instanceof Uint8Array ? "bytes" : "floats";
}

/** The bytes of one value. */
export function bytesOfKind(kind: ValueKind): number {
  return kind === "bytes" ? Uint8Array.BYTES_PER_ELEMENT : Float32Array.BYTES_PER_ELEMENT;
}

/** A new array of values, all 0. */
export function newValues(kind: ValueKind, length: number): SampleValues {
  return kind === "bytes" ? new Uint8Array(length) : new Float32Array(length);
}

/** Values as the bytes of their memory. */
export function asBytes(values: SampleValues): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
