/** The shape of one sample, and how many values it has. @module */

/** The dimensions of one sample, without the batch: `[features]` of a vector, `[height, width, channels]` of an image. */
export type SampleShape = readonly number[];

/** How many values a sample has. */
export function sampleSize(shape: SampleShape): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** Whether two samples have the same shape. */
export function isSameShape(a: SampleShape, b: SampleShape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** A shape as text: `28x28` for a grey image, `28x28x3` for a colour image, `30` for a vector. */
export function sampleShapeText(shape: SampleShape): string {
  const isGrey = shape.length === 3 && shape[2] === 1;
  return (isGrey ? shape.slice(0, 2) : shape).join("x");
}
