// n = the number of a point, d = a dimension, v_k = the k-th direction number of d as 32 bits, m_k = v_k / 2^(32 - k), s = a degree.

/**
 * Sobol's sequence: points that cover the space more evenly than random ones (Sobol 1967), in the order of Antonov and Saleev 1979, with a
 * digital shift by random bits of each axis, so that seeds differ and no coordinate is exactly 0.
 *
 * @module
 */
import { bitsOfAxis } from "./draws.ts";
import { SOBOL_DIRECTIONS } from "./sobol_directions.ts";
import { placeAt, type Point, type Space } from "./space.ts";

const BITS = 32;

/** The most axes that the sequence has numbers for. */
export const MOST_SOBOL_AXES: number = SOBOL_DIRECTIONS.length + 1;

/** The direction numbers v_1 to v_32 of each dimension that was asked for. */
const directions: Uint32Array[] = [];

/** The point of a trial: a function of the seed and the number of the trial alone. At most {@link MOST_SOBOL_AXES} axes. */
export function sobolPoint(space: Space, seed: number, trial: number): Point {
  if (space.length > MOST_SOBOL_AXES) {
    throw new RangeError(
      `the axes of a Sobol sequence must be at most ${MOST_SOBOL_AXES}, got ${space.length}`,
    );
  }
  return space.map((axis, at) => {
    const bits = (sobolBits(trial, at) ^ bitsOfAxis(seed, at)) >>> 0;
    return placeAt(axis, (bits + 0.5) / 2 ** BITS);
  });
}

/**
 * Coordinate d of point n of the sequence without a shift, as 32 bits (divided by 2^32 it is the number): the direction numbers at the bits
 * of n's Gray code, `n xor n/2`, added without carry.
 */
export function sobolBits(n: number, dimension: number): number {
  const v = directions[dimension] ??= directionsOf(dimension);
  let bits = 0;
  for (let gray = (n ^ (n >>> 1)) >>> 0, k = 0; gray !== 0; gray >>>= 1, k++) {
    if ((gray & 1) === 1) bits ^= v[k];
  }
  return bits >>> 0;
}

/**
 * `v_k = 2^(32 - k) m_k`: the first s are given, then `v_k = a_1 v_(k-1) xor ... xor a_(s-1) v_(k-s+1) xor v_(k-s) xor v_(k-s) / 2^s` (Joe and
 * Kuo 2003, "Remark on Algorithm 659", eq. 2).
 */
function directionsOf(dimension: number): Uint32Array {
  if (dimension === 0) return Uint32Array.from({ length: BITS }, (_, k) => 2 ** (BITS - 1 - k));
  const [a, ...m] = SOBOL_DIRECTIONS[dimension - 1], s = m.length, v = new Uint32Array(BITS);
  for (let k = 0; k < BITS; k++) {
    if (k < s) {
      v[k] = m[k] * 2 ** (BITS - 1 - k);
      continue;
    }
    v[k] = v[k - s] ^ (v[k - s] >>> s);
    for (let i = 1; i < s; i++) {
      if (((a >>> (s - 1 - i)) & 1) === 1) v[k] ^= v[k - i];
    }
  }
  return v;
}
