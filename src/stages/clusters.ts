/** The stage that parts images into groups. @module */
import { z } from "zod";
import { encodeImages } from "../analysis/inference.ts";
import { type Clustering, kMeans } from "../analysis/kmeans.ts";
import { toBytes } from "../analysis/preview.ts";
import { meanSilhouette } from "../analysis/silhouette.ts";
import { RunError } from "../core/errors.ts";
import { type Dataset, pickFromSplit, sliceSplit, type Split } from "../data/dataset.ts";
import { encodePng } from "../export/pictures.ts";
import { sheet, type Tile, tilesOfBytes } from "../export/sheet.ts";
import type { TrainedModel } from "../models/trained.ts";
import { engineOf } from "./engine.ts";
import { type Stage, type StageContext, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const count = z.int().min(2).max(100);
const Options = z.strictObject({
  name: z.string().optional(),
  of: z.enum(["generated", "test", "train"]).default("generated"),
  space: z.enum(["latent", "pixels"]).default("latent"),
  k: z.union([count, z.tuple([count, count])]).default([2, 12]),
  images: z.int().min(3).max(5000).default(2000),
  members: z.int().min(1).max(100).default(12),
}).refine(({ k }) => typeof k === "number" || k[0] <= k[1], {
  path: ["k"],
  error: "must be a range from the smaller to the larger",
});
type Options = z.infer<typeof Options>;

/** What {@link clusters} can be told. */
export interface ClustersOptions<Of extends "generated" | "test" | "train" = "generated" | "test" | "train"> {
  /** The stage's name, also of its files. @default {"clusters"} */
  name?: string;
  /** Which images; `generated` are those that an earlier stage made. @default {"generated"} */
  of?: Of;
  /** Whether their latents (a VAE's means) are parted, or their pixels. @default {"latent"} */
  space?: "latent" | "pixels";
  /** How many groups, or the range in which the largest mean silhouette decides. @default {[2, 12]} */
  k?: number | [number, number];
  /** The most images, from the first on; the work goes with its square. @default {2000} */
  images?: number;
  /** The members of each group that are shown, those nearest to its centre. @default {12} */
  members?: number;
}

/** What {@link clusters} makes. */
export interface Clustered {
  /** The group of each image, from 0 (the largest) on. */
  clusterOf: Uint32Array;
}

interface Needs {
  dataset: Dataset;
  model: TrainedModel;
  generated?: Float32Array;
}

const definition: StageDefinition<Options, Needs, Clustered> = {
  kind: "clusters",
  version: 1,
  needs: ["dataset", "model"],
  makes: ["clusterOf"],
  schema: Options,
  plan: ({ of, space, k }) => ({
    lines: [
      `the ${space === "latent" ? "latents" : "pixels"} of ${of} images, ${
        typeof k === "number" ? `${k} groups` : `${k[0]} to ${k[1]} groups by silhouette`
      }`,
    ],
  }),
  async run({ dataset, model, generated }, options, context) {
    const pixels = dataset.height * dataset.width;
    const split = chosenImages(dataset, generated, options, pixels);
    const points = options.space === "pixels"
      ? Float32Array.from(split.images, (byte) => byte / 255)
      : encodeImages(await engineOf(context), model, split);
    const dimensions = points.length / split.count;
    const { best, silhouettes } = bestClustering(points, dimensions, options, context);
    const ordered = bySize(best, dimensions);
    const tiles = galleryTiles(ordered, points, split, dataset, options.members);
    const title =
      `${ordered.sizes.length} groups of ${options.of} images: the mean of each, then its members`;
    const picture = sheet(tiles, { columns: options.members + 1 });
    await context.writeArtifact(`${context.name}.png`, title, await encodePng(picture));
    const metrics = metricsOf(ordered, silhouettes);
    const raw = { of: options.of, space: options.space, silhouettes, assignment: [...ordered.assignment] };
    await context.writeArtifact(`${context.name}.json`, "the groups", JSON.stringify(raw) + "\n");
    const note = `${metrics.k} groups, mean silhouette ${metrics.silhouette.toFixed(3)}, sizes ${
      [...ordered.sizes].join(", ")
    }`;
    return { adds: { clusterOf: ordered.assignment }, metrics, note };
  },
};

function chosenImages(
  dataset: Dataset,
  generated: Float32Array | undefined,
  { of, images }: Options,
  pixels: number,
): Split {
  if (of !== "generated") {
    const split = dataset[of], most = Math.min(images, split.count);
    // Brings images that stay in their file into memory.
    return split.file === undefined ? sliceSplit(split, pixels, 0, most) : inMemory(split, pixels, most);
  }
  if (generated === undefined) {
    throw new RunError(
      'Cannot part generated images as an earlier stage must make them: current value of "generated" is none',
    );
  }
  if (generated.length === 0) {
    throw new RunError("Cannot part generated images as there must be some: current value is 0");
  }
  const bytes = toBytes(generated.subarray(0, images * pixels));
  return { count: bytes.length / pixels, images: bytes };
}

function inMemory(split: Split, pixels: number, most: number): Split {
  return pickFromSplit(split, pixels, Uint32Array.from({ length: most }, (_, row) => row));
}

/** The parting of the largest mean silhouette, the smaller k at a tie. */
function bestClustering(
  points: Float32Array,
  dimensions: number,
  { k }: Options,
  { seed, signal }: StageContext,
): { best: Clustering; silhouettes: Record<string, number> } {
  const distinct = distinctPoints(points, dimensions);
  const [least, asked] = typeof k === "number" ? [k, k] : k;
  // As many groups as points would have a silhouette of 0 throughout.
  const most = Math.min(asked, distinct, points.length / dimensions - 1);
  if (most < least) {
    throw new RunError(
      `Cannot part images into ${least} groups as there must be at least ${
        Math.max(3, least)
      } of them, and ${least} that differ: current value is ${
        points.length / dimensions
      }, and ${distinct} that differ`,
    );
  }
  const silhouettes: Record<string, number> = {};
  let best: Clustering | undefined, highest = -Infinity;
  for (let groups = least; groups <= most && !(signal.aborted && best !== undefined); groups++) {
    const found = kMeans(points, dimensions, { k: groups, key: { seed, stream: "analysis", epoch: groups } });
    const silhouette = meanSilhouette(points, dimensions, found.assignment);
    silhouettes[groups] = silhouette;
    if (silhouette > highest) [best, highest] = [found, silhouette];
  }
  return { best: best!, silhouettes };
}

function distinctPoints(points: Float32Array, dimensions: number): number {
  const seen = new Set<string>();
  for (let at = 0; at < points.length; at += dimensions) {
    seen.add(points.subarray(at, at + dimensions).join());
  }
  return seen.size;
}

/** The same groups, the largest first. */
function bySize({ assignment, centres, sizes, ...rest }: Clustering, dimensions: number): Clustering {
  const order = [...sizes.keys()].sort((a, b) => sizes[b] - sizes[a]);
  const place = order.map((_, cluster) => order.indexOf(cluster));
  return {
    ...rest,
    assignment: assignment.map((cluster) => place[cluster]),
    sizes: Uint32Array.from(order, (cluster) => sizes[cluster]),
    centres: Float64Array.from(order.flatMap((cluster) => [
      ...centres.subarray(cluster * dimensions, (cluster + 1) * dimensions),
    ])),
  };
}

/** A row a group: the mean of its images, then the members nearest to its centre; a small group leaves black tiles. */
function galleryTiles(
  { assignment, centres, sizes }: Clustering,
  points: Float32Array,
  { images }: Split,
  { height, width }: Dataset,
  members: number,
): Tile[] {
  const all = tilesOfBytes(images, height, width), dimensions = points.length / all.length;
  const blank = { height, width, pixels: new Float32Array(height * width) };
  const fromCentre = (row: number) => {
    let sum = 0;
    for (let j = 0; j < dimensions; j++) {
      sum += (points[row * dimensions + j] - centres[assignment[row] * dimensions + j]) ** 2;
    }
    return sum;
  };
  return Array.from(sizes).flatMap((_, cluster) => {
    const rows = all.keys().filter((row) => assignment[row] === cluster).toArray();
    const mean = new Float32Array(height * width);
    for (const row of rows) mean.forEach((_, at) => mean[at] += all[row].pixels[at] / rows.length);
    const nearest = rows.toSorted((a, b) => fromCentre(a) - fromCentre(b)).slice(0, members);
    const shown = Array.from({ length: members }, (_, place) => all[nearest[place]] ?? blank);
    return [{ height, width, pixels: mean }, ...shown];
  });
}

function metricsOf({ sizes, inertia }: Clustering, silhouettes: Record<string, number>) {
  const k = sizes.length, metrics: Record<string, number> = { k, silhouette: silhouettes[k], inertia };
  sizes.forEach((size, cluster) => metrics[`size${cluster + 1}`] = size);
  return metrics;
}

/**
 * Parts images into groups by k-means on their latents (or pixels), as many as have the largest mean silhouette, and shows each group's
 * mean and members as a PNG: `clusters({ of: "test", k: [2, 12] })`. Metrics: `k`, `silhouette`, `inertia`, `size1` and so on.
 */
export function clusters(
  options: ClustersOptions<"test" | "train"> & { of: "test" | "train" },
): Stage<{ dataset: Dataset; model: TrainedModel }, Clustered>;
/** The same of the images that a stage {@link generate} before it made: `clusters()`. */
export function clusters(
  options?: ClustersOptions,
): Stage<{ dataset: Dataset; model: TrainedModel; generated: Float32Array }, Clustered>;
export function clusters(
  options: ClustersOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, Clustered> {
  const needsGenerated = (options.of ?? "generated") === "generated";
  const needs = needsGenerated ? [...definition.needs, "generated" as const] : definition.needs;
  return stageOf({ ...definition, needs }, options);
}
