/** The stage that brings the images. @module */
import { z } from "zod";
import { type Dataset, datasetText } from "../data/dataset.ts";
import { describeSource, openSource, type SourceInput, sourceShape, SourceSpec } from "../data/source.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const Options = z.strictObject({ name: z.string().optional(), source: SourceSpec });
type Options = z.infer<typeof Options>;

/** What {@link load} can be told. */
export interface LoadOptions {
  /** The stage's name. @default {"load"} */
  name?: string;
}

/** What {@link load} makes. */
export interface Loaded {
  /** The images with their splits. */
  dataset: Dataset;
}

const definition: StageDefinition<Options, object, Loaded> = {
  kind: "load",
  version: 1,
  needs: [],
  makes: ["dataset"],
  schema: Options,
  plan: ({ source }) => ({ lines: [describeSource(source)], facts: sourceShape(source) }),
  async run(_input, { source }, { seed, emit }) {
    const dataset = await openSource(source, { seed, log: (message) => emit({ type: "log", message }) });
    return {
      adds: { dataset },
      note: datasetText(dataset),
    };
  },
};

/**
 * Loads the images of a source: `load(mnist())`, `load(images("photos", { height: 32, width: 32 }))`.
 *
 * Makes `dataset`: images [n, height * width] in [0, 1] (kept as bytes), in a train and a test split.
 */
export function load(source: SourceInput, options: LoadOptions = {}): Stage<object, Loaded> {
  return stageOf(definition, { ...options, source });
}
