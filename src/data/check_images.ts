/**
 * Checks the images of a source: a data set that teaches nothing mostly comes from a wrong folder or a wrong conversion.
 *
 * @module
 */
import type { Dataset } from "./dataset.ts";
import { countDuplicates, type Duplicates, forEachImage } from "./duplicates.ts";

/** At most how many images are checked, evenly spaced. */
const LOOKED_AT = 2000;

/** A set of which less than this share of pixels is not the background is nearly empty. */
const NEARLY_EMPTY = 0.002;

/** Fewer varying pixels than this share leave hardly anything to learn. */
const NEARLY_CONSTANT = 0.01;

const BLACK = 0, WHITE = 255;

/** The result of a check. */
export interface ImageCheck extends Duplicates {
  /** Messages for the user, the most severe first. */
  readonly warnings: string[];
}

interface Statistics {
  /** Images checked, those of one grey, and pixels that are not black or not white. */
  readonly count: number;
  readonly blank: number;
  readonly notBlack: number;
  readonly notWhite: number;
  /** Places whose pixel is not the same in all images. */
  readonly varying: number;
}

function measure({ train }: Dataset, pixels: number): Statistics {
  const lowest = new Uint8Array(pixels).fill(255), highest = new Uint8Array(pixels);
  let count = 0, blank = 0, notBlack = 0, notWhite = 0;
  forEachImage(train, pixels, (image) => {
    count++;
    if (image.every((value) => value === image[0])) blank++;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const value = image[pixel];
      if (value !== BLACK) notBlack++;
      if (value !== WHITE) notWhite++;
      if (value < lowest[pixel]) lowest[pixel] = value;
      if (value > highest[pixel]) highest[pixel] = value;
    }
  }, Math.ceil(train.count / LOOKED_AT));
  const varying = highest.reduce((sum, value, pixel) => sum + (value > lowest[pixel] ? 1 : 0), 0);
  return { count, blank, notBlack, notWhite, varying };
}

const percent = (share: number) => `${(100 * share).toPrecision(2)} %`;
const number = (count: number) => count.toLocaleString("en-US");

/** Checks a data set as a model will see it. */
export function checkImages(dataset: Dataset): ImageCheck {
  const { train, test, height, width } = dataset, pixels = height * width;
  const duplicates = countDuplicates(train, test, pixels);
  const { shared } = duplicates;
  const sharing = shared === 0 ? [] : [
    `${number(shared)} of ${
      number(test.count)
    } test images are identical to a train image: what is measured on them is memory`,
  ];
  return { ...duplicates, warnings: [...conspicuous(dataset, pixels, duplicates), ...sharing] };
}

function conspicuous(dataset: Dataset, pixels: number, { distinct }: Duplicates): string[] {
  const { train, binarisation = "grey" } = dataset;
  const remedy = binarisation === "threshold"
    ? "check the source, and 'binarise', which thresholds at 0.5"
    : "check the source and its size";
  if (distinct === 1 && train.count > 1) {
    return [`All ${number(train.count)} train images are identical: there is nothing to learn (${remedy})`];
  }
  const { count, blank, notBlack, notWhite, varying } = measure(dataset, pixels);
  const of = count === train.count ? "train images" : "checked train images";
  if (2 * blank > count) {
    return [`${number(blank)} of ${number(count)} ${of} are blank, all pixels of one grey (${remedy})`];
  }
  const all = count * pixels;
  for (const [other, name] of [[notBlack, "black"], [notWhite, "white"]] as const) {
    if (other < NEARLY_EMPTY * all) {
      return [
        `The ${of} are nearly empty: only ${percent(other / all)} of the pixels are not ${name} (${remedy})`,
      ];
    }
  }
  if (count > 1 && varying < NEARLY_CONSTANT * pixels) {
    return [`Only ${number(varying)} of ${number(pixels)} pixels differ between the ${of} (${remedy})`];
  }
  return [];
}
