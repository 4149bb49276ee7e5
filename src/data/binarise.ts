/** Grey images as black and white ones. @module */
import { RunError } from "../core/errors.ts";
import type { Binarisation, Dataset, Split } from "./dataset.ts";

/** From this byte on, a pixel is on: one half. */
const ON = 128;

/**
 * A dataset whose pixels are cut at one half, or are to be drawn by whoever looks at them.
 *
 * @throws {RunError} When images that stay in a file were to be cut.
 */
export function binariseDataset(dataset: Dataset, binarisation: Binarisation, seed: number): Dataset {
  if (binarisation === "grey") return dataset;
  const change = binarisation === "resampled" ? (split: Split) => ({ ...split, resampled: seed }) : cut;
  const train = change(dataset.train);
  const test = dataset.test === dataset.train ? train : change(dataset.test);
  return { ...dataset, binarisation, train, test };
}

function cut(split: Split): Split {
  if (split.file !== undefined) {
    throw new RunError(
      `Cannot cut the pixels of "${split.file.path}" at one half as they must fit in memory: they stay in their file; give load() more memory`,
    );
  }
  return { ...split, images: split.images.map((byte) => byte >= ON ? 255 : 0) };
}
