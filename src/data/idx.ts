/**
 * The source `idx`: images (and labels) from IDX files, the format of MNIST, Fashion-MNIST and similar data sets.
 *
 * @module
 */
import { optionsOf } from "../core/arguments.ts";
import { z } from "zod";
import { fingerprintFiles } from "./fingerprint.ts";
import { RunError } from "../core/errors.ts";
import { limitOption, offsetOption, type Source, type SourceContext, testShareOption } from "./contract.ts";
import { greyShape, isSameShape, type SampleShape, sampleShapeText, sampleSize } from "../core/shape.ts";
import { type Dataset, samplesText, type Split } from "./dataset.ts";
import { samplesInMemory } from "./feed.ts";
import { type IdxArray, locateIdxImages, peekIdxSizes, readIdx } from "./idx_format.ts";
import { fileFault } from "./picture_files.ts";
import { drawTestSplit, SPLIT_VERSION, takeFrom } from "./split.ts";

const file = z.string().min(1);

const schema = z.strictObject({
  source: z.literal("idx"),
  images: file,
  labels: file.optional(),
  testImages: file.optional(),
  testLabels: file.optional(),
  testShare: testShareOption.optional(),
  limit: limitOption,
  offset: offsetOption,
}).refine(({ testLabels, testImages }) => testLabels === undefined || testImages !== undefined, {
  path: ["testLabels"],
  error: "'testLabels' belong to 'testImages', which is not given",
}).refine(({ testShare, testImages }) => testShare === undefined || testImages === undefined, {
  path: ["testShare"],
  error: "'testShare' draws the test split, which 'testImages' already is: leave one of them out",
});

type IdxSpec = z.output<typeof schema>;

/** The share of the images that are kept for the test, when no test images are given. */
const DEFAULT_TEST_SHARE = 0.1;

/** What {@link idx} reads. Files may be gzipped. */
export interface IdxOptions {
  /** The IDX file of the images. */
  images: string;
  /** The IDX file of their labels. */
  labels?: string;
  /** The IDX file of the test images; without it a share of the images is drawn by the run's seed. */
  testImages?: string;
  /** The IDX file of the test images' labels. */
  testLabels?: string;
  /** Which share of the images becomes the test split, from 0 (none: train is test) to 0.9. @default {0.1} */
  testShare?: number;
  /** How many images to train on at most. @default all */
  limit?: number;
  /** How many images of the train split to skip first. @default {0} */
  offset?: number;
}

/** This source as a pipeline file writes it, by {@link idx}. */
export type IdxInput = { source: "idx" } & IdxOptions;

/** Images from IDX files. Nothing is read before the run. */
export function idx(options: IdxOptions): IdxInput {
  return { source: "idx", ...optionsOf("idx", options) };
}

/** A split with the shape of its samples. */
interface ShapedSplit {
  readonly split: Split;
  readonly shape: SampleShape;
}

function imagesSplit({ sizes: [count, height, width], values }: IdxArray): ShapedSplit {
  return { split: { count, values }, shape: greyShape({ height, width }) };
}

/** Images that are read from their file in parts, as they take more than `memory` bytes. */
function locatedSplit(path: string, memory: number): ShapedSplit | undefined {
  const located = locateIdxImages(path, memory);
  if (located === undefined) return undefined;
  const { sizes: [count, height, width], start, size, modified } = located;
  const shape = greyShape({ height, width }), kind = "bytes";
  const block = samplesInMemory(memory, shape, kind);
  return {
    split: { count, values: new Uint8Array(), file: { path, kind, start, block, size, modified } },
    shape,
  };
}

/** An IDX file of images and, when it is given, that of their labels, as a split. */
export async function readIdxSplit(
  imagesFile: string,
  labelsFile: string | undefined,
  read: (file: string, content: "images" | "labels") => Promise<IdxArray> = readIdx,
  memory = Infinity,
): Promise<ShapedSplit> {
  const { split, shape } = locatedSplit(imagesFile, memory) ?? imagesSplit(await read(imagesFile, "images"));
  const { count } = split;
  if (labelsFile === undefined) return { split, shape };
  const labels = await read(labelsFile, "labels");
  if (labels.values.length !== count) {
    throw new RunError(
      `"${labelsFile}" must have one label for each of the ${count} images of "${imagesFile}", ` +
        `got ${labels.values.length} (pass the labels of these images)`,
    );
  }
  return { split: { ...split, labels: Uint16Array.from(labels.values) }, shape };
}

function classNames(...splits: Split[]): string[] | undefined {
  let last = -1;
  for (const { labels } of splits) {
    if (labels !== undefined) { for (const label of labels) last = Math.max(last, label); }
  }
  return last < 0 ? undefined : Array.from({ length: last + 1 }, (_, label) => String(label));
}

async function open(spec: IdxSpec, { seed, memory = Infinity, log }: SourceContext): Promise<Dataset> {
  const { split: all, shape } = await readIdxSplit(spec.images, spec.labels, readIdx, memory);
  const pixels = sampleSize(shape);
  let parts = { train: all, test: all };
  if (spec.testImages === undefined) {
    parts = drawTestSplit(all, pixels, spec.testShare ?? DEFAULT_TEST_SHARE, seed, log);
  } else {
    const test = await readIdxSplit(spec.testImages, spec.testLabels, readIdx, memory);
    if (!isSameShape(test.shape, shape)) {
      throw new RunError(
        `the images of "${spec.testImages}" must be ${
          sampleShapeText(shape)
        } like those of "${spec.images}", ` +
          `got ${sampleShapeText(test.shape)}`,
      );
    }
    parts.test = test.split;
  }
  const train = takeFrom(parts.train, pixels, `"${spec.images}"`, spec);
  return { name: "idx", shape, labelNames: classNames(all, parts.test), train, test: parts.test };
}

/** The source `idx`. */
export const idxSource: Source<typeof schema> = {
  kind: "idx",
  schema,
  describe({ images }) {
    const sizes = peekIdxSizes(images, "images");
    if (sizes === undefined) return `idx: ${images}`;
    const [count, height, width] = sizes;
    return `idx: ${samplesText([count], greyShape({ height, width }))}`;
  },
  shape({ images }) {
    const sizes = peekIdxSizes(images, "images");
    return sizes && greyShape({ height: sizes[1], width: sizes[2] });
  },
  version: SPLIT_VERSION,
  faults: (spec) =>
    (["images", "labels", "testImages", "testLabels"] as const).flatMap((option) => {
      const file = spec[option], fault = file === undefined ? undefined : fileFault(file);
      return fault === undefined ? [] : [{ path: option, message: fault }];
    }),
  fingerprint: ({ images, labels, testImages, testLabels }) =>
    fingerprintFiles([images, labels, testImages, testLabels]),
  open,
};
