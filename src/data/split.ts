/**
 * Which of a source's images are used, and which of them become the test split.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { permutation } from "../core/random.ts";
import { pickFromSplit, sliceSplit, type Split } from "./dataset.ts";

/**
 * What the draws of this room are for: rounds of the stream "split" (the part that a seed gives to them). Append only; round 2 is
 * that of a picture cache's order, in which no seed has a say.
 */
export const ROUNDS = { testSplit: 0, selection: 1, looks: 3 } as const;

/** How many images {@link drawTestSplit} leaves to train on and, when it draws any, how many to test on. */
export function splitCounts(count: number, share: number): number[] {
  if (share === 0 || count < 2) return [count];
  const wanted = Math.min(count - 1, Math.max(1, Math.round(share * count)));
  return [count - wanted, wanted];
}

/**
 * Draws the test split: `round(share * count)` images, at least one and never all; both parts keep their order.
 *
 * With a share of 0, or a single image, the train split is the test split too.
 */
export function drawTestSplit(
  all: Split,
  pixels: number,
  share: number,
  seed: number,
): { train: Split; test: Split } {
  const [kept, wanted] = splitCounts(all.count, share);
  if (wanted === undefined) return { train: all, test: all };
  if (all.file !== undefined) {
    // Images that stay in their file are read in its order: the test split is its end.
    return { train: sliceSplit(all, pixels, 0, kept), test: sliceSplit(all, pixels, kept, all.count) };
  }
  const order = permutation(all.count, { seed, stream: "split", epoch: ROUNDS.testSplit });
  return {
    train: pickFromSplit(all, pixels, order.subarray(wanted).sort()),
    test: pickFromSplit(all, pixels, order.subarray(0, wanted).sort()),
  };
}

/** At most `limit` of the items, chosen by the seed, in their order. */
export function selectSome<Item>(items: readonly Item[], limit: number, seed: number): readonly Item[] {
  if (items.length <= limit) return items;
  const order = permutation(items.length, { seed, stream: "split", epoch: ROUNDS.selection });
  return Array.from(order.subarray(0, limit).sort(), (position) => items[position]);
}

/**
 * Passes over `offset` images of a split and takes `limit` at most. Throws a RunError when none is left.
 *
 * What is taken is copied, so that the rest can be forgotten and is not sent along to a Worker.
 */
export function takeFrom(
  split: Split,
  pixels: number,
  source: string,
  { offset = 0, limit = Infinity }: { offset?: number; limit?: number },
): Split {
  if (offset >= split.count) {
    throw new RunError(
      `Cannot load ${source} as 'offset' must be below the ${split.count} images there are: current value is ${offset}`,
    );
  }
  if (offset === 0 && limit >= split.count) return split;
  const end = Math.min(split.count, offset + limit);
  if (split.file !== undefined) return sliceSplit(split, pixels, offset, end);
  return {
    count: end - offset,
    images: split.images.slice(offset * pixels, end * pixels),
    labels: split.labels?.slice(offset, end),
    names: split.names?.slice(offset, end),
  };
}
