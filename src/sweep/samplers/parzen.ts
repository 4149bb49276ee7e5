// n = observed points, d = axes, x = a share of an axis in [0, 1], m = the centre of a kernel, s = its width.

/**
 * Parzen estimators: the density of observed points, a mixture of one kernel around each and of a broad one over the whole space.
 *
 * A kernel is the product of one factor for each axis, so the mixture knows which values belong together ("multivariate" in Optuna's
 * documentation of `TPESampler`). On a numeric axis the factor is a normal distribution within the bounds, on whole numbers its mass in
 * steps of one; on choices the observed value has most of the weight.
 *
 * @module
 */
import { HALF_LOG_TWO_PI, normalBelow } from "./normal_distribution.ts";
import { type NumericAxis, placeAt, type Point, shareOf, type Space } from "./space.ts";

/** A density over a space. */
export interface ParzenEstimator {
  /**
   * Draws a point.
   *
   * @param uniforms One number in (0, 1) for each axis, and one more, the last, that chooses the kernel.
   */
  sample(uniforms: readonly number[]): Point;
  /** The logarithm of the density (of the mass, where axes are discrete) at a point. */
  logDensity(point: Point): number;
}

/** What the kernels of one axis are to the estimator. */
interface AxisKernels {
  /** Draws a place from kernel k. */
  draw(k: number, uniform: number): number;
  /** The logarithm of each kernel's density at a place. */
  logDensities(place: number): Float64Array;
}

/** The estimator of some points, with the weight of each; the broad kernel, which comes last, has weight 1. */
export function parzenEstimator(
  space: Space,
  points: readonly Point[],
  weights: readonly number[],
): ParzenEstimator {
  const all = [...weights, 1], total = all.reduce((sum, weight) => sum + weight, 0);
  const axes = space.map((axis, at) => {
    const places = points.map((point) => point[at]);
    return axis.kind === "choice"
      ? choiceKernels(axis.values.length, places)
      : numericKernels(axis, places, space.length);
  });
  return {
    sample(uniforms) {
      const k = chosen(all, uniforms[space.length] * total);
      return axes.map(({ draw }, at) => draw(k, uniforms[at]));
    },
    logDensity(point) {
      const logs = Float64Array.from(all, (weight) => Math.log(weight / total));
      for (const [at, { logDensities }] of axes.entries()) {
        const own = logDensities(point[at]);
        for (let k = 0; k < logs.length; k++) logs[k] += own[k];
      }
      return logOfSum(logs);
    },
  };
}

/** The first index at which the weights sum to more than a part of them all. */
function chosen(weights: readonly number[], part: number): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) {
    sum += weights[k];
    if (part < sum) return k;
  }
  return weights.length - 1;
}

function logOfSum(logs: Float64Array): number {
  const most = logs.reduce((a, b) => Math.max(a, b));
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}

/**
 * The width of kernels as a share of the axis: `0.2 n^(-1 / (d + 4))`, but at least `1 / min(100, n + 2)`. The power is Scott's rule (1992);
 * factor and least width ("magic clip") are Optuna's.
 */
function kernelWidth(n: number, d: number): number {
  return Math.max(0.2 * Math.max(n, 1) ** (-1 / (d + 4)), 1 / Math.min(100, n + 2));
}

/** A normal distribution within [0, 1]. */
interface Kernel {
  readonly centre: number;
  readonly width: number;
  /** The mass that lies below 0, and that within. */
  readonly below: number;
  readonly within: number;
}

function kernel(centre: number, width: number): Kernel {
  const below = normalBelow(-centre / width);
  return { centre, width, below, within: normalBelow((1 - centre) / width) - below };
}

function numericKernels(axis: NumericAxis, places: readonly number[], d: number): AxisKernels {
  const width = kernelWidth(places.length, d);
  const kernels = [...places.map((place) => kernel(shareOf(axis, place), width)), kernel(0.5, 1)];
  return {
    draw: (k, uniform) => placeAt(axis, quantileOf(kernels[k], uniform)),
    logDensities: (place) => axis.integer ? logMasses(kernels, axis, place) : logValues(kernels, axis, place),
  };
}

/** `log phi((x - m) / s) - log s - log(mass within the bounds)` */
function logValues(kernels: readonly Kernel[], axis: NumericAxis, place: number): Float64Array {
  const x = shareOf(axis, place);
  return Float64Array.from(kernels, ({ centre, width, within }) => {
    const z = (x - centre) / width;
    return -z * z / 2 - HALF_LOG_TWO_PI - Math.log(width * within);
  });
}

/** The mass within half a step of a whole number. */
function logMasses(kernels: readonly Kernel[], axis: NumericAxis, place: number): Float64Array {
  const low = shareOf(axis, place - 0.5), high = shareOf(axis, place + 0.5);
  return Float64Array.from(kernels, ({ centre, width, within }) => {
    const mass = normalBelow((high - centre) / width) - normalBelow((low - centre) / width);
    return Math.log(Math.max(mass, LEAST_MASS) / within);
  });
}

/** A mass further from its kernel is lost in rounding. */
const LEAST_MASS = 1e-15;

/** The place within [0, 1] below which a kernel has a share of its mass, found by halving. */
function quantileOf({ centre, width, below, within }: Kernel, share: number): number {
  const sought = below + share * within;
  let low = 0, high = 1;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (normalBelow((middle - centre) / width) < sought) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A kernel gives the observed value `1 + w` and each other value `w`, with `w = 1 / (n + 1)`, divided by their sum. */
function choiceKernels(values: number, places: readonly number[]): AxisKernels {
  const w = 1 / (places.length + 1), sum = 1 + values * w;
  const shareAt = (k: number, value: number) =>
    k === places.length ? 1 / values : (w + (places[k] === value ? 1 : 0)) / sum;
  return {
    draw(k, uniform) {
      return chosen(Array.from({ length: values }, (_, value) => shareAt(k, value)), uniform);
    },
    logDensities: (place) =>
      Float64Array.from({ length: places.length + 1 }, (_, k) => Math.log(shareAt(k, place))),
  };
}
