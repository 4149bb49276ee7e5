/**
 * The source `images`: a folder of pictures, with its sub-folders as labels.
 *
 * @module
 */
import { optionsOf } from "../core/arguments.ts";
import { z } from "zod";
import { greyShape, pixelCount } from "../core/shape.ts";
import { limitOption, type Source, type SourceContext, testShareOption } from "./contract.ts";
import type { Dataset, Split } from "./dataset.ts";
import { cachePictures, inCacheOrder } from "./picture_cache.ts";
import { fingerprintFiles } from "./fingerprint.ts";
import { fileFault, findPictures, folderFault, type PictureFile } from "./picture_files.ts";
import { MAX_PIXELS } from "./picture_limits.ts";
import { type PictureForm, pictureForm, readPicture } from "./read_picture.ts";
import { listOfSplit, splitPictures, splitsOf } from "./picture_splits.ts";
import { drawTestSplit, selectSome, SPLIT_VERSION } from "./split.ts";

const side = z.int().min(1).max(4096).optional();

const schema = z.strictObject({
  source: z.literal("images"),
  folder: z.string().min(1),
  height: side,
  width: side,
  split: z.string().min(1).default("auto"),
  depth: z.int().min(0).optional(),
  testShare: testShareOption.default(0.1),
  limit: limitOption,
  maxPixels: z.int().min(1).default(MAX_PIXELS),
}).refine(({ height, width }) => (height === undefined) === (width === undefined), {
  path: ["height"],
  error: "'height' and 'width' belong together: give both or neither",
});

/** The spec of `images` with its defaults. */
export type ImagesSpec = z.output<typeof schema>;

/** How {@link images} reads a folder. */
export interface ImagesOptions {
  /** Pixels from top to bottom that each image is scaled to (together with `width`); without, all must have one size. */
  height?: number;
  /** Pixels from left to right that each image is scaled to. */
  width?: number;
  /**
   * How images are split. `folders`: by folders named `train`, `test` and `val` (or `validation`), in which sub-folders are the labels;
   * images elsewhere are left out. `share`: `testShare` of them becomes the test split. `auto`: by folders where there is a `train` with
   * a `test` or `val` beside it, else by share. Anything else is the path of a list: a line `cats/1.png,test` for each image, splits as
   * words or as CelebA's numbers; images that it does not list are left out. @default {"auto"}
   */
  split?: string;
  /** How many levels of sub-folders are read; 0: none. @default all */
  depth?: number;
  /** Which share of the images becomes the test split where no folder or list gives one, from 0 (none: train is test) to 0.9. @default {0.1} */
  testShare?: number;
  /** At most how many pixels a picture may have before it is scaled; a larger one is an error. @default {120_000_000} */
  maxPixels?: number;
  /** How many images of a split to use at most, chosen from all of its images by the run's seed. @default all */
  limit?: number;
}

/** This source as a pipeline file writes it, by {@link images}. */
export type ImagesInput = { source: "images"; folder: string } & ImagesOptions;

/**
 * The PNG, JPEG, GIF (first frame), TIFF, PGM and PPM images of a folder, grey; sub-folders, where there are any, are the labels, and
 * folders named `train`, `test` and `val` the splits. Nothing is read before the run.
 */
export function images(folder: string, options: ImagesOptions = {}): ImagesInput {
  return { source: "images", folder, ...optionsOf("images", options) };
}

/** The pixels of all pictures, one after the other. */
async function readAll(files: readonly PictureFile[], form: PictureForm): Promise<Uint8Array> {
  const size = pixelCount(form), pixels = new Uint8Array(files.length * size);
  for (const [index, { path }] of files.entries()) pixels.set(await readPicture(path, form), index * size);
  return pixels;
}

/** All pictures as one split: in the order of their names in memory, or in a file when they take more of it than they may. */
async function readSplit(
  files: readonly PictureFile[],
  form: PictureForm,
  labelNames: readonly string[],
  { memory = Infinity, log }: SourceContext,
): Promise<Split> {
  const isLarge = files.length * pixelCount(form) > memory;
  const ordered = isLarge ? inCacheOrder(files) : files;
  const labels = new Map(labelNames.map((name, label) => [name, label]));
  return {
    count: ordered.length,
    ...(isLarge
      ? { values: new Uint8Array(), file: await cachePictures(ordered, form, { memory, log }) }
      : { values: await readAll(ordered, form) }),
    labels: labels.size === 0 ? undefined : Uint16Array.from(ordered, ({ label }) => labels.get(label!)!),
    names: ordered.map(({ name }) => name),
  };
}

async function open(spec: ImagesSpec, context: SourceContext): Promise<Dataset> {
  const { folder, limit = Infinity, testShare, split, depth } = spec,
    { seed, log, warn: note = log } = context;
  const found = splitPictures(folder, await findPictures(folder, { note, depth }), split, note);
  const some = (files: readonly PictureFile[]) => selectSome(files, limit, seed);
  const trainFiles = some(found.train);
  const form = await pictureForm(folder, trainFiles[0].path, spec);
  const read = (files: readonly PictureFile[]) => readSplit(files, form, found.labelNames, context);
  const train = await read(trainFiles);
  return {
    name: "images",
    shape: greyShape(form),
    labelNames: found.labelNames.length === 0 ? undefined : found.labelNames,
    ...(found.test === undefined
      ? drawTestSplit(train, pixelCount(form), testShare, seed, log)
      : { train, test: await read(some(found.test)) }),
    ...(found.validation && { validation: await read(some(found.validation)) }),
  };
}

/** The source `images`. */
export const imagesSource: Source<typeof schema> = {
  kind: "images",
  schema,
  describe({ folder, height, width, split }) {
    const splits = splitsOf(folder, split), list = listOfSplit(split);
    const how = list !== undefined
      ? `, split by ${list}`
      : splits === undefined
      ? ""
      : ", split by its folders";
    return `images: ${folder}${height === undefined ? "" : `, scaled to ${height}x${width}`}${how}`;
  },
  shape: ({ height, width }) =>
    height === undefined || width === undefined ? undefined : greyShape({ height, width }),
  hasValidation: ({ folder, split }) => splitsOf(folder, split)?.has("validation") ?? false,
  faults({ folder, split }) {
    const fault = folderFault(folder), list = listOfSplit(split);
    const listFault = list === undefined ? undefined : fileFault(list);
    return [
      ...(fault === undefined ? [] : [{ path: "folder", message: fault }]),
      ...(listFault === undefined ? [] : [{ path: "split", message: listFault }]),
    ];
  },
  version: `images 2, ${SPLIT_VERSION}`,
  async fingerprint({ folder, split, depth }) {
    const files = await findPictures(folder, { depth }).catch(() => []);
    return await fingerprintFiles([listOfSplit(split), ...files.map(({ path }) => path)]);
  },
  open,
};
