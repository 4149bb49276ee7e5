/**
 * The operations around a graph in a training step, as plain loops: gathering and noise. Tests compare the WebAssembly kernels with
 * these; draws must agree bit for bit, so they are rounded to single precision as in the kernels.
 *
 * @module
 */
import { type DrawKey, fillNormal, fillUniform } from "../core/random.ts";
import type { SampleValues } from "../core/shape.ts";
import type { Corruption, Floats, SampleOptions } from "./engine.ts";

const round = Math.fround;
const BYTE_TO_SHARE = round(1 / 255);

/**
 * Row r of `out` becomes sample `order[start + r] mod capacity` of `values`, in single precision: `(x - shift) / divisor` under a scale;
 * without one bytes become `x * (1 / 255)`, and floats stay as they are.
 */
export function gatherRows(
  out: Floats,
  values: SampleValues,
  { capacity, size, scale }: Pick<SampleOptions, "capacity" | "size" | "scale">,
  order: Uint32Array,
  start: number,
  rows: number,
): void {
  const factor = scale === undefined && values instanceof Uint8Array ? BYTE_TO_SHARE : 1;
  for (let row = 0; row < rows; row++) {
    const from = (order[start + row] % capacity) * size;
    for (let at = 0; at < size; at++) out[row * size + at] = round(values[from + at] * factor);
  }
  if (scale === undefined) return;
  const { shift, divisor } = scale, features = shift.length;
  for (let at = 0; at < rows * size; at++) {
    const feature = at % features;
    out[at] = round(round(out[at] - round(shift[feature])) / round(divisor[feature]));
  }
}

/** Fills the rows of a batch with standard normal numbers. */
export function drawNormalRows(
  out: Floats,
  columns: number,
  key: DrawKey,
  order: Uint32Array,
  start: number,
  rows: number,
): void {
  fillNormal(out, rows, columns, order.subarray(start, start + rows), key);
}

/** Copies `from` to `to` and corrupts the copy; see {@link Corruption} for the kinds. */
export function corruptRows(
  from: Floats,
  to: Floats,
  columns: number,
  corruption: Corruption,
  key: DrawKey,
  order: Uint32Array,
  start: number,
  rows: number,
): void {
  const samples = order.subarray(start, start + rows), shape = { rows, columns, samples, key };
  // The compiler does not know that a corruption goes with the entry of its own kind.
  const corrupted = CORRUPTED[corruption.kind](shape, corruption as never);
  for (let at = 0; at < rows * columns; at++) to[at] = corrupted(from[at], at);
}

/** The rows of a batch, and where their random numbers come from. */
interface DrawnRows {
  readonly rows: number;
  readonly columns: number;
  readonly samples: Uint32Array;
  readonly key: DrawKey;
}

/** Draws for a batch; returns what each pixel becomes, from its value and its place in the batch. */
const CORRUPTED: {
  readonly [Kind in Corruption["kind"]]: (
    shape: DrawnRows,
    corruption: Extract<Corruption, { kind: Kind }>,
  ) => (pixel: number, at: number) => number;
} = {
  gaussian({ rows, columns, samples, key }, { std: least, maximumStd }) {
    const draws = new Float32Array(rows * columns), level = new Float32Array(rows);
    fillNormal(draws, rows, columns, samples, key);
    fillUniform(level, rows, 1, samples, { ...key, stream: "noiseLevel" });
    const low = round(least), spread = round(Math.max(0, round(maximumStd) - low));
    return (pixel, at) => {
      const std = round(low + round(spread * level[Math.floor(at / columns)]));
      return round(pixel + round(draws[at] * std));
    };
  },
  saltAndPepper: (shape, { share }) => switched(shape, round(share / 2), round(1 - share / 2)),
  masking: (shape, { share }) => switched(shape, round(share), 2),
  flips(shape, { share }) {
    const draws = uniform(shape), limit = round(share);
    return (pixel, at) => draws[at] < limit ? round(1 - pixel) : pixel;
  },
  bernoulli(shape) {
    const draws = uniform(shape);
    return (pixel, at) => draws[at] < pixel ? 1 : 0;
  },
};

/** Pixels whose number is below `off` become 0, those from `on` become 1. */
function switched(shape: DrawnRows, off: number, on: number): (pixel: number, at: number) => number {
  const draws = uniform(shape);
  return (pixel, at) => draws[at] < off ? 0 : draws[at] >= on ? 1 : pixel;
}

function uniform({ rows, columns, samples, key }: DrawnRows): Float32Array {
  const draws = new Float32Array(rows * columns);
  fillUniform(draws, rows, columns, samples, key);
  return draws;
}

/** The Euclidean norm. */
export function norm(values: Floats): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
