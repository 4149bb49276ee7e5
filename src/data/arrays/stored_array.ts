/** Arrays of numbers: in memory, and as a file holds them. @module */
import type { Samples } from "../dataset.ts";
import type { NumberType } from "./number_type.ts";

/** An array of numbers in memory, or in a file from which ranges of samples are read. */
export interface NumberArray extends Samples {
  /** Its name for messages: `"x.npy"`, `"x_train" of "digits.npz"`. */
  readonly name: string;
  /** The size of each dimension; the first counts samples. */
  readonly sizes: readonly number[];
}

/** Where an array is in a file. */
export interface StoredArray {
  /** As {@link NumberArray.name}. */
  readonly name: string;
  readonly path: string;
  readonly sizes: readonly number[];
  readonly type: NumberType;
  /** Whether the first index changes fastest (Fortran order) instead of the last one (C order). @default {false} */
  readonly isFortran?: boolean;
  /** Where each value of a sample is taken from, as a position in the stored sample (in C order). @default {as stored} */
  readonly order?: Uint32Array;
  /** The byte of the file at which the numbers begin; of the unpacked bytes where they are {@link unpack packed}. */
  readonly start: number;
  /** The unpacked bytes from {@link start} on, where the file holds them packed. */
  readonly unpack?: () => AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** How many values an array of these sizes has. */
export function countOf(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
