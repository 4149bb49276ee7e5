// n = how many pixels have a colour, mu = the mean of a box, weighted by n.

/**
 * Chooses few colours for pictures of many: boxes of colours are split until there are enough, and each box becomes its mean.
 *
 * The box with the largest sum of squared errors is split where that sum falls most, along the axis of its largest variance (Wan, Wong and
 * Prusinkiewicz 1988, "An algorithm for multidimensional data clustering"); a few rounds of k-means (Lloyd 1982) follow. Errors are Euclidean
 * in red, green and blue.
 *
 * @module
 */

/** Colours as 0xRRGGBB with the number of pixels of each. */
export type ColourCounts = ReadonlyMap<number, number>;

interface Weighted {
  readonly channels: readonly [number, number, number];
  readonly count: number;
}

/** Colours, with their weighted mean and sum of squared errors. */
interface Box {
  readonly colours: Weighted[];
  readonly mean: number[];
  readonly error: number;
  /** The channel of the largest variance. */
  readonly axis: number;
}

const ROUNDS = 4;

/** The channels of a colour 0xRRGGBB. */
export function channelsOf(colour: number): [red: number, green: number, blue: number] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function boxOf(colours: Weighted[]): Box {
  const sums = [0, 0, 0], squares = [0, 0, 0];
  let total = 0;
  for (const { channels, count } of colours) {
    total += count;
    for (let k = 0; k < 3; k++) {
      sums[k] += count * channels[k];
      squares[k] += count * channels[k] ** 2;
    }
  }
  const mean = sums.map((sum) => sum / total);
  const errors = squares.map((square, k) => square - sums[k] * mean[k]);
  const axis = errors.indexOf(Math.max(...errors));
  return { colours, mean, error: errors[0] + errors[1] + errors[2], axis };
}

/** Splits a box of two colours or more in two along its axis, where the sum of squared errors along it falls most. */
function split({ colours, axis }: Box): [Box, Box] {
  const sorted = colours.toSorted((a, b) => a.channels[axis] - b.channels[axis]);
  const all = sorted.reduce((sum, { channels, count }) => sum + count * channels[axis], 0);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  let best = 1, most = -1, sum = 0, below = 0;
  for (let at = 1; at < sorted.length; at++) {
    const { channels, count } = sorted[at - 1];
    sum += count * channels[axis];
    below += count;
    if (channels[axis] === sorted[at].channels[axis]) continue;
    // Least squares within the halves are most squares between them.
    const between = sum ** 2 / below + (all - sum) ** 2 / (total - below);
    if (between > most) [best, most] = [at, between];
  }
  return [boxOf(sorted.slice(0, best)), boxOf(sorted.slice(best))];
}

/** The position of the nearest of some colours, three numbers each. */
function nearest(colours: Float64Array, [red, green, blue]: readonly [number, number, number]): number {
  let found = 0, least = Infinity;
  for (let at = 0; at < colours.length; at += 3) {
    const r = colours[at] - red, g = colours[at + 1] - green, b = colours[at + 2] - blue;
    const distance = r * r + g * g + b * b;
    if (distance < least) [found, least] = [at, distance];
  }
  return found / 3;
}

/** The weighted means of the colours that are nearest to each of some colours; one that is nearest to none stays. */
function refined(colours: Float64Array, all: readonly Weighted[]): Float64Array {
  const sums = new Float64Array(colours.length), counts = new Float64Array(colours.length / 3);
  for (const { channels, count } of all) {
    const at = nearest(colours, channels);
    counts[at] += count;
    for (let k = 0; k < 3; k++) sums[3 * at + k] += count * channels[k];
  }
  return colours.map((value, at) => {
    const count = counts[Math.floor(at / 3)];
    return count === 0 ? value : sums[at] / count;
  });
}

/** At most `most` colours for some pictures, and the position of the nearest among them for each colour that the pictures have. */
export function quantize(
  counts: ColourCounts,
  most: number,
): { readonly colours: number[]; readonly positionOf: ReadonlyMap<number, number> } {
  const all = Array.from(counts, ([colour, count]): Weighted => ({ channels: channelsOf(colour), count }));
  const boxes = [boxOf(all)];
  while (boxes.length < most) {
    const worst = boxes.reduce((found, { error }, at) => error > boxes[found].error ? at : found, 0);
    if (boxes[worst].colours.length < 2) break;
    boxes.splice(worst, 1, ...split(boxes[worst]));
  }
  let means: Float64Array = Float64Array.from(boxes.flatMap(({ mean }) => mean));
  for (let round = 0; round < ROUNDS; round++) means = refined(means, all);
  const rounded = means.map(Math.round);
  const positionOf = new Map(
    Array.from(counts.keys(), (colour) => [colour, nearest(rounded, channelsOf(colour))] as const),
  );
  const colours = boxes.map((_, at) =>
    (rounded[3 * at] << 16) | (rounded[3 * at + 1] << 8) | rounded[3 * at + 2]
  );
  return { colours, positionOf };
}
