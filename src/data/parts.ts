/** Parts of a split: ranges that share its memory, and samples that are copied out of it. @module */
import { bytesOfKind, newValues } from "../core/shape.ts";
import { kindOfSamples, type Samples, type Split } from "./dataset.ts";
import { readSamples } from "./feed.ts";

/** The samples `from` (inclusive) to `to` (exclusive) of a split, sharing its memory. */
export function sliceSplit(split: Split, size: number, from: number, to: number): Split {
  return {
    ...split,
    ...sliceSamples(split, size, from, to),
    count: to - from,
    targets: split.targets && sliceSamples(split.targets, size, from, to),
    labels: split.labels?.subarray(from, to),
    names: split.names?.slice(from, to),
  };
}

function sliceSamples({ values, file }: Samples, size: number, from: number, to: number): Samples {
  return {
    values: values.subarray(from * size, to * size),
    file: file && { ...file, start: file.start + from * size * bytesOfKind(file.kind) },
  };
}

/** The first samples of a split, at most `most`, in memory even if the split has a file. */
export function firstOfSplit(split: Split, size: number, most: number): Split {
  const first = sliceSplit(split, size, 0, Math.min(most, split.count));
  const { targets, count } = first;
  return {
    ...first,
    ...inMemory(first, size, count),
    targets: targets && inMemory(targets, size, count),
  };
}

function inMemory(samples: Samples, size: number, count: number): Samples {
  if (samples.file === undefined) return samples;
  const values = newValues(samples.file.kind, count * size);
  readSamples(samples, size, 0, values);
  return { values, file: undefined };
}

/** The samples at the given positions of a split, copied into memory in that order. */
export function pickFromSplit(split: Split, size: number, positions: ArrayLike<number>): Split {
  const { labels, names, targets } = split;
  return {
    ...split,
    ...pickSamples(split, size, positions),
    count: positions.length,
    targets: targets && pickSamples(targets, size, positions),
    labels: labels && Uint16Array.from(positions, (position) => labels[position]),
    names: names && Array.from(positions, (position) => names[position]),
  };
}

/**
 * As {@link pickFromSplit} of rising positions, without a second copy of the values: they are moved within the memory of the split, which
 * must not be used any more.
 */
export function keepInSplit(split: Split, size: number, positions: readonly number[]): Split {
  const { labels, names, targets } = split;
  return {
    ...split,
    ...keepSamples(split, size, positions),
    count: positions.length,
    targets: targets && keepSamples(targets, size, positions),
    labels: labels && Uint16Array.from(positions, (position) => labels[position]),
    names: names && positions.map((position) => names[position]),
  };
}

function keepSamples({ values }: Samples, size: number, positions: readonly number[]): Samples {
  positions.forEach((position, row) => values.copyWithin(row * size, position * size, (position + 1) * size));
  return { values: values.subarray(0, positions.length * size), file: undefined };
}

function pickSamples(samples: Samples, size: number, positions: ArrayLike<number>): Samples {
  const values = newValues(kindOfSamples(samples), positions.length * size);
  for (let row = 0; row < positions.length; row++) {
    readSamples(samples, size, positions[row], values.subarray(row * size, (row + 1) * size));
  }
  return { values, file: undefined };
}
