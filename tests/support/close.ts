/** How near two lists of numbers must be: `|actual - expected| <= absolute + relative * |expected|`. */
export interface Tolerance {
  /** @default {0} */
  absolute?: number;
  /** @default {0} */
  relative?: number;
}

/** Fails, naming the worst element, unless all numbers are near; NaN never is. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute = 0, relative = 0 }: Tolerance,
  label: string,
): void {
  if (actual.length !== expected.length) {
    throw new Error(`${label}: ${actual.length} numbers where ${expected.length} were expected`);
  }
  let bad = 0, worst = -1, worstExcess = -Infinity;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    const allowed = absolute + relative * Math.abs(expected[i]);
    if (difference <= allowed) continue;
    bad++;
    const excess = Number.isNaN(difference) ? Infinity : difference - allowed;
    if (excess > worstExcess) [worst, worstExcess] = [i, excess];
  }
  if (bad > 0) {
    throw new Error(
      `${label}: ${bad} of ${expected.length} differ, worst at [${worst}]: ${actual[worst]} vs ${
        expected[worst]
      }`,
    );
  }
}
