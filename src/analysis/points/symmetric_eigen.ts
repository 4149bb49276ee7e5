// A = V diag(lambda) V^T, n rows; row-major.

/**
 * The eigenvalues of small symmetric matrices.
 *
 * @module
 */

/** An eigen-decomposition, the largest eigenvalue first. */
export interface SymmetricEigen {
  /** Descending. Length n. */
  readonly values: Float64Array;
  /** Row i is the unit eigenvector of value i. Shape [n, n]. */
  readonly vectors: Float64Array;
}

const MOST_SWEEPS = 60;

/**
 * The eigenvalues and eigenvectors of a symmetric matrix [n, n] by cyclic Jacobi rotations (Golub and Van Loan 2013, section 8.5): each
 * sweep turns every off-diagonal element to zero once; they end when what is left of them is rounding.
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): SymmetricEigen {
  const a = Float64Array.from(matrix), v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const norm = Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a, n) > 1e-15 * norm; sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j] - a[i * n + i]);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => vectors.set(v.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, (i) => a[i * n + i]), vectors };
}

function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) sum += 2 * a[i * n + j] ** 2;
  return Math.sqrt(sum);
}

/** One rotation in the plane (p, q) that makes `a[p, q]` zero. Rows of v are the eigenvectors. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(t, 1), sine = t * cosine;
  for (let i = 0; i < n; i++) turn(a, i * n + p, i * n + q, cosine, sine);
  for (let i = 0; i < n; i++) {
    turn(a, p * n + i, q * n + i, cosine, sine);
    turn(v, p * n + i, q * n + i, cosine, sine);
  }
  a[p * n + q] = a[q * n + p] = 0;
}

function turn(values: Float64Array, p: number, q: number, cosine: number, sine: number): void {
  const x = values[p], y = values[q];
  values[p] = cosine * x - sine * y;
  values[q] = sine * x + cosine * y;
}
