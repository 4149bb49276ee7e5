// n = generated images, h = held-out images, t = training images, D = pixels; distances are Euclidean, a pixel from 0 to 1.

/**
 * The audit of generated images against the real ones: what each is, and what all of them together miss or repeat.
 *
 * @module
 */
import { meanOf } from "../../core/statistics.ts";
import { permutation } from "../../core/random.ts";
import { type PictureShape, pictureShape, sampleSize } from "../../core/shape.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import { pickFromSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Copying, dataCopying } from "./data_copying.ts";
import { meanSharpness } from "./sharpness.ts";
import { densityAndCoverage, type DensityCoverage } from "./density_coverage.ts";
import { fillingIntervals } from "./filling_intervals.ts";
import type { Estimate } from "../statistics/intervals.ts";
import { nearestNeighbours } from "../points/neighbours.ts";
import {
  classifyNovelty,
  countAuthentic,
  type NoveltyKind,
  type NoveltyThresholds,
  noveltyThresholds,
} from "./novelty.ts";
import { principalComponents, project } from "../points/pca.ts";
import { imagePoints, type Points, readPoints, valuePoints } from "../points/points.ts";

/** How large an audit is, and where it draws its lines. */
export interface AuditSettings {
  /** How many held-out images at most. */
  readonly heldOut: number;
  /** The quantiles of the held-out distances that bound near duplicates from above and off-manifold images from below. */
  readonly near: number;
  readonly far: number;
  /** The neighbours that make a ball of density and coverage. */
  readonly k: number;
  /** Principal components, and cells, of C_T. */
  readonly components: number;
  readonly cells: number;
}

/** What to audit. */
export interface AuditOptions {
  readonly engine: Engine;
  readonly dataset: Dataset;
  /** Images [n, D]. */
  readonly generated: Float32Array;
  readonly settings: AuditSettings;
  readonly seed: number;
}

/** Some of how many. */
export interface Share {
  /** How many have it. */
  readonly count: number;
  /** Among how many. */
  readonly of: number;
}

/** Density and coverage with their intervals. */
export interface Filling extends DensityCoverage {
  /** The mean of {@link DensityCoverage.densities}, with its interval over both sets. */
  readonly density: Estimate;
  /** The share of real images that are covered, with its interval over both sets. */
  readonly coverage: Estimate;
}

/** The result of an audit. What could not be measured is not there, and {@link Audit.missing} says why. */
export interface Audit {
  /** What each generated image is. */
  readonly kinds: readonly NoveltyKind[];
  /** The position of its nearest training image. */
  readonly nearest: Uint32Array;
  /** How far that is: Euclidean, a pixel from 0 to 1. */
  readonly distances: Float64Array;
  /** Where one kind ends and another begins. */
  readonly thresholds: NoveltyThresholds;
  /** How far real images are from their nearest (other) training image: what the thresholds are quantiles of. */
  readonly reference: Float64Array;
  /** Authentic images among the generated ones. */
  readonly authentic: Share;
  /** Authentic images among as many held-out ones. */
  readonly realAuthentic?: Share;
  /** How generated images fill the space of held-out ones. */
  readonly filled?: Filling;
  /** How training images fill it, what a perfect model would reach. */
  readonly realFilled?: Filling;
  /** Whether training images are copied. */
  readonly copying?: Copying;
  /** The mean length of the gradient of generated images (of colour: of the luminance), as a share of that of the held-out ones: distances forgive blur, this does not. */
  readonly sharpness?: number;
  /** Sentences on what is missing. */
  readonly missing: readonly string[];
}

/** The draws of an audit among those of the stream "evaluation". */
const ROUNDS = { heldOut: 0x101, training: 0x102, cells: 0x103 } as const;
/** The generated images that a cell of C_T must have, as in the authors' experiments. */
const FEWEST_OF_A_CELL = 20;

/**
 * Compares generated images with a dataset: near duplicates, off-manifold and new images; authenticity; density and coverage; C_T.
 *
 * Where the test split is the training split there is nothing held out: then each training image's nearest other one is the
 * reference, and C_T is left out. The training split must have two images at least.
 */
