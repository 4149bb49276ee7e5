/**
 * Which of a source's samples are used, and which of them become the test split.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { permutation } from "../core/random.ts";
import { firstEquals } from "./duplicates.ts";
import type { Split } from "./dataset.ts";
import { keepInSplit, pickFromSplit, sliceSplit } from "./parts.ts";

/**
 * The draws of this folder: rounds of the stream "split". Append only; round 2 is that of a picture cache's order, which is
 * independent of the seed.
 */
export const ROUNDS = { testSplit: 0, selection: 1, looks: 3, validationSplit: 4, tableOrder: 7 } as const;

/** How many samples {@link drawTestSplit} leaves to train on and, when it draws any, how many to test on. */
export function splitCounts(count: number, share: number): number[] {
  if (share === 0 || count < 2) return [count];
  const wanted = Math.min(count - 1, Math.max(1, Math.round(share * count)));
  return [count - wanted, wanted];
}

/**
 * Increased when the same samples are split differently, so that earlier results are not reused. Version 2
 * keeps identical samples in one split.
 */
export const SPLIT_VERSION = "split 2";

/**
 * Draws the test split: `round(share * count)` samples, at least one and never all; both parts keep their order.
 *
 * With a share of 0, or a single sample, the train split is the test split too. Identical samples in memory are kept in one split; `log`
 * is called with how many there are. `"reuse"` keeps the train split in the memory of all samples, which must not be used any more.
 */
export function drawTestSplit(
  all: Split,
  size: number,
  share: number,
  seed: number,
  log: (message: string) => void = () => {},
  memory: "copy" | "reuse" = "copy",
): { train: Split; test: Split } {
  const [kept, wanted] = splitCounts(all.count, share);
  if (wanted === undefined) return { train: all, test: all };
  if (all.file !== undefined || all.targets?.file !== undefined) {
    // Samples that stay in their file are read in its order: the test split is its end.
    return { train: sliceSplit(all, size, 0, kept), test: sliceSplit(all, size, kept, all.count) };
  }
  const isTest = chooseTest(all, size, { share, seed, noun: "image", log })!;
  const positions = Array.from(isTest.keys());
  // Before the train samples, which may take the place of test samples.
  const test = pickFromSplit(all, size, positions.filter((position) => isTest[position]));
  const keep = memory === "reuse" ? keepInSplit : pickFromSplit;
  return { train: keep(all, size, positions.filter((position) => !isTest[position])), test };
}

/**
 * Which samples in memory {@link drawTestSplit} takes for the test split, a 1 for each; `undefined` where there is none to draw. `noun` is
 * what a sample is called in the log.
 */
export function chooseTest(
  all: Split,
  size: number,
  { share, seed, round = ROUNDS.testSplit, noun, log }: {
    share: number;
    seed: number;
    /** One of {@link ROUNDS}. @default {the test split's} */
    round?: number;
    noun: string;
    log(message: string): void;
  },
): Uint8Array | undefined {
  const [, wanted] = splitCounts(all.count, share);
  if (wanted === undefined) return undefined;
  const order = permutation(all.count, { seed, stream: "split", epoch: round });
  const firsts = firstEquals(all, size);
  const copies = firsts.reduce((sum, first, position) => sum + (first === position ? 0 : 1), 0);
  if (copies > 0) {
    const what = copies === 1 ? `1 ${noun} is` : `${copies.toLocaleString("en-US")} ${noun}s are`;
    log(
      `${what} identical to another ${noun} of ${
        all.count.toLocaleString("en-US")
      }: kept in one split with it`,
    );
  }
  return testOf(order, firsts, wanted);
}

/**
 * Which samples become the test split: the first `wanted` of a random order, but identical ones only together. Where there are none, or
 * nothing but copies of one sample, it is just the first ones.
 */
function testOf(order: Uint32Array, firsts: Uint32Array, wanted: number): Uint8Array {
  const isTest = new Uint8Array(order.length);
  const sizes = new Uint32Array(order.length), members = new Map<number, number[]>();
  for (const first of firsts) sizes[first]++;
  firsts.forEach((first, position) => {
    if (sizes[first] > 1) members.set(first, [...members.get(first) ?? [], position]);
  });
  let chosen = 0;
  for (let k = 0; k < order.length && chosen < wanted; k++) {
    const first = firsts[order[k]];
    if (isTest[order[k]] === 1 || chosen + sizes[first] > wanted) continue;
    for (const position of members.get(first) ?? [order[k]]) isTest[position] = 1;
    chosen += sizes[first];
  }
  if (chosen === 0) order.subarray(0, wanted).forEach((position) => isTest[position] = 1);
  return isTest;
}

/** At most `limit` of the items, chosen by the seed, in their order. */
export function selectSome<Item>(items: readonly Item[], limit: number, seed: number): readonly Item[] {
  if (items.length <= limit) return items;
  const isChosen = chooseSome(items.length, limit, seed);
  return items.filter((_, position) => isChosen[position] === 1);
}

/** Which `limit` of `count` items {@link selectSome} takes, a 1 for each. */
export function chooseSome(count: number, limit: number, seed: number): Uint8Array {
  const order = permutation(count, { seed, stream: "split", epoch: ROUNDS.selection });
  const isChosen = new Uint8Array(count);
  for (const position of order.subarray(0, limit)) isChosen[position] = 1;
  return isChosen;
}

/**
 * Skips `offset` samples of a split and takes at most `limit`. Throws a RunError when none is left.
 *
 * What is taken is copied, so that the rest can be freed and is not sent to a Worker.
 */
export function takeFrom(
  split: Split,
  size: number,
  source: string,
  { offset = 0, limit = Infinity }: { offset?: number; limit?: number },
): Split {
  if (offset >= split.count) {
    throw new RunError(
      `load.source.offset must be below the ${split.count} images of ${source}, got ${offset}`,
    );
  }
  if (offset === 0 && limit >= split.count) return split;
  const end = Math.min(split.count, offset + limit);
  const part = sliceSplit(split, size, offset, end), { targets, labels } = part;
  return {
    ...part,
    values: part.values.slice(),
    targets: targets && { ...targets, values: targets.values.slice() },
    labels: labels?.slice(),
  };
}
