/**
 * The operations around a graph in a training step, as plain loops: gathering and noise. Tests compare the WebAssembly kernels with
 * these; draws must agree bit for bit, so they are rounded to single precision as in the kernels.
 *
 * @module
 */
import { type DrawKey, fillNormal, fillUniform } from "../core/random.ts";
import type { Corruption, Floats } from "./engine.ts";

const round = Math.fround;
const BYTE_TO_SHARE = round(1 / 255);

/** Row r of `out` becomes image `order[start + r] mod images`: `byte * (1 / 255)`, in single precision. */
export function gatherRows(
  out: Floats,
  { bytes, pixels }: { bytes: Uint8Array; pixels: number },
  order: Uint32Array,
  start: number,
  rows: number,
): void {
  const images = bytes.length / pixels;
  for (let row = 0; row < rows; row++) {
    const from = (order[start + row] % images) * pixels;
    for (let pixel = 0; pixel < pixels; pixel++) {
      out[row * pixels + pixel] = round(bytes[from + pixel] * BYTE_TO_SHARE);
    }
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
  const samples = order.subarray(start, start + rows);
  const draws = new Float32Array(rows * columns);
  if (corruption.kind === "gaussian") {
    fillNormal(draws, rows, columns, samples, key);
    const level = new Float32Array(rows);
    fillUniform(level, rows, 1, samples, { ...key, stream: "noiseLevel" });
    const low = round(corruption.std), spread = round(Math.max(0, round(corruption.maximumStd) - low));
    for (let at = 0; at < draws.length; at++) {
      const std = round(low + round(spread * level[Math.floor(at / columns)]));
      to[at] = round(from[at] + round(draws[at] * std));
    }
    return;
  }
  fillUniform(draws, rows, columns, samples, key);
  if (corruption.kind === "bernoulli") {
    for (let at = 0; at < draws.length; at++) to[at] = draws[at] < from[at] ? 1 : 0;
    return;
  }
  if (corruption.kind === "flips") {
    const share = round(corruption.share);
    for (let at = 0; at < draws.length; at++) to[at] = draws[at] < share ? round(1 - from[at]) : from[at];
    return;
  }
  const masking = corruption.kind === "masking";
  const off = round(masking ? corruption.share : corruption.share / 2);
  const on = masking ? 2 : round(1 - corruption.share / 2);
  for (let at = 0; at < draws.length; at++) to[at] = draws[at] < off ? 0 : draws[at] >= on ? 1 : from[at];
}

/** The Euclidean norm. */
export function norm(values: Floats): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
