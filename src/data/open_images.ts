/**
 * Reads the pictures of a folder as a data set.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import type { PicturePreparation } from "../core/preparation.ts";
import { permutation } from "../core/random.ts";
import type { Scale, ScaleSpec } from "../core/scale.ts";
import { newValues, sampleSize } from "../core/shape.ts";
import type { SourceContext } from "./contract.ts";
import { type Dataset, mapSplits, scaleOf, type SkippedSamples, type Split } from "./dataset.ts";
import { forEachSample } from "./each_sample.ts";
import type { ImagesSpec } from "./images_spec.ts";
import { cachePictures, inCacheOrder } from "./picture_cache.ts";
import { colourOf } from "./picture_colour.ts";
import { findPictures, type PictureFile } from "./picture_files.ts";
import { brokenNames } from "./picture_holes.ts";
import { type SplitPictures, splitPictures } from "./picture_splits.ts";
import { type SurveyedPicture, surveyFolder } from "./picture_survey.ts";
import {
  kindOfForm,
  type PictureForm,
  pictureForm,
  readPictures,
  sampleBytes,
  shapeOfForm,
} from "./read_picture.ts";
import { fitScale } from "./scale.ts";
import { drawTestSplit, ROUNDS, selectSome, splitCounts } from "./split.ts";

/** What reading a split needs. */
interface Reading {
  readonly form: PictureForm;
  readonly labelNames: readonly string[];
  readonly skipsBroken: boolean;
  readonly context: SourceContext;
  /** Messages of the pictures that were skipped so far, a file each. */
  readonly broken: { readonly message: string }[];
}

/** A sample of a file: which file, and which of its frames. */
interface Origin {
  readonly file: SurveyedPicture;
  readonly frame: number;
}

/** Reads all pictures of a folder as the options say. */
export async function openImages(spec: ImagesSpec, context: SourceContext): Promise<Dataset> {
  const { folder, limit = Infinity, split, depth, onBroken } = spec;
  const { seed } = context, note = context.warn ?? context.log;
  const found = splitPictures(folder, await findPictures(folder, { note, depth }), split, note);
  const chosen = mapFiles(found, (files) => selectSome(files, limit, seed));
  const all = [...chosen.train, ...chosen.test ?? [], ...chosen.validation ?? []];
  const { depth: bits, framesOf } = surveyFolder(folder, all, {
    frames: spec.frames,
    maxPixels: spec.maxPixels,
    isOwnRange: spec.range === "file",
  });
  const surveyed = mapFiles(
    chosen,
    (files) => files.map((file) => ({ ...file, frames: framesOf.get(file.path) ?? 1 })),
  );
  const form = await formOf(spec, bits, surveyed.train);
  const reading = {
    form,
    labelNames: found.labelNames,
    skipsBroken: onBroken === "skip",
    context,
    broken: [],
  };
  const splits = await readSplits(drawFiles(surveyed, spec.testShare, seed), spec, reading);
  const { labelNames } = found, size = sampleSize(shapeOfForm(form));
  const opened = {
    name: "images",
    shape: shapeOfForm(form),
    labelNames: labelNames.length === 0 ? undefined : labelNames,
    skipped: skippedOf(reading.broken, all.length),
    ...preparationOf(spec),
    ...splits,
  };
  if (opened.skipped !== undefined) note(skippedText(folder, opened.skipped));
  return ranged(opened, spec, form, size, note);
}

function mapFiles<From, To>(
  { train, test, validation, ...rest }: Omit<SplitPictures, "train" | "test" | "validation"> & Files<From>,
  change: (files: readonly From[]) => readonly To[],
): Omit<SplitPictures, "train" | "test" | "validation"> & Files<To> {
  return {
    ...rest,
    train: change(train),
    test: test && change(test),
    validation: validation && change(validation),
  };
}

/** Files by split. */
interface Files<File> {
  readonly train: readonly File[];
  readonly test?: readonly File[];
  readonly validation?: readonly File[];
}

/** The form of all pictures; its size may be that of the first one that decodes. */
async function formOf(
  spec: ImagesSpec,
  depth: NonNullable<PictureForm["depth"]>,
  files: readonly PictureFile[],
): Promise<PictureForm> {
  const { folder, height, width, maxPixels, channels, fit, background, range, frames } = spec;
  const form = {
    ...{ folder, height, width, maxPixels, channels, fit, frames },
    depth,
    background: colourOf(background),
    isOwnRange: range === "file",
    floatRange: typeof range === "string" ? undefined : range,
  };
  let fault: unknown;
  for (const { path } of files) {
    try {
      return await pictureForm(path, form);
    } catch (thrown) {
      if (spec.onBroken === "fail") throw thrown;
      fault ??= thrown;
    }
  }
  throw new RunError(`"${folder}" must have at least one image that decodes, but ${messageOf(fault)}`);
}

/**
 * Draws the files of the test split where some have several frames: those of one file are too much alike to be in both splits. Other
 * folders are split later, when identical samples can be found.
 */
function drawFiles(files: Files<SurveyedPicture>, share: number, seed: number): Files<SurveyedPicture> {
  const { train, test } = files;
  if (test !== undefined || train.every(({ frames }) => frames === 1)) return files;
  const [kept, wanted = 0] = splitCounts(train.length, share);
  if (wanted === 0) return files;
  const order = permutation(train.length, { seed, stream: "split", epoch: ROUNDS.testSplit });
  const isTest = new Set(order.subarray(kept));
  return {
    ...files,
    train: train.filter((_, position) => !isTest.has(position)),
    test: train.filter((_, position) => isTest.has(position)),
  };
}

