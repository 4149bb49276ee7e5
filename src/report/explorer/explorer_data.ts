// n = samples, K = latent dimensions, D = pixels.

/**
 * The data of the latent explorer's script: the packed decoder, the samples with their images, and the ranges of the sliders.
 *
 * @module
 */
import { pictureShape, valueCount } from "../../core/shape.ts";
import { hasCodebook } from "../../models/codebook.ts";
import { classesOf } from "../../models/condition.ts";
import { tileSheetAddress } from "../figures/tile_sheet.ts";
import type { LatentSample } from "../../export/latent_sample.ts";
import type { ExplorerData } from "../page/explorer.js";
import { packDecoder } from "./packed_decoder.ts";
import type { ReportData } from "../report_data.ts";

/** The samples of a run: from `latent.json`, else from the last latent event of a training. */
interface Samples {
  readonly points: Float32Array;
  readonly labels: readonly number[];
  readonly labelNames: readonly string[];
  readonly names: readonly string[];
  readonly sample?: LatentSample;
}

function samplesOf({ latent, trainings }: ReportData, size: number): Samples {
  if (latent !== undefined && latent.latent === size) {
    const bytes = Uint8Array.fromBase64(latent.points);
    const points = new Float32Array(bytes.buffer.slice(0, bytes.length - bytes.length % (4 * size)));
    const { labels, labelNames, names } = latent;
    return { points, labels, labelNames, names, sample: latent };
  }
  const scatter = size === 2 ? trainings.findLast(({ latent }) => latent !== undefined)?.latent : undefined;
  return {
    points: Float32Array.from(scatter?.points.flat() ?? []),
    labels: scatter?.labels ?? [],
    labelNames: scatter?.labelNames ?? [],
    names: [],
  };
}

/** A sample's caption: its name or class, and its number. */
function captionsOf({ points, labels, labelNames, names }: Samples, size: number): string[] {
  return Array.from({ length: points.length / size }, (_, at) => {
    const name = names[at] ?? labelNames[labels[at]];
    return name === undefined ? `sample ${at}` : `"${name}", sample ${at}`;
  });
}

/** The range of each latent dimension: that of the samples with a margin; for a VAE at least from -3 to 3, which covers its prior. */
function rangesOf(points: Float32Array, size: number, atLeast: number): { low: number[]; high: number[] } {
  const low = new Array<number>(size).fill(-atLeast), high = new Array<number>(size).fill(atLeast);
  if (atLeast === 0 && points.length > 0) [low.fill(Infinity), high.fill(-Infinity)];
  points.forEach((value, at) => {
    if (!Number.isFinite(value)) return;
    low[at % size] = Math.min(low[at % size], value);
    high[at % size] = Math.max(high[at % size], value);
  });
  return {
    low: low.map((value, k) => Number.isFinite(value) ? value - 0.06 * (high[k] - value || 1) : -1),
    high: high.map((value, k) => Number.isFinite(value) ? value + 0.06 * (value - low[k] || 1) : 1),
  };
}

/** Mean and standard deviation of each latent dimension: of a VAE's prior, else of the samples. */
function momentsOf(
  points: Float32Array,
  size: number,
  variational: boolean,
): { mean: number[]; spread: number[] } {
  const count = points.length / size;
  const mean = new Array<number>(size).fill(0), spread = new Array<number>(size).fill(1);
  if (variational || count < 2) return { mean, spread };
  points.forEach((value, at) => mean[at % size] += value / count);
  const squares = new Array<number>(size).fill(0);
  points.forEach((value, at) => squares[at % size] += (value - mean[at % size]) ** 2 / count);
  return { mean, spread: squares.map(Math.sqrt) };
}

/** The images of the samples, each with its nearest training image when that is known. */
function sheetOf(sample: LatentSample | undefined, count: number): ExplorerData["sheet"] {
  if (sample === undefined) return null;
  const { height, width, channels, nearest } = sample, size = valueCount(sample);
  const own = Uint8Array.fromBase64(sample.images);
  const others = nearest === null ? undefined : Uint8Array.fromBase64(nearest.images);
  const tile = (images: Uint8Array, at: number) => images.subarray(at * size, (at + 1) * size);
  const tiles = Array.from({ length: count }, (_, at) => at).flatMap((at) =>
    others === undefined ? [tile(own, at)] : [tile(own, at), tile(others, at)]
  );
  const columns = Math.max(2, 2 * Math.ceil(Math.sqrt(tiles.length) / 2));
  return {
    address: tileSheetAddress({ height, width, channels, tiles, columns }),
    columns,
    nearest: others !== undefined,
  };
}

/** The latent dimensions, the most informative first: by their KL, else by the variance of their mean. */
function byInformation(sample: LatentSample | undefined, size: number): number[] {
  const weight = sample?.kl ?? sample?.variance;
  const places = Array.from({ length: size }, (_, k) => k);
  if (size === 2 || weight === undefined) return places;
  return places.sort((a, b) => (weight[b] ?? 0) - (weight[a] ?? 0));
}

/** The most latent dimensions for which a page has controls. */
export const MOST_DIMENSIONS = 512;

/** The data of the page's script; `undefined` without weights, or when they or the latent dimensions are too many. */
export function explorerData(data: ReportData): { page: ExplorerData; order: number[] } | undefined {
  const { model } = data;
  if (model !== undefined && model.spec.latent > MOST_DIMENSIONS) return undefined;
  const decoder = model === undefined ? undefined : packDecoder(model, model.tensors);
  // There is nothing to see between the codes of a VQ-VAE.
  if (model === undefined || decoder === undefined || hasCodebook(model.spec)) return undefined;
  const { kind, latent: size } = model.spec, { height, width, channels = 1 } = pictureShape(model.shape);
  const samples = samplesOf(data, size), variational = kind === "vae";
  const { points, labels, labelNames, sample } = samples, count = points.length / size;
  const order = byInformation(sample, size);
  const page: ExplorerData = {
    decoder,
    latent: size,
    height,
    width,
    channels,
    points: new Uint8Array(points.buffer).toBase64(),
    count,
    labels: [...labels],
    labelNames: [...labelNames],
    captions: captionsOf(samples, size),
    classes: classesOf(model.spec).map(({ name, label }) => ({ name, label })),
    sheet: sheetOf(sample, count),
    distances: sample?.nearest?.distances ?? [],
    ...momentsOf(points, size, variational),
    ...rangesOf(points, size, variational ? 3 : count > 0 ? 0 : 1),
    x: order[0],
    y: order[1] ?? order[0],
  };
  return { page, order };
}
