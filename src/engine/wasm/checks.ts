/**
 * Checks before a kernel is called: the kernels themselves check no address.
 *
 * @module
 */

/** Rows of a batch lie within the program's capacity. */
export function checkRows(rows: number, capacity: number, least = 1): void {
  if (!(Number.isInteger(rows) && rows >= least && rows <= capacity)) {
    throw new RangeError(
      `rows must be an integer from ${least} to ${capacity}, got ${rows}`,
    );
  }
}

/** The samples of a batch lie within the order. */
export function checkOrder(start: number, rows: number, length: number): void {
  if (!(Number.isInteger(start) && start >= 0 && start + rows <= length)) {
    throw new RangeError(
      `samples must lie within the order of ${length}, got ${start} to ${start + rows}`,
    );
  }
}
