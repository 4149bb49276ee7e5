/** Files of NumPy arrays for tests, and datasets of them. */
import { RunError } from "../../../src/core/errors.ts";
import type { Dataset, Split } from "../../../src/data/dataset.ts";
import { forEachSample } from "../../../src/data/each_sample.ts";
import { openSource, type SourceInput, SourceSpec } from "../../../src/data/source.ts";

/** The folder of files that NumPy wrote. */
export const FIXTURES: string = new URL("../../fixtures/npy/", import.meta.url).pathname;

/** The bytes of a .npy file with any header and any content. */
export function npyBytes(header: string, content: Uint8Array = new Uint8Array()): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header.padEnd(118) + "\n"), start = 10 + text.length;
  const bytes = new Uint8Array(start + content.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, text.length, true);
  bytes.set(text, 10);
  bytes.set(content, start);
  return bytes;
}

/** The bytes of a .npy file of floats of single precision. */
export function npyFloats(sizes: readonly number[], values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const shape = `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
  return npyBytes(
    `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`,
    new Uint8Array(Float32Array.from(values).buffer),
  );
}

/** Opens a source; warnings and logs go to `notes`. */
export function openInput(
  input: SourceInput,
  { seed = 1, memory, notes = [] }: { seed?: number; memory?: number; notes?: string[] } = {},
): Promise<Dataset> {
  return openSource(SourceSpec.parse(input), { seed, memory, log: (message) => void notes.push(message) });
}

/** A check of an error: a RunError with this message. */
export const runError = (pattern: RegExp) => (error: unknown): boolean => {
  if (!(error instanceof RunError)) throw error;
  if (!pattern.test(error.message)) throw new Error(`got: ${error.message}`);
  return true;
};

/** All values of a split, in memory or in its file. */
export function valuesOf(split: Split, size: number): number[] {
  const values: number[] = [];
  forEachSample(split, size, (sample) => values.push(...sample));
  return values;
}
