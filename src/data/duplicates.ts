/**
 * Exact duplicates: a test sample that is also trained on measures memorisation, not generalisation.
 *
 * @module
 */
import { asBytes, newValues, type SampleValues } from "../core/shape.ts";
import { kindOfSamples, type Split } from "./dataset.ts";
import { forEachSample } from "./each_sample.ts";
import { readSamples } from "./feed.ts";

/** A number of 52 bits that equal samples share (FNV-1a of 32 bits, and its twin with another start). */
function hashOf(values: SampleValues): number {
  const bytes = asBytes(values);
  let one = 0x811c9dc5, other = 0x2f0b4c47;
  for (let at = 0; at < bytes.length; at++) {
    one = Math.imul(one ^ bytes[at], 0x01000193);
    other = Math.imul(other ^ bytes[at], 0x85ebca6b);
  }
  return (one >>> 0) * 2 ** 20 + (other >>> 12);
}

/** Finds the same sample among those seen before. */
interface Seen {
  readonly split: Split;
  readonly byHash: Map<number, number[]>;
}

const seenOf = (split: Split): Seen => ({ split, byHash: new Map() });

/** The position of the first sample that equals this one; `undefined` when there is none. */
function find({ split, byHash }: Seen, sample: SampleValues, hash: number): number | undefined {
  const size = sample.length;
  return byHash.get(hash)?.find((position) => {
    const other = split.file === undefined
      ? split.values.subarray(position * size, (position + 1) * size)
      : newValues(kindOfSamples(split), size);
    if (split.file !== undefined) readSamples(split, size, position, other);
    return sample.every((value, at) => value === other[at]);
  });
}

function add({ byHash }: Seen, hash: number, position: number): void {
  const same = byHash.get(hash);
  if (same === undefined) byHash.set(hash, [position]);
  else same.push(position);
}

/** For each sample of a split the position of the first one that equals it: its own where there is none before. */
export function firstEquals(split: Split, size: number): Uint32Array {
  const firsts = new Uint32Array(split.count), seen = seenOf(split);
  forEachSample(split, size, (sample, position) => {
    const hash = hashOf(sample), first = find(seen, sample, hash);
    if (first === undefined) add(seen, hash, position);
    firsts[position] = first ?? position;
  });
  return firsts;
}

/** How many samples of a data set are the same as others. */
export interface Duplicates {
  /** Different samples of the train split. */
  readonly distinct: number;
  /** Test samples that equal a train sample. */
  readonly shared: number;
}

/** Counts exact duplicates; `shared` is 0 where the train split is the test split. */
export function countDuplicates(train: Split, test: Split, size: number): Duplicates {
  const seen = seenOf(train);
  let distinct = 0, shared = 0;
  forEachSample(train, size, (sample, position) => {
    const hash = hashOf(sample);
    if (find(seen, sample, hash) !== undefined) return;
    add(seen, hash, position);
    distinct++;
  });
  if (test !== train) {
    forEachSample(test, size, (sample) => {
      if (find(seen, sample, hashOf(sample)) !== undefined) shared++;
    });
  }
  return { distinct, shared };
}
