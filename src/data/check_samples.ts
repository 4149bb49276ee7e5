/**
 * Checks the samples of a source: a data set that teaches nothing mostly comes from a wrong folder or a wrong conversion.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { pictureShape, sampleSize, type SampleValues } from "../core/shape.ts";
import { type Dataset, kindOfSamples, type Split, type SplitName } from "./dataset.ts";
import { countDuplicates, type Duplicates } from "./duplicates.ts";
import { forEachSample } from "./each_sample.ts";

/** At most how many samples are checked for what they show, evenly spaced. */
const CHECKED = 2000;

/** A set of which less than this share of pixels is not the background is nearly empty. */
const NEARLY_EMPTY = 0.002;

/** Fewer varying values than this share leave hardly anything to learn. */
const NEARLY_CONSTANT = 0.01;

const BLACK = 0, WHITE = 255;

/** The result of a check. */
export interface SampleCheck extends Duplicates {
  /** Messages for the user, the most severe first. */
  readonly warnings: string[];
}

interface Statistics {
  /** Samples checked, those whose pixels are all the same, and values that are not 0 or not 255. */
  readonly count: number;
  readonly blank: number;
  readonly notBlack: number;
  readonly notWhite: number;
  /** Places whose value is not the same in all samples. */
  readonly varying: number;
}

function measure({ train, shape }: Dataset, size: number): Statistics {
  const { channels = 1 } = pictureShape(shape);
  const lowest = new Float32Array(size).fill(Infinity), highest = new Float32Array(size).fill(-Infinity);
  let count = 0, blank = 0, notBlack = 0, notWhite = 0;
  forEachSample(train, size, (values) => {
    count++;
    if (values.every((value, at) => value === values[at % channels])) blank++;
    for (let at = 0; at < size; at++) {
      const value = values[at];
      if (value !== BLACK) notBlack++;
      if (value !== WHITE) notWhite++;
      if (value < lowest[at]) lowest[at] = value;
      if (value > highest[at]) highest[at] = value;
    }
  }, Math.ceil(train.count / CHECKED));
  const varying = highest.reduce((sum, value, at) => sum + (value > lowest[at] ? 1 : 0), 0);
  return { count, blank, notBlack, notWhite, varying };
}

const percent = (share: number) => `${(100 * share).toPrecision(2)} %`;
const number = (count: number) => count.toLocaleString("en-US");

/** What a sample and its values are called. */
interface Nouns {
  readonly samples: string;
  readonly values: string;
}

/**
 * Checks a data set as a model will see it.
 *
 * @throws {RunError} When a value is not a finite number, or only some splits have targets.
 */
export function checkSamples(dataset: Dataset): SampleCheck {
  const { train, test, validation, shape } = dataset, size = sampleSize(shape);
  const others: [SplitName, Split | undefined][] = [
    ["test", test === train ? undefined : test],
    ["validation", validation],
  ];
  checkFinite(train, size, "train");
  for (const [name, split] of others) {
    if (split === undefined) continue;
    checkTargets(train, split, name);
    checkFinite(split, size, name);
  }
  const nouns = shape.length === 1
    ? { samples: "samples", values: "values" }
    : { samples: "images", values: pictureShape(shape).channels === 3 ? "values" : "pixels" };
  const duplicates = countDuplicates(train, test, size);
  const { shared } = duplicates;
  const sharing = shared === 0 ? [] : [
    `${number(shared)} of ${number(test.count)} test ${nouns.samples} are identical to a train ${
      nouns.samples.slice(0, -1)
    }: what is measured on them is memory`,
  ];
  return { ...duplicates, warnings: [...conspicuous(dataset, size, duplicates, nouns), ...sharing] };
}

/** A model that is trained to make targets is measured by targets. */
function checkTargets(train: Split, other: Split, name: SplitName): void {
  const [some, none] = train.targets === undefined ? [name, "train"] : ["train", name];
  if ((train.targets === undefined) === (other.targets === undefined)) return;
  throw new RunError(`targets must be in every split or in none, got some for ${some} and none for ${none}`);
}

/** Floats may be NaN or infinite, of which a training makes NaN. */
function checkFinite(split: Split, size: number, name: SplitName): void {
  const parts = [{ what: "values", samples: split }, { what: "targets", samples: split.targets }];
  for (const { what, samples } of parts) {
    if (samples === undefined || kindOfSamples(samples) === "bytes") continue;
    let first: string | undefined, broken = 0;
    forEachSample({ ...samples, count: split.count }, size, (values: SampleValues, position) => {
      for (let at = 0; at < size; at++) {
        if (Number.isFinite(values[at])) continue;
        first ??= `${values[at]} in sample ${position}, value ${at}`;
        broken++;
      }
    });
    if (first === undefined) continue;
    throw new RunError(
      `${what} of the ${name} split must be finite numbers, got ${first}, and ${
        number(broken - 1)
      } more like it (fill or remove them before loading, or by an option of sources of arrays: missing: "mean")`,
    );
  }
}

function conspicuous(
  dataset: Dataset,
  size: number,
  { distinct }: Duplicates,
  { samples, values }: Nouns,
): string[] {
  const { train, binarisation = "grey" } = dataset;
  const remedy = binarisation === "threshold"
    ? "check the source, and 'binarise', which thresholds at 0.5"
    : "check the source and its size";
  if (distinct === 1 && train.count > 1) {
    return [
      `All ${number(train.count)} train ${samples} are identical: there is nothing to learn (${remedy})`,
    ];
  }
  const { count, blank, notBlack, notWhite, varying } = measure(dataset, size);
  const of = count === train.count ? `train ${samples}` : `checked train ${samples}`;
  const isPixels = kindOfSamples(train) === "bytes";
  if (isPixels && 2 * blank > count) {
    return [`${number(blank)} of ${number(count)} ${of} are blank, all pixels of one colour (${remedy})`];
  }
  const all = count * size;
  for (const [other, name] of isPixels ? [[notBlack, "black"], [notWhite, "white"]] as const : []) {
    if (other < NEARLY_EMPTY * all) {
      return [
        `The ${of} are nearly empty: only ${
          percent(other / all)
        } of the ${values} are not ${name} (${remedy})`,
      ];
    }
  }
  if (count > 1 && varying < NEARLY_CONSTANT * size) {
    return [`Only ${number(varying)} of ${number(size)} ${values} differ between the ${of} (${remedy})`];
  }
  return [];
}
