// A batch of CIFAR-10 (binary version): records of a label byte and three planes (red, green, blue) of 32x32 bytes, row by row.

/**
 * The source `cifar10`: colour pictures of 32x32 in ten classes (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images",
 * 2009), from the folder of the binary version.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf } from "../core/arguments.ts";
import { messageOf, RunError } from "../core/errors.ts";
import { readRegularFile, readSmallText } from "../core/files.ts";
import { type SampleShape, sampleSize } from "../core/shape.ts";
import { cacheValues } from "./arrays/value_cache.ts";
import { limitOption, offsetOption, type Source, type SourceContext } from "./contract.ts";
import { type Dataset, samplesText, type Split } from "./dataset.ts";
import { samplesInMemory } from "./feed.ts";
import { fingerprintFiles } from "./fingerprint.ts";
import { heldOutOption, refuseParts, takeParts, testCount, trainCount } from "./held_out.ts";
import { fileFault, folderFault } from "./picture_files.ts";

const TRAIN = 50_000, TEST = 10_000, NOUN = "pictures";

const channels: z.ZodType<1 | 3> = z.union([z.literal(1), z.literal(3)]);

const schema = z.strictObject({
  source: z.literal("cifar10"),
  folder: z.string().min(1),
  channels: channels.default(3),
  limit: limitOption,
  offset: offsetOption,
  testLimit: limitOption,
  heldOut: heldOutOption,
}).superRefine(refuseParts(TRAIN, NOUN));

type Cifar10Spec = z.output<typeof schema>;

/** How {@link cifar10} reads its files. */
export interface Cifar10Options {
  /** Values per pixel: 3 (red, green, blue) or 1 (grey, `0.299 R + 0.587 G + 0.114 B`). @default {3} */
  channels?: 1 | 3;
  /** How many of the 50,000 pictures to train on at most. @default all */
  limit?: number;
  /** How many of them to skip first. @default {0} */
  offset?: number;
  /** How many of the 10,000 test pictures to use at most. @default all */
  testLimit?: number;
  /**
   * How many pictures from the end of the 50,000 become the test split, in place of the official one: so that
   * settings can be chosen without the pictures that the choice is measured on. @default {the official test split}
   */
  heldOut?: number;
}

/** This source as a pipeline file writes it, by {@link cifar10}. */
export type Cifar10Input = { source: "cifar10"; folder: string } & Cifar10Options;

/**
 * CIFAR-10 from a folder that holds `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, as `cifar-10-binary.tar.gz` unpacks to.
 * Nothing is read before the run.
 *
 * @example
 * ```ts
 * import { cifar10, load } from "@hourglass/hourglass";
 *
 * const stage = load(cifar10("cifar-10-batches-bin", { channels: 1, limit: 10_000 }));
 * ```
 */
export function cifar10(folder: string, options: Cifar10Options = {}): Cifar10Input {
  return { source: "cifar10", folder, ...optionsOf("cifar10", options) };
}

const SIDE = 32, PIXELS = sampleSize([SIDE, SIDE]), PLANES = 3;
const RECORD = 1 + PLANES * PIXELS;
const CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const TRAIN_FILES = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);
const TEST_FILES = ["test_batch.bin"];

const shapeOf = ({ channels }: Pick<Cifar10Spec, "channels">): SampleShape => [SIDE, SIDE, channels];

/** What a folder holds instead of the binary version, by a name in it. */
const OTHERS: readonly (readonly [name: string, what: string])[] = [
  ["data_batch_1", "the Python version"],
  ["data_batch_1.mat", "the MATLAB version"],
  ["train.bin", "CIFAR-100"],
];

const isFile = (path: string) => fileFault(path) === undefined;

/** Why a folder cannot be read; `undefined` when all batches are there. */
function batchesFault(folder: string): string | undefined {
  const fault = folderFault(folder);
  if (fault !== undefined) return fault.replace("a folder of images", "the folder of CIFAR-10");
  const missing = [...TRAIN_FILES, ...TEST_FILES].find((name) => !isFile(`${folder}/${name}`));
  if (missing === undefined) return undefined;
  const other = OTHERS.find(([name]) => isFile(`${folder}/${name}`));
  const found = other === undefined ? `no ${missing}` : other[1];
  return `must hold the binary version of CIFAR-10, data_batch_1.bin to data_batch_5.bin and test_batch.bin, ` +
    `got ${found} in "${folder}" (unpack cifar-10-binary.tar.gz)`;
}

