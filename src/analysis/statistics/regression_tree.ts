// y = a target, n = rows of a level or of a side, s = the sum of their targets.

/**
 * A regression tree over factors with few levels.
 *
 * @module
 */
import type { Factor } from "./factor.ts";

/** A leaf: a box of levels in which the tree has one value. */
export interface Leaf {
  /** For each factor, which of its levels (1 or 0) are in the box. */
  readonly box: readonly Uint8Array[];
  /** The mean of the targets in it. */
  readonly value: number;
}

/** A division of a box: the levels of a factor that go to the left. */
interface Split {
  readonly factor: number;
  readonly left: Uint8Array;
  readonly gain: number;
}

/**
 * Grows a regression tree (Breiman, Friedman, Olshen and Stone 1984): each box is divided where the squared error falls the most, as long
 * as both sides keep `smallest` rows. Names are ordered by the mean of their targets, which finds their best division (section 4.2 there).
 * The leaves fill the whole space of levels.
 *
 * @param rows The rows to fit; one may come several times.
 */
export function growTree(
  factors: readonly Factor[],
  target: readonly number[],
  rows: readonly number[],
  smallest: number,
): Leaf[] {
  const leaves: Leaf[] = [];
  const whole = factors.map(({ count }) => new Uint8Array(count).fill(1));
  const open: [rows: readonly number[], box: readonly Uint8Array[]][] = [[rows, whole]];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const [own, box] = node, split = bestSplit(factors, target, own, box, smallest);
    if (split === undefined) {
      leaves.push({ box, value: own.reduce((sum, row) => sum + target[row], 0) / own.length });
      continue;
    }
    const { factor, left } = split, { levels } = factors[factor];
    const side = (isLeft: number) => own.filter((row) => left[levels[row]] === isLeft);
    const right = box[factor].map((inside, level) => inside & (1 - left[level]));
    open.push([side(1), box.with(factor, left)], [side(0), box.with(factor, right)]);
  }
  return leaves;
}

/** The division of a box that lowers the squared error the most; `undefined` where none does. */
function bestSplit(
  factors: readonly Factor[],
  target: readonly number[],
  rows: readonly number[],
  box: readonly Uint8Array[],
  smallest: number,
): Split | undefined {
  if (rows.length < 2 * smallest) return undefined;
  const mean = rows.reduce((sum, row) => sum + target[row], 0) / rows.length;
  let best: Split | undefined;
  factors.forEach((factor, at) => {
    const found = splitOf(factor, target, { rows, mean, inside: box[at], smallest });
    if (found !== undefined && found.gain > (best?.gain ?? 0)) best = { factor: at, ...found };
  });
  return best;
}

/** The best division by one factor. Targets are taken from their mean, so that large ones lose no digits. */
function splitOf(
  { levels, count, isOrdered }: Factor,
  target: readonly number[],
  { rows, mean, inside, smallest }: {
    readonly rows: readonly number[];
    readonly mean: number;
    readonly inside: Uint8Array;
    readonly smallest: number;
  },
): Pick<Split, "left" | "gain"> | undefined {
  const n = new Uint32Array(count), s = new Float64Array(count);
  for (const row of rows) {
    n[levels[row]]++;
    s[levels[row]] += target[row] - mean;
  }
  const present = Array.from(n.keys()).filter((level) => n[level] > 0);
  if (!isOrdered) present.sort((a, b) => s[a] / n[a] - s[b] / n[b] || a - b);
  let ofLeft = 0, sum = 0, best = -1, gain = 0;
  for (let place = 0; place < present.length - 1; place++) {
    ofLeft += n[present[place]];
    sum += s[present[place]];
    const ofRight = rows.length - ofLeft;
    if (ofLeft < smallest || ofRight < smallest) continue;
    const own = sum * sum / ofLeft + sum * sum / ofRight;
    if (own > gain) [best, gain] = [place, own];
  }
  if (best < 0) return undefined;
  return {
    left: leftOf(inside, present, {
      best,
      isOrdered,
      isMoreLeft: 2 * countOf(n, present, best) >= rows.length,
    }),
    gain,
  };
}

function countOf(n: Uint32Array, present: readonly number[], last: number): number {
  let rows = 0;
  for (let place = 0; place <= last; place++) rows += n[present[place]];
  return rows;
}

/** The levels that go to the left. Those without rows go to the nearer side, or, of names, to the one with more rows. */
function leftOf(
  inside: Uint8Array,
  present: readonly number[],
  { best, isOrdered, isMoreLeft }: {
    readonly best: number;
    readonly isOrdered: boolean;
    readonly isMoreLeft: boolean;
  },
): Uint8Array {
  if (isOrdered) {
    const edge = (present[best] + present[best + 1]) / 2;
    return inside.map((is, level) => is & Number(level < edge));
  }
  const left = new Set(present.slice(0, best + 1)), right = new Set(present.slice(best + 1));
  return inside.map((is, level) => is & Number(left.has(level) || (!right.has(level) && isMoreLeft)));
}
