/** Samples in a file of NumPy: `x.npy`, or an array of an archive, `data.npz:x_test`. @module */
import { RunError } from "../core/errors.ts";
import { sampleShapeOf } from "../data/arrays/array_set.ts";
import { readArray } from "../data/arrays/number_array.ts";
import { isStoredAsUsed } from "../data/arrays/number_type.ts";
import { openNpy } from "../data/arrays/open_npy.ts";
import { openNpz } from "../data/arrays/open_npz.ts";
import { arrayMember } from "./array_name.ts";
import { type SampleInput, splitInput } from "./sample_input.ts";

/** The most memory that numbers take which their file holds as they are used; others are converted in memory as a whole. */
const MEMORY = 256e6;

/** Opens an array, whose first dimension counts samples; it is read batch by batch. */
export async function arrayInput(path: string, note: (message: string) => void): Promise<SampleInput> {
  const [archive, name] = arrayMember(path);
  if (/\.npz$/i.test(path)) {
    throw new RunError(`input must name an array of "${path}", got none (as in ${path}:x_test)`);
  }
  const stored = name === undefined ? openNpy(path) : openNpz(archive).array(name);
  const inPlace = isStoredAsUsed(stored.type) && !stored.isFortran && stored.unpack === undefined;
  const array = await readArray(stored, { memory: inPlace ? MEMORY : Infinity, log: note });
  // One number a sample is a vector of one feature.
  const sizes = array.sizes.length === 1 ? [...array.sizes, 1] : array.sizes;
  const shape = sampleShapeOf(sizes, undefined);
  if (shape === undefined) {
    throw new RunError(
      `${array.name} must be [samples, features], [samples, height, width] or [samples, height, width, channels], ` +
        `got [${sizes.join(", ")}]`,
    );
  }
  return splitInput({ ...array, count: sizes[0] }, shape);
}
