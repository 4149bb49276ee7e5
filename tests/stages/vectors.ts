/** Vectors of named features in a plane, and anomalies that leave it in one feature. @module */
import type { Dataset, Split } from "../../src/data/dataset.ts";
import { scaleDataset, standardize } from "../../src/data/scale.ts";
import { normalNumbers } from "../support/numbers.ts";

/** The names of the features; they differ in size by a factor of a thousand. */
export const FEATURES = ["pressure", "speed", "current", "voltage", "heat"];

const SIZES = [1, 1000, 0.1, 20, 5];

/** Samples of class 0; every one that `isBroken` names is of class 1, and its current is far from what the others say of it. */
function split(count: number, seed: number, isBroken: (row: number) => boolean = () => false): Split {
  const draws = normalNumbers(7 * count, seed);
  const values = new Float32Array(5 * count), labels = new Uint16Array(count);
  for (let row = 0; row < count; row++) {
    const [u, v, ...noise] = draws.subarray(7 * row, 7 * row + 7);
    const plane = [u, v, u + v, u - v, 0.5 * u + v];
    labels[row] = Number(isBroken(row));
    plane.forEach((value, feature) => {
      const error = feature === 2 && isBroken(row) ? 6 : 0;
      values[5 * row + feature] = 10 + SIZES[feature] * (value + 0.1 * noise[feature] + error);
    });
  }
  return { count, values, labels, names: Array.from({ length: count }, (_, row) => `unit ${row + 1}`) };
}

/** 200 normal samples to train on, 50 to validate on, and 60 to test on of which each third is an anomaly; standardised. */
export const VECTORS: Dataset = scaleDataset({
  name: "table",
  shape: [5],
  featureNames: FEATURES,
  labelNames: ["normal", "broken"],
  train: split(200, 1),
  validation: split(50, 2),
  test: split(60, 3, (row) => row % 3 === 0),
}, standardize());
