/** Turns grey images into black and white ones. @module */
import { RunError } from "../core/errors.ts";
import type { Binarisation, Dataset, Split } from "./dataset.ts";

/** From this byte on, a pixel is on. */
const ON = 128;

/**
 * A dataset whose pixels are thresholded at 0.5, or are to be sampled by its readers.
 *
 * @throws {RunError} When images that are not in memory were to be thresholded.
 */
export function binariseDataset(dataset: Dataset, binarisation: Binarisation, seed: number): Dataset {
  if (binarisation === "grey") return dataset;
  const change = binarisation === "resampled" ? (split: Split) => ({ ...split, resampled: seed }) : threshold;
  const train = change(dataset.train);
  const test = dataset.test === dataset.train ? train : change(dataset.test);
  return { ...dataset, binarisation, train, test };
}

function threshold(split: Split): Split {
  if (split.file !== undefined) {
    throw new RunError(
      `load.memory must hold all images of "${split.file.path}" to threshold them at 0.5 (raise load.memory)`,
    );
  }
  return { ...split, images: split.images.map((byte) => byte >= ON ? 255 : 0) };
}
