/** Visits the samples of a split one by one, in memory or from their file. @module */
import { bytesOfKind, newValues, type SampleValues } from "../core/shape.ts";
import { kindOfSamples, type Samples } from "./dataset.ts";
import { readSamples } from "./feed.ts";

/** Bytes that are read at a time out of a file. */
const BLOCK_BYTES = 1 << 24;

/** Calls `visit` with the values of each of `count` samples, as they are stored; `step` visits only every step-th. */
export function forEachSample(
  samples: Samples & { readonly count: number },
  size: number,
  visit: (values: SampleValues, position: number) => void,
  step = 1,
): void {
  const { file, values, count } = samples, kind = kindOfSamples(samples);
  const block = file === undefined || step > 1
    ? 1
    : Math.max(1, Math.floor(BLOCK_BYTES / (size * bytesOfKind(kind))));
  const memory = file === undefined ? undefined : newValues(kind, block * size);
  for (let first = 0; first < count; first += block * step) {
    const length = Math.min(block, count - first);
    const read = memory?.subarray(0, length * size) ?? values.subarray(first * size, (first + 1) * size);
    if (memory !== undefined) readSamples(samples, size, first, read);
    for (let k = 0; k < length; k++) visit(read.subarray(k * size, (k + 1) * size), first + k);
  }
}
