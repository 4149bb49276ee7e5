// p = parameters, g = gradients, m, v = the optimizer's slots, lr = learning rate, t = step, counted from 1.

/**
 * What stands around a graph in a training step, as plain loops: gathering, noise, and the optimizers. The WebAssembly kernels are
 * held against these; draws must agree bit for bit, so they are rounded to single precision as the kernels round.
 *
 * @module
 */
import { type DrawKey, fillNormal, fillUniform } from "../core/random.ts";
import type { Corruption, Floats, Update } from "./engine.ts";

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

/** Copies `from` to `to` and spoils it; see {@link Corruption} for the kinds. */
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

/** One update of all parameters; the formulas stand at {@link Update}. */
export function applyUpdate(p: Floats, g: Floats, slots: readonly Floats[], update: Update): void {
  const { learningRate: lr, gradientScale: scale } = update;
  switch (update.kind) {
    case "sgd":
      for (let i = 0; i < p.length; i++) p[i] -= lr * scale * g[i];
      return;
    case "momentum": {
      const [v] = slots, { momentum, nesterov } = update;
      for (let i = 0; i < p.length; i++) {
        const gradient = scale * g[i];
        v[i] = momentum * v[i] + gradient;
        p[i] -= lr * (nesterov ? gradient + momentum * v[i] : v[i]);
      }
      return;
    }
    case "rmsprop": {
      const [s] = slots, { decay, epsilon } = update;
      for (let i = 0; i < p.length; i++) {
        const gradient = scale * g[i];
        s[i] = decay * s[i] + (1 - decay) * gradient * gradient;
        p[i] -= lr * gradient / (Math.sqrt(s[i]) + epsilon);
      }
      return;
    }
    case "adam":
      return adam(p, g, slots, update);
  }
}

/** Adam (Kingma and Ba 2015, algorithm 1) with the decoupled weight decay of Loshchilov and Hutter 2019 (AdamW). */
function adam(
  p: Floats,
  g: Floats,
  [m, v]: readonly Floats[],
  update: Extract<Update, { kind: "adam" }>,
): void {
  const { learningRate: lr, gradientScale, beta1, beta2, epsilon, weightDecay, step: t } = update;
  const firstCorrection = 1 - beta1 ** t, secondCorrection = 1 - beta2 ** t;
  for (let i = 0; i < p.length; i++) {
    const gradient = gradientScale * g[i];
    m[i] = beta1 * m[i] + (1 - beta1) * gradient;
    v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
    const step = (m[i] / firstCorrection) / (Math.sqrt(v[i] / secondCorrection) + epsilon);
    p[i] -= lr * (step + weightDecay * p[i]);
  }
}
