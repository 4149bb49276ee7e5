// x = a standard normal number, q = the chance of a larger one.

/** The normal distribution in double precision, by other formulas than `src/core/random.ts` has. @module */

const DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);

/**
 * P(X > x) for x >= 0, to about 1e-15 of itself: the Taylor series about 0 (Marsaglia 2004, "Evaluating the normal distribution") below
 * 2.5, the continued fraction `density / (x + 1/(x + 2/(x + 3/...)))` (Laplace) above.
 */
function normalTail(x: number): number {
  const density = DENSITY_AT_0 * Math.exp(-0.5 * x * x);
  if (x >= 2.5) {
    let fraction = 0;
    for (let term = 200; term >= 1; term--) fraction = term / (x + fraction);
    return density / (x + fraction);
  }
  let sum = x, term = x;
  for (let odd = 3; term > 1e-18 * sum; odd += 2) sum += term *= x * x / odd;
  return 0.5 - density * sum;
}

/** P(X <= x). */
export function normalDistribution(x: number): number {
  return x < 0 ? normalTail(-x) : 1 - normalTail(x);
}

/** The x at which P(X <= x) is `share`, by bisection. */
export function inverseNormal(share: number): number {
  const q = Math.min(share, 1 - share);
  let low = 0, high = 8;
  for (let step = 0; step < 55; step++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > q) low = middle;
    else high = middle;
  }
  return share < 0.5 ? -low : low;
}
