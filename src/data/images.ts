/**
 * The source `images`: a folder of pictures, with its sub-folders as labels.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, RunError } from "../core/errors.ts";
import { limitOption, type Source, testShareOption } from "./contract.ts";
import type { Dataset } from "./dataset.ts";
import { decodePicture } from "./decode.ts";
import { findPictures, type PictureFile } from "./picture_files.ts";
import { type GreyRaster, scaleGrey, toGrey } from "./raster.ts";
import { drawTestSplit, selectSome } from "./split.ts";

const side = z.int().min(1).max(4096).optional();

const schema = z.strictObject({
  source: z.literal("images"),
  folder: z.string().min(1),
  height: side,
  width: side,
  testShare: testShareOption.default(0.1),
  limit: limitOption,
}).refine(({ height, width }) => (height === undefined) === (width === undefined), {
  path: ["height"],
  error: "'height' and 'width' belong together: give both or neither",
});

type ImagesSpec = z.output<typeof schema>;

/** How {@link images} reads a folder. */
export interface ImagesOptions {
  /** Pixels from top to bottom that each image is scaled to (together with `width`); without, all must have one size. */
  height?: number;
  /** Pixels from left to right that each image is scaled to. */
  width?: number;
  /** Which share of the images becomes the test split, from 0 (none: train is test) to 0.9. @default {0.1} */
  testShare?: number;
  /** How many images to use at most, chosen from the whole folder by the run's seed. @default all */
  limit?: number;
}

/** This source as a pipeline file writes it, by {@link images}. */
export type ImagesInput = { source: "images"; folder: string } & ImagesOptions;

/**
 * The PNG, JPEG, GIF (first frame), TIFF, PGM and PPM images of a folder, grey; sub-folders, where there are any, are the labels.
 * Nothing is read before the run.
 */
export function images(folder: string, options: ImagesOptions = {}): ImagesInput {
  return { source: "images", folder, ...options };
}

async function readGrey({ path }: PictureFile): Promise<GreyRaster> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (thrown) {
    throw new RunError(`Cannot read the image "${path}": ${messageOf(thrown)}`);
  }
  try {
    return toGrey(await decodePicture(bytes));
  } catch (thrown) {
    throw new RunError(
      `Cannot read the image "${path}" as it does not decode: ${messageOf(thrown)}; mend or remove the file`,
    );
  }
}

const sizeText = ({ height, width }: { height: number; width: number }) =>
  `${height}x${width} (height x width)`;

/** Reads all files into one block, scaled or checked to be of one size. */
async function readAll(files: readonly PictureFile[], { height, width, folder }: ImagesSpec) {
  let size = height === undefined || width === undefined ? undefined : { height, width };
  let pixels = new Uint8Array();
  for (const [index, file] of files.entries()) {
    const read = await readGrey(file);
    const grey = height === undefined || width === undefined ? read : scaleGrey(read, height, width);
    if (size === undefined) size = { height: grey.height, width: grey.width };
    if (pixels.length === 0) pixels = new Uint8Array(files.length * size.height * size.width);
    if (grey.height !== size.height || grey.width !== size.width) {
      throw new RunError(
        `Cannot load the images of "${folder}" as all must have one size, or 'height' and 'width' be given: ` +
          `"${file.path}" is ${sizeText(grey)} and "${files[0].path}" is ${sizeText(size)}`,
      );
    }
    pixels.set(grey.pixels, index * grey.pixels.length);
  }
  return { images: pixels, ...size! };
}

async function open(spec: ImagesSpec, seed: number): Promise<Dataset> {
  const files = selectSome(await findPictures(spec.folder), spec.limit ?? Infinity, seed);
  const { images, height, width } = await readAll(files, spec);
  const labelNames = [...new Set(files.flatMap(({ label }) => label ?? []))];
  const all = {
    count: files.length,
    images,
    labels: labelNames.length === 0
      ? undefined
      : Uint16Array.from(files, ({ label }) => labelNames.indexOf(label!)),
    names: files.map(({ name }) => name),
  };
  return {
    name: "images",
    height,
    width,
    labelNames: labelNames.length === 0 ? undefined : labelNames,
    ...drawTestSplit(all, height * width, spec.testShare, seed),
  };
}

/** The source `images`. */
export const imagesSource: Source<typeof schema> = {
  kind: "images",
  schema,
  describe: ({ folder, height, width }) =>
    `images: ${folder}${height === undefined ? "" : `, scaled to ${height}x${width}`}`,
  shape: ({ height, width }) => height === undefined || width === undefined ? undefined : { height, width },
  open: (spec, { seed }) => open(spec, seed),
};
