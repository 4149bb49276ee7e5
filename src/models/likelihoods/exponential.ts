// u = any real number, a = a number of at least 0.

/**
 * The density on [0, 1] that is proportional to `exp(u x)`: its normaliser and its mean, which closed forms give with no digits near u = 0.
 *
 * @module
 */
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";

/** Below this |u| a series is used: its error is at most 5e-11 there, and the closed form loses no more than two digits above. */
const SERIES_BELOW = 1;

/** The coefficients of u^2, u^4, ... of `log(sinh(u / 2) / (u / 2))`: `B_2n / (2n (2n)!)` with the Bernoulli numbers B. */
const LOG_SERIES = [1 / 24, -1 / 2880, 1 / 181_440, -1 / 9_676_800, 1 / 479_001_600];

/** The coefficients of u, u^3, ... of its derivative: `B_2n / (2n)!`. */
const SLOPE_SERIES = [1 / 12, -1 / 720, 1 / 30_240, -1 / 1_209_600, 1 / 47_900_160];

/**
 * `log((1 - exp(-a)) / a)`, the logarithm of the mean of `exp(-a x)` over [0, 1]; 0 at a = 0. For a < 1 by the Taylor series of
 * `-a/2 + log(sinh(a/2) / (a/2))`. Value and gradient are right for every finite a of at least 0. Shapes: a -> the same.
 */
export function logMeanDecay(build: GraphBuilder, a: Value): Value {
  const { near, far, isFar } = branches(build, a, a);
  const share = build.subtract(build.constant(1), build.exp(negative(build, far)));
  const closed = build.subtract(build.log(share), build.log(far));
  const square = build.multiply(near, near);
  const even = build.multiply(square, polynomial(build, square, LOG_SERIES));
  const series = build.subtract(even, build.multiply(build.constant(0.5), near));
  return build.add(series, build.multiply(isFar, closed));
}

/** `|u|`. Shapes: u -> the same. */
export function magnitude(build: GraphBuilder, u: Value): Value {
  return build.multiply(signOf(build, u), u);
}

/** The mean of the density: `1 / (1 - exp(-u)) - 1 / u`, 1/2 at u = 0; in (0, 1). Shapes: u -> the same. */
export function exponentialMean(build: GraphBuilder, u: Value): Value {
  const one = build.constant(1), sign = signOf(build, u);
  const { near, far, isFar } = branches(build, u, build.multiply(sign, u));
  const series = build.multiply(near, polynomial(build, build.multiply(near, near), SLOPE_SERIES));
  // 1/2 is split off where u is small and 0 or 1 where it is large, so that a mean close to 0 keeps its digits.
  const isPositive = build.greater(u, build.constant(0));
  const share = build.divide(one, build.subtract(build.exp(far), one));
  const distance = build.subtract(build.divide(one, far), share);
  const closed = build.subtract(isPositive, build.multiply(sign, distance));
  const middle = build.multiply(build.subtract(one, isFar), build.add(series, build.constant(0.5)));
  return build.add(middle, build.multiply(isFar, closed));
}

/** 1 where u > 0, else -1. */
function signOf(build: GraphBuilder, u: Value): Value {
  return build.subtract(
    build.multiply(build.constant(2), build.greater(u, build.constant(0))),
    build.constant(1),
  );
}

/**
 * The arguments of both branches, of which neither overflows or divides by 0 where the other one counts: `near` is u where |u| < 1, else 0,
 * `far` is |u| where |u| >= 1, else 1.
 */
function branches(build: GraphBuilder, u: Value, size: Value) {
  const isNear = build.greater(build.constant(SERIES_BELOW), size);
  const isFar = build.subtract(build.constant(1), isNear);
  return { near: build.multiply(u, isNear), far: build.add(build.multiply(size, isFar), isNear), isFar };
}

/** `c_0 + x (c_1 + x (c_2 + ...))`. */
function polynomial(build: GraphBuilder, x: Value, coefficients: readonly number[]): Value {
  const [last, ...rest] = coefficients.toReversed();
  return rest.reduce(
    (sum, coefficient) => build.add(build.constant(coefficient), build.multiply(x, sum)),
    build.constant(last),
  );
}

function negative(build: GraphBuilder, x: Value): Value {
  return build.subtract(build.constant(0), x);
}
