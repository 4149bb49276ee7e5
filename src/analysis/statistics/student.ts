// t = Student's t, v = degrees of freedom, theta = atan(t / sqrt(v)).

/**
 * Student's t distribution, for intervals of means.
 *
 * @module
 */

/**
 * The chance that Student's t with v degrees of freedom (a whole number) lies between -t and t: the finite sums of Abramowitz and Stegun
 * 1964, 26.7.3 and 26.7.4.
 */
export function studentWithin(t: number, v: number): number {
  const theta = Math.atan(t / Math.sqrt(v)), cosine = Math.cos(theta), sine = Math.sin(theta);
  const isOdd = v % 2 === 1;
  let term = isOdd ? cosine : 1, sum = v === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= v - 2; k += 2) {
    term *= cosine * cosine * (k - 1) / k;
    sum += term;
  }
  return isOdd ? 2 / Math.PI * (theta + sine * sum) : sine * sum;
}

/** The t within which Student's t with v degrees of freedom lies with a chance `within`, found by halving. */
export function studentQuantile(within: number, v: number): number {
  let low = 0, high = 1;
  while (studentWithin(high, v) < within) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentWithin(middle, v) < within) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
