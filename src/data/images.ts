/**
 * The source `images`: a folder of pictures, with its sub-folders as labels.
 *
 * @module
 */
import { optionsOf } from "../core/arguments.ts";
import type { Source } from "./contract.ts";
import { fingerprintFiles } from "./fingerprint.ts";
import { imagesSchema, type ImagesSpec } from "./images_spec.ts";
import { fileFault, findPictures, folderFault, hasNoFolders } from "./picture_files.ts";
import { listOfSplit, splitsOf } from "./picture_splits.ts";
import { SPLIT_VERSION } from "./split.ts";

/** How {@link images} reads a folder. */
export interface ImagesOptions {
  /** Pixels from top to bottom that each image is scaled to (together with `width`); without, all must have one size. */
  height?: number;
  /** Pixels from left to right that each image is scaled to. */
  width?: number;
  /** Values per pixel: 1 (grey, `0.299 R + 0.587 G + 0.114 B`) or 3 (red, green, blue). @default {1} */
  channels?: 1 | 3;
  /**
   * How an image of other proportions fills the size: `stretch` distorts it, `contain` shows all of it on the background, `cover` cuts off
   * what reaches beyond, at both sides alike. @default {"stretch"}
   */
  fit?: "stretch" | "contain" | "cover";
  /** The colour behind transparent pixels and beside images that do not fill the size: `"white"`, `"black"` or `"#ff8000"`. @default {"white"} */
  background?: string;
  /**
   * Which values become 0 and 1 for the model: the least and the largest value of all train images (`set`), of each image by itself
   * (`file`), or the two given. Without it: 0 and 255 of images of 8 bits, 0 and 65,535 of 16 bits; values of float images stay as they
   * are. Images of more than 8 bits keep their precision: their values are floats in the units of the files.
   */
  range?: "file" | "set" | [min: number, max: number];
  /**
   * Whether every page of a TIFF file and every frame of an animated GIF or WebP file is an image of its own, or just the first. Frames
   * of one file are kept in one split. @default {"first"}
   */
  frames?: "first" | "all";
  /**
   * What happens with a file that is broken, or named like a picture of a format that is not read (HEIC, AVIF, SVG, ...): it ends the run,
   * or it is left out, counted and reported. @default {"fail"}
   */
  onBroken?: "fail" | "skip";
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
  /** How many files of a split to use at most, chosen from all of them by the run's seed. @default all */
  limit?: number;
}

/** This source as a pipeline file writes it, by {@link images}. */
export type ImagesInput = { source: "images"; folder: string } & ImagesOptions;

/**
 * The PNG, JPEG, GIF, WebP, BMP, TIFF, PGM and PPM images of a folder, upright, grey or in colour; sub-folders, where there are any, are
 * the labels, and folders named `train`, `test` and `val` the splits. Nothing is read before the run.
 */
export function images(folder: string, options: ImagesOptions = {}): ImagesInput {
  return { source: "images", folder, ...optionsOf("images", options) };
}

function describe({ folder, height, width, channels, fit, split, frames }: ImagesSpec): string {
  const splits = splitsOf(folder, split), list = listOfSplit(split);
  const verb = fit === "stretch" ? "scaled to" : fit === "cover" ? "scaled and cropped to" : "scaled into";
  return [
    `images: ${folder}`,
    height === undefined ? "" : `, ${verb} ${height}x${width}`,
    channels === 3 ? ", in colour" : "",
    frames === "all" ? ", every frame and page" : "",
    list !== undefined ? `, split by ${list}` : splits === undefined ? "" : ", split by its folders",
  ].join("");
}

/** The source `images`. */
export const imagesSource: Source<typeof imagesSchema> = {
  kind: "images",
  schema: imagesSchema,
  describe,
  shape: ({ height, width, channels }) =>
    height === undefined || width === undefined ? undefined : [height, width, channels],
  hasValidation: ({ folder, split }) => splitsOf(folder, split)?.has("validation") ?? false,
  // Which sub-folders hold pictures is known when they are read; without sub-folders there are no labels.
  classes: ({ folder, depth }) => depth === 0 || hasNoFolders(folder) ? null : undefined,
  faults({ folder, split }) {
    const fault = folderFault(folder), list = listOfSplit(split);
    const listFault = list === undefined ? undefined : fileFault(list);
    return [
      ...(fault === undefined ? [] : [{ path: "folder", message: fault }]),
      ...(listFault === undefined ? [] : [{ path: "split", message: listFault }]),
    ];
  },
  version: `images 3, ${SPLIT_VERSION}`,
  async fingerprint({ folder, split, depth, range, fit, background }) {
    const files = await findPictures(folder, { depth }).catch(() => []);
    // Models that were trained before such preparations were recorded are trained again.
    const isPrepared = range === "file" || fit !== "stretch" || background !== "white";
    const content = await fingerprintFiles([listOfSplit(split), ...files.map(({ path }) => path)]);
    return isPrepared ? `${content}, prepared` : content;
  },
  open: async (spec, context) => (await import("./open_images.ts")).openImages(spec, context),
};
