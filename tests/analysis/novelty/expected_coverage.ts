/** The coverage that samples of one distribution have on average, in closed form. @module */

/**
 * The coverage of N real images by M others of the same distribution, on average: `1 - prod_(i<k) (N - 1 - i) / (N + M - 1 - i)`, the
 * chance that not all k nearest of the N + M - 1 other images are real (Naeem et al. 2020). With N = M, k = 5: 0.969.
 */
export function expectedCoverage(real: number, generated: number, k: number): number {
  let missed = 1;
  for (let i = 0; i < k; i++) missed *= (real - 1 - i) / (real + generated - 1 - i);
  return 1 - missed;
}
