/** The distribution function of the normal distribution, in double precision. @module */

/** Beyond it the rest of the distribution is below 1e-17. */
const FAR = 8.5;

/**
 * The chance that a standard normal number is at most z: `1/2 + phi(z) (z + z^3/3 + z^5/(3 5) + ...)` (Marsaglia 2004, "Evaluating the
 * normal distribution", J. Stat. Softw. 11:4), within 2e-15.
 */
export function normalBelow(z: number): number {
  if (z < -FAR) return 0;
  if (z > FAR) return 1;
  let sum = z, term = z;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= z * z / odd;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-z * z / 2 - HALF_LOG_TWO_PI);
}

/** `log(2 pi) / 2` */
export const HALF_LOG_TWO_PI: number = Math.log(2 * Math.PI) / 2;
