/**
 * Exact duplicates: a test image that is also trained on measures memorisation, not generalisation.
 *
 * @module
 */
import type { Split } from "./dataset.ts";
import { readImages } from "./feed.ts";

/** Bytes of images that are read at a time out of a file. */
const BLOCK_BYTES = 1 << 24;

/** Calls `visit` with each image of a split, in memory or from its file; `step` visits only every step-th. */
export function forEachImage(
  split: Split,
  pixels: number,
  visit: (image: Uint8Array, position: number) => void,
  step = 1,
): void {
  const block = split.file === undefined || step > 1 ? 1 : Math.max(1, Math.floor(BLOCK_BYTES / pixels));
  const memory = split.file === undefined ? undefined : new Uint8Array(block * pixels);
  for (let first = 0; first < split.count; first += block * step) {
    const count = Math.min(block, split.count - first);
    const images = memory?.subarray(0, count * pixels) ??
      split.images.subarray(first * pixels, (first + 1) * pixels);
    if (memory !== undefined) readImages(split, pixels, first, images);
    for (let k = 0; k < count; k++) visit(images.subarray(k * pixels, (k + 1) * pixels), first + k);
  }
}

/** A number of 52 bits that equal images share (FNV-1a of 32 bits, and its twin with another start). */
function hashOf(image: Uint8Array): number {
  let one = 0x811c9dc5, other = 0x2f0b4c47;
  for (let pixel = 0; pixel < image.length; pixel++) {
    one = Math.imul(one ^ image[pixel], 0x01000193);
    other = Math.imul(other ^ image[pixel], 0x85ebca6b);
  }
  return (one >>> 0) * 2 ** 20 + (other >>> 12);
}

/** Finds the same image among those seen before. */
interface Seen {
  readonly split: Split;
  readonly byHash: Map<number, number[]>;
}

const seenOf = (split: Split): Seen => ({ split, byHash: new Map() });

/** The position of the first image that equals this one; `undefined` when there is none. */
function find({ split, byHash }: Seen, image: Uint8Array, hash: number): number | undefined {
  return byHash.get(hash)?.find((position) => {
    const other = split.file === undefined
      ? split.images.subarray(position * image.length, (position + 1) * image.length)
      : new Uint8Array(image.length);
    if (split.file !== undefined) readImages(split, image.length, position, other);
    return image.every((value, pixel) => value === other[pixel]);
  });
}

function add({ byHash }: Seen, hash: number, position: number): void {
  const same = byHash.get(hash);
  if (same === undefined) byHash.set(hash, [position]);
  else same.push(position);
}

/** For each image of a split the position of the first one that equals it: its own where there is none before. */
export function firstEquals(split: Split, pixels: number): Uint32Array {
  const firsts = new Uint32Array(split.count), seen = seenOf(split);
  forEachImage(split, pixels, (image, position) => {
    const hash = hashOf(image), first = find(seen, image, hash);
    if (first === undefined) add(seen, hash, position);
    firsts[position] = first ?? position;
  });
  return firsts;
}

/** How many images of a data set are the same as others. */
export interface Duplicates {
  /** Different images of the train split. */
  readonly distinct: number;
  /** Test images that equal a train image. */
  readonly shared: number;
}

/** Counts exact duplicates; `shared` is 0 where the train split is the test split. */
export function countDuplicates(train: Split, test: Split, pixels: number): Duplicates {
  const seen = seenOf(train);
  let distinct = 0, shared = 0;
  forEachImage(train, pixels, (image, position) => {
    const hash = hashOf(image);
    if (find(seen, image, hash) !== undefined) return;
    add(seen, hash, position);
    distinct++;
  });
  if (test !== train) {
    forEachImage(test, pixels, (image) => {
      if (find(seen, image, hashOf(image)) !== undefined) shared++;
    });
  }
  return { distinct, shared };
}
