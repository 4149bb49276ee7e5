/** The stage that parts images into groups. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import { encodeImages } from "../../analysis/reconstruction/inference.ts";
import { type Clustering, kMeans } from "../../analysis/points/kmeans.ts";
import { meanSilhouette } from "../../analysis/points/silhouette.ts";
import { RunError } from "../../core/errors.ts";
import { unscaled } from "../../core/scale.ts";
import { sampleSize } from "../../core/shape.ts";
import { type Dataset, kindOfSamples, type Split } from "../../data/dataset.ts";
import { firstOfSplit } from "../../data/parts.ts";
import { scaledValues } from "../../data/scale.ts";
import { encodePng } from "../../export/pictures.ts";
import { sheet } from "../../export/sheet.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { bySize, clusterMetrics, galleryTiles } from "./report.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { testClassFaults } from "../test_classes.ts";
import { engineOf } from "../engine.ts";
import { type Stage, type StageContext, stageOf } from "../../pipeline/stage.ts";

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

/** Options for {@link clusters}. */
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

/** Outputs of {@link clusters}. */
export interface ClustersOutput {
  /** The group of each image, from 0 (the largest) on. */
  clusterOf: Uint32Array;
}

interface Inputs {
  dataset: Dataset;
  model: TrainedModel;
  generated?: Float32Array;
}

const definition: ModelStageDefinition<Options, Inputs, ClustersOutput> = {
  kind: "clusters",
  version: 2,
  models: {
    autoencoder: true,
    variational: true,
    vectorQuantised: "must have a prior or a latent space of points, got a vqvae, whose latent are codes " +
      "(encode writes the codes of samples, evaluate() measures their use)",
    conditional: true,
  },
  inputs: ["dataset", "model"],
  outputs: ["clusterOf"],
  schema: Options,
  plan: ({ of, space, k }, facts) => ({
    lines: [
      `the ${space === "latent" ? "latents" : "pixels"} of ${of} images, ${
        typeof k === "number" ? `${k} groups` : `${k[0]} to ${k[1]} groups by silhouette`
      }`,
    ],
    faults: of === "test" && space === "latent" ? testClassFaults(facts) : [],
  }),
  async run({ dataset, model, generated }, options, context) {
    const split = chosenImages(dataset, model, generated, options);
    const points = options.space === "pixels"
      ? Float32Array.from(scaledValues(split))
      : encodeImages(await engineOf(context), model, split);
    const dimensions = points.length / split.count;
    const { best, silhouettes, most } = bestClustering(points, dimensions, options, context);
    const ordered = bySize(best, dimensions);
    const tiles = galleryTiles(ordered, points, split, dataset, options.members);
    const title =
      `${ordered.sizes.length} groups of ${options.of} images: the mean of each, then its members`;
    const picture = sheet(tiles, { columns: options.members + 1 });
    await context.writeArtifact(`${context.name}.png`, title, await encodePng(picture));
    const metrics = clusterMetrics(ordered, silhouettes);
    const raw = { of: options.of, space: options.space, silhouettes, assignment: [...ordered.assignment] };
    await context.writeArtifact(`${context.name}.json`, "the groups", JSON.stringify(raw) + "\n");
    const end = rangeEnd(ordered.sizes.length, most, options);
    const note = `${ordered.sizes.length} groups${end === undefined ? "" : ` (${end})`}, mean silhouette ${
      metrics.silhouette.value.toFixed(3)
    }, sizes ${[...ordered.sizes].join(", ")}`;
    return {
      outputs: { clusterOf: ordered.assignment },
      metrics,
      note,
      conditions: conditionsOf(options, end),
    };
  },
};

function chosenImages(
  dataset: Dataset,
  { scale }: TrainedModel,
  generated: Float32Array | undefined,
  { of, images }: Options,
): Split {
  const pixels = sampleSize(dataset.shape);
  if (of !== "generated") return firstOfSplit(dataset[of], pixels, images);
  if (generated === undefined) {
    throw new RunError(
      'input "generated" must come from an earlier stage, got none (put generate() before clusters)',
    );
  }
  if (generated.length === 0) {
    throw new RunError("generated images must be at least 1, got 0");
  }
  const raw = unscaled(scale, generated.subarray(0, images * pixels));
  const values = kindOfSamples(dataset.train) === "bytes"
    ? Uint8Array.from(raw, (value) => Math.round(Math.min(255, Math.max(0, value))))
    : Float32Array.from(raw);
  return { count: values.length / pixels, values, scale };
}

/** The parting of the largest mean silhouette, the smaller k at a tie. */
function bestClustering(
  points: Float32Array,
  dimensions: number,
  { k }: Options,
  { seed, signal }: StageContext,
): { best: Clustering; silhouettes: Record<string, number>; most: number } {
  const distinct = distinctPoints(points, dimensions);
  const [least, wanted] = typeof k === "number" ? [k, k] : k;
  // As many groups as points would have a silhouette of 0 throughout.
  const most = Math.min(wanted, distinct, points.length / dimensions - 1);
  if (most < least) {
    throw new RunError(
      `images must be at least ${Math.max(3, least)} for ${least} groups, with ${least} distinct ones, got ${
        points.length / dimensions
      } with ${distinct} distinct`,
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
  return { best: best!, silhouettes, most };
}

/** What a count at an end of its range leaves open; `undefined` inside the range, and for a given number. */
function rangeEnd(count: number, most: number, { k }: Options): string | undefined {
  if (typeof k === "number") return undefined;
  const [least, end] = k;
  if (count === most && most < end) {
    return `the most that these images allow, of a range up to ${end}`;
  }
  if (count === end) return `the upper end of the range ${least} to ${end}: more may fit better`;
  if (count > least) return undefined;
  return least > 2
    ? `the lower end of the range ${least} to ${end}: fewer may fit better`
    : "the fewest for which a silhouette is defined: there may be no groups at all";
}

function conditionsOf({ k }: Options, end: string | undefined): Record<string, string> {
  if (typeof k === "number") return { k: "as given" };
  const chosen = `the number from ${k[0]} to ${k[1]} with the largest mean silhouette`;
  return { k: end === undefined ? chosen : `${chosen}: ${end}` };
}

function distinctPoints(points: Float32Array, dimensions: number): number {
  const seen = new Set<string>();
  for (let at = 0; at < points.length; at += dimensions) {
    seen.add(points.subarray(at, at + dimensions).join());
  }
  return seen.size;
}

/**
 * Parts images into groups by k-means on their latents (or pixels), as many as have the largest mean silhouette, and shows each group's
 * mean and members as a PNG: `clusters({ of: "test", k: [2, 12] })`. Metrics: `k`, `silhouette`, `inertia`, `size1` and so on.
 */
export function clusters(
  options: ClustersOptions<"test" | "train"> & { of: "test" | "train" },
): Stage<{ dataset: Dataset; model: TrainedModel }, ClustersOutput>;
/** The same of the images that a stage {@link generate} before it made: `clusters()`. */
export function clusters(
  options?: ClustersOptions,
): Stage<{ dataset: Dataset; model: TrainedModel; generated: Float32Array }, ClustersOutput>;
export function clusters(
  given: ClustersOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, ClustersOutput> {
  const options = optionsOf(definition.kind, given);
  const needsGenerated = (options.of ?? "generated") === "generated";
  const inputs = needsGenerated ? [...definition.inputs, "generated" as const] : definition.inputs;
  return stageOf({ ...definition, inputs }, options);
}
