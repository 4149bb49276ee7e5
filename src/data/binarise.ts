/** Turns grey images into black and white ones. @module */
import { RunError } from "../core/errors.ts";
import {
  type Binarisation,
  type Dataset,
  kindOfSamples,
  mapSplits,
  type Samples,
  type Split,
} from "./dataset.ts";

/** From this byte on, a pixel is on. */
const HALF_OF_BYTES = 128;

/**
 * A dataset whose pixels are thresholded at 0.5, or are to be sampled by its readers.
 *
 * @throws {RunError} When images that are not in memory were to be thresholded.
 */
export function binariseDataset(dataset: Dataset, binarisation: Binarisation, seed: number): Dataset {
  if (binarisation === "grey") return dataset;
  const change = binarisation === "resampled" ? (split: Split) => ({ ...split, resampled: seed }) : threshold;
  return { ...mapSplits(dataset, change), binarisation };
}

function threshold(split: Split): Split {
  const { targets } = split;
  return { ...split, ...thresholded(split), targets: targets && thresholded(targets) };
}

function thresholded(samples: Samples): Samples {
  const { file, values } = samples;
  if (file !== undefined) {
    throw new RunError(
      `load.memory must hold all images of "${file.path}" to threshold them at 0.5 (raise load.memory)`,
    );
  }
  const [from, on] = kindOfSamples(samples) === "bytes" ? [HALF_OF_BYTES, 255] : [0.5, 1];
  return { values: values.map((value) => value >= from ? on : 0) };
}
