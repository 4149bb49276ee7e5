/** Turns grey images into black and white ones. @module */
import { RunError } from "../core/errors.ts";
import { type Binarisation, type Dataset, mapSplits, type Samples, scaleOf, type Split } from "./dataset.ts";

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
  const { targets, scale } = split,
    of = (samples: Samples) => thresholded(samples, scaleOf({ ...samples, scale }).drawn);
  return { ...split, ...of(split), targets: targets && of(targets) };
}

/** Samples whose values are black or white: white from the middle between both on. */
function thresholded(samples: Samples, [black, white]: readonly [number, number]): Samples {
  const { file, values } = samples;
  if (file !== undefined) {
    throw new RunError(
      `load.memory must hold all images of "${file.path}" to threshold them at 0.5 (raise load.memory)`,
    );
  }
  const half = (black + white) / 2;
  return { values: values.map((value) => value >= half ? white : black) };
}
