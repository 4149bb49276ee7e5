/** How many pixels of a picture are wrong. @module */

/**
 * The number of pixels that are wrong in at least one of their channels.
 *
 * @param values How many values the picture has: pixels times channels.
 * @param isWrong Whether a value is wrong, by its position in the picture.
 */
export function countWrongPixels(
  values: number,
  channels: number,
  isWrong: (position: number) => boolean,
): number {
  let count = 0;
  for (let first = 0; first < values; first += channels) {
    let wrong = false;
    for (let position = first; position < first + channels && !wrong; position++) wrong = isWrong(position);
    if (wrong) count++;
  }
  return count;
}
