// s = vectors, D = their numbers; a set of vectors is the rows of a block [s, D], row-major.

/**
 * Small dense algebra on a few long vectors, in double precision: what subspace iteration needs.
 *
 * @module
 */

/** Rows at right angles that span the same (modified Gram-Schmidt, each row twice); a row that others span becomes zero. */
export function orthonormal(rows: Float64Array, s: number, D: number): Float64Array {
  const basis = rows.slice();
  for (let i = 0; i < s; i++) {
    const row = basis.subarray(i * D, (i + 1) * D), before = Math.sqrt(dot(row, row));
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = basis.subarray(j * D, (j + 1) * D), along = dot(row, other);
        for (let d = 0; d < D; d++) row[d] -= along * other[d];
      }
    }
    const norm = Math.sqrt(dot(row, row));
    const scale = norm > 1e-10 * before ? 1 / norm : 0;
    for (let d = 0; d < D; d++) row[d] *= scale;
  }
  return basis;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d] * b[d];
  return sum;
}

/** `A B^T`, made symmetric, of rows A and B [s, D]. */
export function symmetricProduct(a: Float64Array, b: Float64Array, s: number, D: number): Float64Array {
  const product = new Float64Array(s * s);
  for (let i = 0; i < s; i++) {
    for (let j = 0; j < s; j++) {
      const value = dot(a.subarray(i * D, (i + 1) * D), b.subarray(j * D, (j + 1) * D)) / 2;
      product[i * s + j] += value;
      product[j * s + i] += value;
    }
  }
  return product;
}

/** The first rows of V B, for V [s, s] and B [s, D]. */
export function rotated(
  v: Float64Array,
  basis: Float64Array,
  rows: number,
  s: number,
  D: number,
): Float64Array {
  const out = new Float64Array(rows * D);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < s; j++) {
      const weight = v[i * s + j];
      for (let d = 0; d < D; d++) out[i * D + d] += weight * basis[j * D + d];
    }
  }
  return out;
}
