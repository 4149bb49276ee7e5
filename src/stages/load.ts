/** The stage that brings the images. @module */
import { z } from "zod";
import { type Fault, faultsAt } from "../core/fault.ts";
import { ScaleSetting, type ScaleSpec } from "../core/scale.ts";
import { nounsOf } from "../core/shape.ts";
import { binariseDataset } from "../data/binarise.ts";
import { checkSamples } from "../data/check_samples.ts";
import { type Binarisation, type Dataset, datasetText, type SkippedSamples } from "../data/dataset.ts";
import { bytesOf, MemoryText } from "../data/memory.ts";
import { describeScale, leavesUnit, scaleDataset } from "../data/scale.ts";
import {
  describeSource,
  fingerprintSource,
  hasValidation,
  inspectSource,
  openSource,
  seenValues,
  sourceClasses,
  sourceDetails,
  sourceFaults,
  type SourceInput,
  sourceShape,
  SourceSpec,
  trainSamples,
} from "../data/source.ts";
import { type PlanFacts, type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  source: SourceSpec,
  memory: MemoryText.default("256MB"),
  binarise: z.enum(["grey", "threshold", "resampled"]).default("grey"),
  scale: ScaleSetting.nullable().default(null),
}).refine(({ binarise, scale }) => binarise === "grey" || scale === null, {
  path: ["scale"],
  error: "'scale' must be null where 'binarise' makes values 0 or 1 (leave one of them out)",
});
type Options = z.infer<typeof Options>;

/** Options for {@link load}. */
export interface LoadOptions {
  /** The stage's name. @default {"load"} */
  name?: string;
  /**
   * The most memory that the samples of a split may take: larger IDX files (plain ones), picture folders and tables stay on the disk and are
   * read a part at a time, each part shuffled in itself. @default {"256MB"}
   */
  memory?: string;
  /**
   * What becomes of grey pixels: `grey` keeps them as they are, `threshold` thresholds them at 0.5, `resampled` draws each as 0 or 1 with its
   * brightness as the probability, again each epoch (evaluations draw once). @default {"grey"}
   */
  binarise?: Binarisation;
  /**
   * How values become what a model sees, by the train split alone: {@link bytes}, {@link range}, {@link minMax} or {@link standardize}. It is
   * recorded with the model. `null`: bytes are divided by 255, floats stay as they are. @default {null}
   */
  scale?: ScaleSpec | null;
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
  version: 2,
  inputs: [],
  outputs: ["dataset"],
  schema: Options,
  fingerprint: ({ source }) => fingerprintSource(source),
  inspect: ({ source }) => inspectSource(source),
  plan: ({ source, memory, binarise, scale }) => ({
    lines: [
      describeSource(source) + WORDS[binarise] + scaleText(scale),
      ...sourceDetails(source),
      `at most ${memory} of samples in memory at a time`,
    ],
    facts: {
      shape: sourceShape(source),
      samples: trainSamples(source),
      validation: hasValidation(source),
      beyondUnit: binarise === "grey" ? leavesUnit(scale, seenValues(source)) : undefined,
      classes: classFacts(source),
      testClasses: classFacts(source),
    },
    faults: [...faultsAt("source", sourceFaults(source)), ...scaleFaults(source, scale)],
  }),
  async run(_input, { source, memory, binarise, scale }, { seed, emit, ranks }) {
    const log = (message: string) => emit({ type: "log", message });
    const warn = (message: string) => emit({ type: "warning", message });
    const opened = binariseDataset(
      await openSource(source, { seed, memory: bytesOf(memory), ranks, log, warn }),
      binarise,
      seed,
    );
    const { distinct, shared, warnings } = checkSamples(opened), dataset = scaleDataset(opened, scale);
    warnings.forEach(warn);
    const { train: { file }, skipped } = dataset;
    const streamed = file === undefined
      ? ""
      : `, read from ${file.path}, ${file.block.toLocaleString("en-US")} at a time`;
    return {
      outputs: { dataset },
      note: datasetText(dataset) + WORDS[binarise] + scaleText(scale) + streamed +
        copiesText(dataset, distinct, shared) + skippedText(skipped),
      ...(skipped && { conditions: { skipped: `${skippedText(skipped).slice(2)}: ${skipped.text}` } }),
    };
  },
};

/** A scale that depends on all train samples, of which a rank sees a part. */
function scaleFaults(source: SourceSpec, scale: ScaleSpec | null): Fault[] {
  if (source.source !== "shards" || scale === null || scale.kind === "bytes" || scale.kind === "range") {
    return [];
  }
  const message =
    `must be bytes() or range() for shards, of which each rank sees its own, got "${scale.kind}"`;
  return [{ path: "scale", message }];
}

/** The classes of a source, as far as they are known. */
function classFacts(source: SourceSpec): PlanFacts["classes"] {
  const names = sourceClasses(source);
  return names === undefined || names === null ? names : names.map((name, label) => ({ name, label }));
}

const scaleText = (scale: ScaleSpec | null) => scale === null ? "" : `, ${describeScale(scale)}`;

/** Files that were left out, as text: nothing where there are none. */
function skippedText(skipped: SkippedSamples | undefined): string {
  if (skipped === undefined) return "";
  const { count, of } = skipped;
  return `, ${count.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} files skipped as unreadable`;
}

/** Identical samples, as text: nothing where there are none. */
function copiesText({ train, test, shape }: Dataset, distinct: number, shared: number): string {
  const copies = train.count - distinct, { samples } = nounsOf(shape);
  return [
    copies === 0 ? "" : `, ${copies.toLocaleString("en-US")} train ${samples} identical to another one`,
    shared === 0
      ? ""
      : `, ${shared.toLocaleString("en-US")} of ${
        test.count.toLocaleString("en-US")
      } test ${samples} in train too`,
  ].join("");
}

/**
 * Loads the images of a source: `load(mnist())`, `load(images("photos", { height: 32, width: 32 }))`.
 *
 * Makes `dataset`: samples of one shape (pictures stay bytes until a batch is gathered), in a train and a test split.
 */
export function load(source: SourceInput, options: LoadOptions = {}): Stage<object, LoadOutput> {
  return stageOf(definition, options, { source });
}