async function readSplits(
  { train: trainFiles, test: testFiles, validation }: Files<SurveyedPicture>,
  { testShare }: ImagesSpec,
  reading: Reading,
): Promise<Pick<Dataset, "train" | "test" | "validation">> {
  const { form, context: { seed, log } } = reading;
  const train = await readSplit(trainFiles, reading);
  return {
    ...(testFiles === undefined
      ? drawTestSplit(train, sampleSize(shapeOfForm(form)), testShare, seed, log, "reuse")
      : { train, test: await readSplit(testFiles, reading) }),
    ...(validation && { validation: await readSplit(validation, reading) }),
  };
}

/** All pictures as one split: in the order of their names in memory, or in a file when they take more of it than they may. */
async function readSplit(files: readonly SurveyedPicture[], reading: Reading): Promise<Split> {
  const { form, labelNames, skipsBroken, context: { memory = Infinity, log }, broken } = reading;
  const samples = files.reduce((sum, { frames }) => sum + frames, 0);
  let origins: Origin[], values = newValues(kindOfForm(form), 0), file: Split["file"];
  if (samples * sampleBytes(form) > memory) {
    const ordered = inCacheOrder(files);
    const cached = await cachePictures(ordered, form, { memory, log, skipsBroken });
    origins = cached.samples.map((sample) => ({ file: ordered[sample.file], frame: sample.frame }));
    broken.push(...cached.broken);
    file = cached.file;
  } else ({ origins, values } = await readAll(files, samples, reading));
  const labels = new Map(labelNames.map((name, label) => [name, label]));
  return {
    count: origins.length,
    values,
    ...(file && { file }),
    labels: labels.size === 0
      ? undefined
      : Uint16Array.from(origins, (origin) => labels.get(origin.file.label!)!),
    names: origins.map((origin) =>
      origin.file.frames === 1 ? origin.file.name : `${origin.file.name}#${origin.frame + 1}`
    ),
  };
}

/** The values of all pictures, one after the other. */
async function readAll(files: readonly SurveyedPicture[], samples: number, reading: Reading) {
  const { form, skipsBroken, broken } = reading, size = sampleSize(shapeOfForm(form));
  const values = newValues(kindOfForm(form), samples * size), origins: Origin[] = [];
  for (const file of files) {
    const before = origins.length;
    try {
      for await (const sample of readPictures(file.path, form)) {
        values.set(sample, origins.length * size);
        origins.push({ file, frame: origins.length - before });
      }
    } catch (thrown) {
      if (!skipsBroken) throw thrown;
      // A file that breaks in the middle is left out as a whole.
      origins.length = before;
      broken.push({ message: messageOf(thrown) });
    }
  }
  if (origins.length === 0) {
    throw new RunError(
      `"${form.folder}" must have at least one image that decodes, but ${brokenNames(broken)}`,
    );
  }
  return { origins, values: origins.length === samples ? values : values.slice(0, origins.length * size) };
}

function skippedOf(broken: readonly { readonly message: string }[], of: number): SkippedSamples | undefined {
  return broken.length === 0 ? undefined : { count: broken.length, of, text: brokenNames(broken) };
}

function skippedText(folder: string, { count, of, text }: SkippedSamples): string {
  return `Skipped ${count.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} files of "${folder}" ` +
    `that cannot be read: ${text}`;
}

/** What new pictures need as well; nothing where all is as the defaults say. */
function preparationOf({ range, fit, background }: ImagesSpec): Pick<Dataset, "preparation"> {
  const pictures: PicturePreparation = {
    ...(range === "file" && { ownRange: true }),
    ...(fit !== "stretch" && { fit }),
    ...(background !== "white" && { background: colourOf(background) }),
  };
  return Object.keys(pictures).length === 0 ? {} : { preparation: { pictures } };
}

/** The scale that a range asks for; `undefined`: that of the kind of values. */
function scaleOfRange(range: ImagesSpec["range"]): ScaleSpec | undefined {
  if (range === undefined || range === "file") return undefined;
  return range === "set" ? { kind: "minMax", per: "all" } : { kind: "range", min: range[0], max: range[1] };
}

/** A set that uses less than this share of its range has hardly any contrast. */
const SMALL_SHARE = 0.02;
/** At most how many samples are looked at for that, evenly spaced. */
const CHECKED = 2000;

/** A data set with the scale that its range and its depth ask for. */
function ranged(
  dataset: Dataset,
  { range }: ImagesSpec,
  { depth }: PictureForm,
  size: number,
  note: (message: string) => void,
): Dataset {
  const chosen = scaleOfRange(range) ??
    (depth === "16" && range === undefined ? { kind: "range" as const, min: 0, max: 65_535 } : undefined);
  const scale = chosen && fitScale(chosen, dataset.train, size);
  const scaled = scale === undefined ? dataset : mapSplits(dataset, (split) => ({ ...split, scale }));
  if (range !== "file" && range !== "set") noteRange(scaled.train, scaleOf(scaled.train), size, note);
  return scaled;
}

/** Reports a train split whose values use hardly any of their range, or leave it. */
function noteRange(
  train: Split,
  { shift: [shift], divisor: [divisor] }: Scale,
  size: number,
  note: (message: string) => void,
): void {
  let least = Infinity, most = -Infinity;
  forEachSample(train, size, (values) => {
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }, Math.ceil(train.count / CHECKED));
  const share = (most - least) / divisor, range = `${shift} to ${shift + divisor}`;
  const remedy = "(--set load.source.range=set takes the least and the largest value for 0 and 1)";
  if (share > 0 && share < SMALL_SHARE) {
    note(
      `The train images use ${
        (100 * share).toPrecision(2)
      } % of their range, ${least} to ${most} of ${range} ${remedy}`,
    );
  } else if (least < shift || most > shift + divisor) {
    note(`The train images have values from ${least} to ${most}, beyond their range, ${range} ${remedy}`);
  }
}
