// m = all digits of a number as a whole number, k = its digits after the point: the number is m / 10^k.

/**
 * Plain decimal numbers such as `-12.75`, which nearly all cells of numbers are.
 *
 * @module
 */
const ZERO = 48, NINE = 57, MINUS = 45, POINT = 46;

/** The most digits of m, so that it is exact. */
const MOST_DIGITS = 15;

const POWERS = Float64Array.from({ length: MOST_DIGITS + 1 }, (_, power) => 10 ** power);

/**
 * The number of ASCII bytes from `start` to before `end`, where they are a minus, digits and a point alone; `undefined` where a closer look
 * is needed.
 *
 * m and 10^k are exact in double precision, and a division of exact numbers is rounded once: the result is the nearest double, as that of
 * `Number()` is (Clinger 1990).
 */
export function plainNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  const isNegative = start < end && bytes[start] === MINUS, begin = start + Number(isNegative);
  if (end - begin > MOST_DIGITS + 1) return undefined;
  let m = 0, digits = 0, point = -1;
  for (let at = begin; at < end; at++) {
    const code = bytes[at];
    if (code >= ZERO && code <= NINE) {
      m = 10 * m + (code - ZERO);
      digits++;
    } else if (code === POINT && point < 0) point = at;
    else return undefined;
  }
  if (digits === 0 || digits > MOST_DIGITS) return undefined;
  const value = point < 0 ? m : m / POWERS[end - 1 - point];
  return isNegative ? -value : value;
}
