/**
 * What must hold before a kernel is called: the kernels themselves trust every address.
 *
 * @module
 */

/** Rows of a batch lie within the program's capacity. */
export function checkRows(rows: number, capacity: number): void {
  if (!(Number.isInteger(rows) && rows >= 1 && rows <= capacity)) {
    throw new RangeError(
      `Cannot run as the rows must be an integer from 1 to ${capacity}: current value is ${rows}`,
    );
  }
}

/** The samples of a batch lie within the order. */
export function checkOrder(start: number, rows: number, length: number): void {
  if (!(Number.isInteger(start) && start >= 0 && start + rows <= length)) {
    throw new RangeError(
      `Cannot take samples as they must lie within the order of ${length}: current range is ${start} to ${
        start + rows
      }`,
    );
  }
}

/** An input has the size of an image. */
export function checkPixels(input: string, columns: number, pixels: number): void {
  if (columns !== pixels) {
    throw new RangeError(
      `Cannot gather as the input ${input} must have ${pixels} columns, a pixel each: current value is ${columns}`,
    );
  }
}