export function auditImages(options: AuditOptions): Audit {
  const { engine, dataset, settings, seed } = options;
  const { train, test, shape } = dataset, pixels = sampleSize(shape);
  const isHeldOut = test !== train;
  const training = imagePoints(train, pixels), made = valuePoints(options.generated, pixels);
  const rows = choose(test.count, settings.heldOut, seed, ROUNDS.heldOut);
  const picked = (split: Split, positions: Uint32Array) =>
    imagePoints(pickFromSplit(split, pixels, positions), pixels);
  const nearestOf = (queries: Points, except?: Uint32Array) =>
    nearestNeighbours({ engine, queries, points: training, except });
  const authenticity = (positions: Uint32Array, distances: Float64Array): Share => ({
    count: countAuthentic(distances, nearestOf(picked(train, positions), positions).distances),
    of: distances.length,
  });
  const real = picked(test, rows), as = Math.min(real.count, made.count);
  const found = nearestOf(made), reference = nearestOf(real, isHeldOut ? undefined : rows);
  const thresholds = noveltyThresholds(reference.distances, settings);
  const sample = picked(train, choose(train.count, as, seed, ROUNDS.training));
  const audit = {
    kinds: classifyNovelty(found.distances, thresholds),
    nearest: found.positions,
    distances: found.distances,
    thresholds,
    reference: reference.distances,
    authentic: authenticity(found.positions, found.distances),
    filled: filling(options, made, real, as),
    sharpness: sharpnessRatio(made, real, pictureShape(shape)),
  };
  if (!isHeldOut) return withMissing(audit, settings, isHeldOut);
  const [positions, distances] = [reference.positions.subarray(0, as), reference.distances.subarray(0, as)];
  return withMissing(
    {
      ...audit,
      realAuthentic: authenticity(positions, distances),
      realFilled: filling(options, sample, real, as),
      copying: copyingOf(options, training, made, real),
    },
    settings,
    isHeldOut,
  );
}

/** Says what could not be measured. */
function withMissing(audit: Omit<Audit, "missing">, { k }: AuditSettings, isHeldOut: boolean): Audit {
  const missing: string[] = [];
  if (!isHeldOut) {
    missing.push("no held-out images: each training image's nearest other one is the reference, no C_T");
  } else if (audit.copying === undefined) {
    missing.push(`no C_T: no cell has held-out images and ${FEWEST_OF_A_CELL} generated ones`);
  }
  if (audit.filled === undefined) {
    missing.push(`no density and coverage: they need more than ${k} real images`);
  }
  return { ...audit, missing };
}

/** At most `most` positions of `count`, in an order that the seed draws, so that the first of them are a fair sample too. */
function choose(count: number, most: number, seed: number, epoch: number): Uint32Array {
  return permutation(count, { seed, stream: "evaluation", epoch }).subarray(0, most);
}

/** Density and coverage of as many images on both sides, without which coverage says little. */
function filling(
  { engine, settings, seed }: AuditOptions,
  made: Points,
  real: Points,
  count: number,
): Filling | undefined {
  const [first, second] = [made, real].map((points) => {
    const { dimensions } = points;
    return valuePoints(readPoints(points, 0, Math.min(count, points.count)), dimensions);
  });
  const sets = { engine, generated: first, real: second, k: settings.k };
  const measured = densityAndCoverage(sets);
  if (measured === undefined) return undefined;
  const { densities, covered } = measured;
  const values = { density: meanOf(densities), coverage: covered / second.count };
  const key = { seed, stream: "evaluation" } as const;
  return { ...measured, ...fillingIntervals(values, { ...sets, key }) };
}

/** The mean sharpness of generated images over that of real ones; none where those have no edge. */
function sharpnessRatio(made: Points, real: Points, shape: PictureShape): number | undefined {
  const [generated, original] = [made, real].map((points) => meanSharpness(points, shape));
  return original > 0 ? generated / original : undefined;
}

/** C_T in the space of the training images' principal components. */
function copyingOf(
  { engine, settings, seed }: AuditOptions,
  training: Points,
  made: Points,
  real: Points,
): Copying | undefined {
  const pca = principalComponents({ engine, points: training, components: settings.components, seed });
  const [trainingRows, madeRows, realRows] = [training, made, real].map((points) =>
    project(engine, points, pca)
  );
  return dataCopying({
    engine,
    training: trainingRows,
    heldOut: realRows,
    generated: madeRows,
    dimensions: pca.count,
    cells: settings.cells,
    fewest: FEWEST_OF_A_CELL,
    key: { seed, stream: "evaluation", epoch: ROUNDS.cells },
  });
}
