/** The stage that brings the images. @module */
import { z } from "zod";
import { faultsAt } from "../core/fault.ts";
import { binariseDataset } from "../data/binarise.ts";
import { checkImages } from "../data/check_images.ts";
import { type Binarisation, type Dataset, datasetText } from "../data/dataset.ts";
import { bytesOf, MemoryText } from "../data/memory.ts";
import {
  describeSource,
  fingerprintSource,
  openSource,
  sourceFaults,
  type SourceInput,
  sourceShape,
  SourceSpec,
} from "../data/source.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  source: SourceSpec,
  memory: MemoryText.default("256MB"),
  binarise: z.enum(["grey", "threshold", "resampled"]).default("grey"),
});
type Options = z.infer<typeof Options>;

/** Options for {@link load}. */
export interface LoadOptions {
  /** The stage's name. @default {"load"} */
  name?: string;
  /**
   * The most memory that the images of a split may take: larger IDX files (plain ones) and picture folders stay on the disk and are
   * read a part at a time, each part shuffled in itself. @default {"256MB"}
   */
  memory?: string;
  /**
   * What becomes of grey pixels: `grey` keeps them as they are, `threshold` thresholds them at 0.5, `resampled` draws each as 0 or 1 with its
   * brightness as the probability, again each epoch (evaluations draw once). @default {"grey"}
   */
  binarise?: Binarisation;
}

/** Outputs of {@link load}. */
export interface LoadOutput {
  /** The images with their splits. */
  dataset: Dataset;
}

const WORDS: Readonly<Record<Binarisation, string>> = {
  grey: "",
  threshold: ", pixels cut at one half",
  resampled: ", pixels drawn as 0 or 1",
};

const definition: StageDefinition<Options, object, LoadOutput> = {
  kind: "load",
  version: 1,
  inputs: [],
  outputs: ["dataset"],
  schema: Options,
  fingerprint: ({ source }) => fingerprintSource(source),
  plan: ({ source, memory, binarise }) => ({
    lines: [describeSource(source) + WORDS[binarise], `at most ${memory} of images in memory at a time`],
    facts: sourceShape(source),
    faults: faultsAt("source", sourceFaults(source)),
  }),
  async run(_input, { source, memory, binarise }, { seed, emit }) {
    const log = (message: string) => emit({ type: "log", message });
    const warn = (message: string) => emit({ type: "warning", message });
    const dataset = binariseDataset(
      await openSource(source, { seed, memory: bytesOf(memory), log, warn }),
      binarise,
      seed,
    );
    const { distinct, shared, warnings } = checkImages(dataset);
    warnings.forEach(warn);
    const { file } = dataset.train;
    const streamed = file === undefined
      ? ""
      : `, read from ${file.path}, ${file.block.toLocaleString("en-US")} at a time`;
    return {
      outputs: { dataset },
      note: datasetText(dataset) + WORDS[binarise] + streamed + copiesText(dataset, distinct, shared),
    };
  },
};

/** Identical images, as text: nothing where there are none. */
function copiesText({ train, test }: Dataset, distinct: number, shared: number): string {
  const copies = train.count - distinct;
  return [
    copies === 0 ? "" : `, ${copies.toLocaleString("en-US")} train images identical to another one`,
    shared === 0
      ? ""
      : `, ${shared.toLocaleString("en-US")} of ${
        test.count.toLocaleString("en-US")
      } test images in train too`,
  ].join("");
}

/**
 * Loads the images of a source: `load(mnist())`, `load(images("photos", { height: 32, width: 32 }))`.
 *
 * Makes `dataset`: images [n, height * width] in [0, 1] (kept as bytes), in a train and a test split.
 */
export function load(source: SourceInput, options: LoadOptions = {}): Stage<object, LoadOutput> {
  return stageOf(definition, options, { source });
}