async function readBatch(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readRegularFile(path);
  } catch (thrown) {
    throw new RunError(`Cannot read "${path}": ${messageOf(thrown)} (check the folder)`);
  }
  if (bytes.length === 0 || bytes.length % RECORD !== 0) {
    throw new RunError(
      `"${path}" must have records of ${RECORD.toLocaleString("en-US")} bytes, got ${
        bytes.length.toLocaleString("en-US")
      } bytes in all (fetch it again)`,
    );
  }
  return bytes;
}

/** The pictures of a batch: pixel by pixel instead of plane by plane, or grey. */
function pixelsOf(batch: Uint8Array, channels: 1 | 3): Uint8Array {
  const count = batch.length / RECORD, pixels = new Uint8Array(count * PIXELS * channels);
  let to = 0;
  for (let record = 0; record < count; record++) {
    const red = record * RECORD + 1, green = red + PIXELS, blue = green + PIXELS;
    for (let at = 0; at < PIXELS; at++) {
      const r = batch[red + at], g = batch[green + at], b = batch[blue + at];
      if (channels === 3) {
        pixels[to++] = r;
        pixels[to++] = g;
        pixels[to++] = b;
      } else pixels[to++] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    }
  }
  return pixels;
}

function labelsOf(batch: Uint8Array, path: string): Uint16Array {
  const labels = Uint16Array.from({ length: batch.length / RECORD }, (_, record) => batch[record * RECORD]);
  const wrong = labels.findIndex((label) => label >= CLASSES.length);
  if (wrong === -1) return labels;
  throw new RunError(
    `labels of "${path}" must be below ${CLASSES.length}, got ${
      labels[wrong]
    } in record ${wrong} (fetch it again)`,
  );
}

async function readSplit(
  names: readonly string[],
  spec: Cifar10Spec,
  { memory = Infinity, log }: SourceContext,
): Promise<Split> {
  const paths = names.map((name) => `${spec.folder}/${name}`), size = sampleSize(shapeOf(spec));
  const counts = paths.map((path) => Math.floor(Deno.statSync(path).size / RECORD));
  const count = counts.reduce((sum, one) => sum + one, 0), labels: Uint16Array[] = [];
  const read = async (write: (pixels: Uint8Array) => void) => {
    for (const path of paths) {
      const batch = await readBatch(path);
      labels.push(labelsOf(batch, path));
      write(pixelsOf(batch, spec.channels));
    }
  };
  if (count * size <= memory) {
    const values = new Uint8Array(count * size);
    let at = 0;
    await read((pixels) => {
      values.set(pixels, at);
      at += pixels.length;
    });
    return { count, values, labels: joined(labels) };
  }
  const name = `"${spec.folder}"`, content = { name, files: paths, layout: { cifar10: spec.channels } };
  const file = await cacheValues(content, count * size, log, read);
  if (labels.length === 0) { for (const path of paths) labels.push(labelsOf(await readBatch(path), path)); }
  const block = samplesInMemory(memory, shapeOf(spec), "bytes");
  return { count, values: new Uint8Array(), file: { kind: "bytes", block, ...file }, labels: joined(labels) };
}

function joined(parts: readonly Uint16Array[]): Uint16Array {
  return Uint16Array.from(parts.flatMap((part) => [...part]));
}

async function classNames(folder: string): Promise<string[]> {
  const text = await readSmallText(`${folder}/batches.meta.txt`).catch(() => "");
  const names = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return names.length === CLASSES.length ? names : CLASSES;
}

async function open(spec: Cifar10Spec, context: SourceContext): Promise<Dataset> {
  const fault = batchesFault(spec.folder), size = sampleSize(shapeOf(spec));
  if (fault !== undefined) throw new RunError(`load.source.folder ${fault}`);
  const train = await readSplit(TRAIN_FILES, spec, context);
  const test = spec.heldOut === undefined ? await readSplit(TEST_FILES, spec, context) : undefined;
  return {
    name: "cifar10",
    shape: shapeOf(spec),
    labelNames: await classNames(spec.folder),
    ...takeParts(train, test, size, { ...spec, source: "CIFAR-10", noun: NOUN }),
  };
}

/** The source `cifar10`. */
export const cifar10Source: Source<typeof schema> = {
  kind: "cifar10",
  schema,
  describe(spec) {
    const counts = [trainCount(spec, TRAIN), testCount(spec, TEST)];
    return `cifar10: ${samplesText(counts, shapeOf(spec))}${
      spec.heldOut === undefined ? "" : ", all from the train pictures"
    }`;
  },
  shape: shapeOf,
  trainSamples: (spec) => trainCount(spec, TRAIN),
  faults({ folder }) {
    const message = batchesFault(folder);
    return message === undefined ? [] : [{ path: "folder", message }];
  },
  fingerprint: ({ folder }) =>
    fingerprintFiles([...TRAIN_FILES, ...TEST_FILES].map((name) => `${folder}/${name}`)),
  open,
};
