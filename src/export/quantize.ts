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

function nearest(means: readonly (readonly number[])[], [red, green, blue]: readonly number[]): number {
  let found = 0, least = Infinity;
  for (let at = 0; at < means.length; at++) {
    const [r, g, b] = means[at];
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [found, least] = [at, distance];
  }
  return found;
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
  let means = boxes.map(({ mean }) => mean);
  for (let round = 0; round < ROUNDS; round++) {
    const groups = means.map((): Weighted[] => []);
    for (const one of all) groups[nearest(means, one.channels)].push(one);
    means = groups.map((group, at) => group.length === 0 ? means[at] : boxOf(group).mean);
  }
  const rounded = means.map((mean) => mean.map(Math.round));
  const positionOf = new Map(
    Array.from(counts.keys(), (colour) => [colour, nearest(rounded, channelsOf(colour))] as const),
  );
  return { colours: rounded.map(([red, green, blue]) => (red << 16) | (green << 8) | blue), positionOf };
}
