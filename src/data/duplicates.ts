/**
 * Exact duplicates: a test sample that is also trained on measures memorisation, not generalisation.
 *
 * @module
 */
import { newValues, type SampleValues } from "../core/shape.ts";
import { kindOfSamples, type Split } from "./dataset.ts";
import { forEachSample } from "./each_sample.ts";
import { readSamples } from "./feed.ts";

/** A number of 32 bits that equal samples share: FNV-1a over their bytes, or over the words of floats, mixed once more at the end. */
export function hashOf(values: SampleValues): number {
  const units = values instanceof Float32Array
    ? new Uint32Array(values.buffer, values.byteOffset, values.length)
    : values;
  let hash = 0x811c9dc5;
  for (let at = 0; at < units.length; at++) hash = Math.imul(hash ^ units[at], 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Finds the same sample among those seen before: a table of positions by hash, in flat arrays, as there may be millions. */
interface Seen {
  /** The position of the first sample that equals this one; `undefined` when there is none. */
  find(sample: SampleValues, hash: number): number | undefined;
  add(hash: number, position: number): void;
}

function seenOf(split: Split, size: number): Seen {
  const { values, file, count } = split;
  const slots = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * count))), mask = slots - 1;
  /** A position plus 1 in each slot that is taken; a taken slot sends a search to the next one. */
  const taken = new Uint32Array(slots), hashes = new Uint32Array(count);
  const other = file === undefined ? values : newValues(kindOfSamples(split), size);
  function equals(position: number, sample: SampleValues): boolean {
    if (file !== undefined) readSamples(split, size, position, other);
    const from = file === undefined ? position * size : 0;
    for (let at = 0; at < size; at++) if (sample[at] !== other[from + at]) return false;
    return true;
  }
  return {
    find(sample, hash) {
      for (let slot = hash & mask; taken[slot] > 0; slot = (slot + 1) & mask) {
        const position = taken[slot] - 1;
        if (hashes[position] === hash && equals(position, sample)) return position;
      }
      return undefined;
    },
    add(hash, position) {
      let slot = hash & mask;
      while (taken[slot] > 0) slot = (slot + 1) & mask;
      taken[slot] = position + 1;
      hashes[position] = hash;
    },
  };
}

/** For each sample of a split the position of the first one that equals it: its own where there is none before. */
export function firstEquals(split: Split, size: number): Uint32Array {
  const firsts = new Uint32Array(split.count), seen = seenOf(split, size);
  forEachSample(split, size, (sample, position) => {
    const hash = hashOf(sample), first = seen.find(sample, hash);
    if (first === undefined) seen.add(hash, position);
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
  const seen = seenOf(train, size);
  let distinct = 0, shared = 0;
  forEachSample(train, size, (sample, position) => {
    const hash = hashOf(sample);
    if (seen.find(sample, hash) !== undefined) return;
    seen.add(hash, position);
    distinct++;
  });
  if (test !== train) {
    forEachSample(test, size, (sample) => {
      if (seen.find(sample, hashOf(sample)) !== undefined) shared++;
    });
  }
  return { distinct, shared };
}
