/**
 * Settings as factors: a few levels, whatever their values are.
 *
 * @module
 */

/** One setting that varies, over the rows that were measured. */
export interface Factor {
  /** The level of each row, from 0 to `count` - 1. */
  readonly levels: readonly number[];
  readonly count: number;
  /** Whether levels are in order, as those of numbers are; names are not. */
  readonly isOrdered: boolean;
}

/** The most levels of numbers: more are put together, each with as many rows. */
const MOST_LEVELS = 64;

/** A factor of values: numbers in their order, at most {@link MOST_LEVELS} levels of them; anything else by its text. */
export function factorOf(values: readonly unknown[]): Factor {
  if (values.every((value) => typeof value === "number" && Number.isFinite(value))) {
    return factorOfNumbers(values as readonly number[]);
  }
  const places = new Map<string, number>();
  const levels = values.map((value) => {
    const text = JSON.stringify(value) ?? "";
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
  return { levels, count: places.size, isOrdered: false };
}

function factorOfNumbers(values: readonly number[]): Factor {
  const sorted = values.toSorted((a, b) => a - b), distinct = new Map<number, number>();
  sorted.forEach((value, rank) => {
    if (!distinct.has(value)) distinct.set(value, rank);
  });
  const isMany = distinct.size > MOST_LEVELS, levelOf = new Map<number, number>();
  let last = -1, count = 0;
  for (const [value, rank] of distinct) {
    const place = isMany ? Math.floor(rank * MOST_LEVELS / values.length) : count;
    if (place !== last) [last, count] = [place, count + 1];
    levelOf.set(value, count - 1);
  }
  return { levels: values.map((value) => levelOf.get(value)!), count, isOrdered: true };
}
