// Functions with known minima, by which samplers are compared.
import type { Space } from "../../src/sweep/samplers/space.ts";

/** A function to minimise. */
export interface Problem {
  readonly name: string;
  readonly space: Space;
  /** The least value of the function. */
  readonly minimum: number;
  /** Its value at the values of the axes. */
  value(values: readonly unknown[]): number;
}

const uniform = (low: number, high: number) => ({ kind: "uniform", low, high, integer: false }) as const;

/** Branin's function (Dixon and Szegö 1978): three equal minima of 0.397887. */
export const branin: Problem = {
  name: "Branin, 2 numbers",
  space: [uniform(-5, 10), uniform(0, 15)],
  minimum: 0.39788735772973816,
  value(values) {
    const [x, y] = values as number[];
    const bend = y - 5.1 / (4 * Math.PI ** 2) * x * x + 5 / Math.PI * x - 6;
    return bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  },
};

const HARTMANN_ALPHA = [1, 1.2, 3, 3.2];
const HARTMANN_A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const HARTMANN_P = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

/** Hartmann's function of six numbers (Dixon and Szegö 1978). */
export const hartmann6: Problem = {
  name: "Hartmann, 6 numbers",
  space: Array.from({ length: 6 }, () => uniform(0, 1)),
  minimum: -3.32236801141551,
  value: (values) =>
    -HARTMANN_ALPHA.reduce((sum, alpha, row) => {
      const distance = (values as number[]).reduce(
        (far, value, at) => far + HARTMANN_A[row][at] * (value - HARTMANN_P[row][at]) ** 2,
        0,
      );
      return sum + alpha * Math.exp(-distance);
    }, 0),
};

/** The values of a choice: what each adds, and the logarithm of the best rate with it. */
const MIXED_CHOICES = [
  { adds: 0, best: -3 },
  { adds: 0.1, best: -2.5 },
  { adds: 0.4, best: -2 },
  { adds: 0.8, best: -1.5 },
];

/**
 * Shaped like a training: a rate on a logarithmic scale whose best value depends on a choice, a whole number, a share, and a choice that
 * changes nothing. The minimum of 0 is at the first choice, rate 1e-3, 12 and 0.2.
 */
export const mixed: Problem = {
  name: "mixed, 3 numbers and 2 choices",
  space: [
    { kind: "choice", values: MIXED_CHOICES },
    { kind: "logUniform", low: 1e-5, high: 1, integer: false },
    { kind: "uniform", low: 2, high: 64, integer: true },
    uniform(0, 1),
    { kind: "choice", values: [true, false, null] },
  ],
  minimum: 0,
  value(values) {
    const [{ adds, best }, rate, size, share] = values as [
      typeof MIXED_CHOICES[number],
      number,
      number,
      number,
    ];
    return adds + (Math.log10(rate) - best) ** 2 + ((size - 12) / 16) ** 2 + 4 * (share - 0.2) ** 2;
  },
};

/** All problems. */
export const PROBLEMS: readonly Problem[] = [branin, hartmann6, mixed];
