/** The stage that walks from one image to another through the latent space. @module */
import { inputSize } from "../models/spec.ts";
import { z } from "zod";
import { decodePoints, encodeImages } from "../analysis/reconstruction/inference.ts";
import { linearPath, meanPoint, sphericalPath } from "../analysis/latent/latent_space.ts";
import { nearest, RunError } from "../core/errors.ts";
import type { Fault } from "../core/fault.ts";
import { pictureShape } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { pickFromSplit } from "../data/parts.ts";
import type { Engine } from "../engine/engine.ts";
import { encodeGif, encodePng } from "../export/pictures.ts";
import { defaultScale, strip } from "../export/sheet.ts";
import type { ModelFamily } from "../models/family.ts";
import { classIndex, classIndices, conditionsOf, isConditional } from "../models/condition.ts";
import type { TrainedModel } from "../models/trained.ts";
import type { ModelStageDefinition } from "./model_stage.ts";
import { engineOf } from "./engine.ts";
import { modelTiles } from "./tiles.ts";
import { type Stage, stageOf } from "../pipeline/stage.ts";

const End = z.union([z.string(), z.strictObject({ sample: z.int().min(0) }), z.array(z.number()).min(1)]);
type End = z.infer<typeof End>;

const Options = z.strictObject({
  name: z.string().optional(),
  from: End,
  to: End,
  steps: z.int().min(2).max(1000).default(16),
  path: z.enum(["linear", "spherical"]).default("linear"),
  frameMs: z.int().min(20).max(10000).default(80),
  class: z.string().optional(),
});
type Options = z.infer<typeof Options>;

/** One end of a walk: a label or an image's name, a test image by its number, or a latent point. */
export type WalkEnd = string | { sample: number } | number[];

/** Options for {@link interpolate}. */
export interface InterpolateOptions {
  /** The stage's name, also of its files. @default {"interpolate"} */
  name?: string;
  /** Where the walk begins: a label (the mean of its images' latents), a test image, or a latent point. */
  from: WalkEnd;
  /** Where it ends. */
  to: WalkEnd;
  /** Images of the walk, both ends included. @default {16} */
  steps?: number;
  /** The straight line, or the great circle, on which lengths stay what the prior makes likely. @default {"linear"} */
  path?: "linear" | "spherical";
  /** How long the GIF shows each image, in milliseconds. @default {80} */
  frameMs?: number;
  /**
   * Of a conditional model: the class that all images of the walk keep. Without it the class changes evenly with the latent point, from
   * that of one end to that of the other; an end that is a latent point has none, so it is required there. @default {the ends' own}
   */
  class?: string;
}

/** Outputs of {@link interpolate}. */
export interface InterpolateOutput {
  /** The latent points of the walk. */
  walk: readonly (readonly number[])[];
}

const definition: ModelStageDefinition<
  Options,
  { dataset: Dataset; model: TrainedModel },
  InterpolateOutput
> = {
  kind: "interpolate",
  version: 1,
  models: {
    autoencoder: true,
    variational: true,
    vectorQuantised: "must have a prior or a latent space of points, got a vqvae, whose latent are codes " +
      "(there is nothing between two codes; encode writes the codes of samples, a vae interpolates)",
    conditional: true,
  },
  inputs: ["dataset", "model"],
  outputs: ["walk"],
  schema: Options,
  plan({ from, to, steps, path, class: kept }, { latent, model, classes }) {
    const faults = Object.entries({ from, to }).flatMap(([key, end]) =>
      Array.isArray(end) && latent !== undefined && end.length !== latent
        ? [{ path: key, message: `must be a point of ${latent} numbers, got ${end.length}` }]
        : []
    );
    const ends = [from, to];
    if (model !== undefined) {
      faults.push(...classFaults(kept, { model, ends, names: classes?.map(({ name }) => name) }));
    }
    return { lines: [`${nameOf(from)} to ${nameOf(to)} in ${steps} steps, ${path}`], faults };
  },
  async run({ dataset, model }, options, context) {
    const engine = await engineOf(context);
    const { from, to, steps, path, frameMs } = options;
    const ends = [from, to].map((end) => findEnd(end, engine, model, dataset));
    const walk = (path === "linear" ? linearPath : sphericalPath)(ends[0].point, ends[1].point, steps);
    const conditions = walkConditions(model, ends, options);
    const tiles = modelTiles(model, decodePoints(engine, model, walk.flat(), conditions));
    const kept = options.class === undefined ? "" : `, all of class "${options.class}"`;
    const title = `from ${nameOf(from)} to ${nameOf(to)}, ${path}${kept}`;
    const { height, width } = pictureShape(model.shape), scale = 2 * defaultScale(height, width);
    await context.writeArtifact(`${context.name}.png`, title, await encodePng(strip(tiles)));
    // There and back again, so that the loop has no jump.
    const frames = [...tiles, ...tiles.slice(1, -1).reverse()].map((tile) => strip([tile], { scale }));
    await context.writeArtifact(`${context.name}.gif`, title, await encodeGif(frames, { delayMs: frameMs }));
    return { outputs: { walk }, note: `${title}, ${steps} steps` };
  },
};

/** Why the class of a walk does not fit, as far as the model and its classes are known. */
function classFaults(
  kept: string | undefined,
  { model, ends, names }: { model: string; ends: readonly End[]; names?: readonly string[] },
): Fault[] {
  const fault = (message: string) => [{ path: "class", message }];
  if (model !== ("conditional" satisfies ModelFamily)) {
    return kept === undefined ? [] : fault(`must be left out for a model without classes, got "${kept}"`);
  }
  if (kept === undefined) return ends.some(Array.isArray) ? fault(NO_CLASS) : [];
  if (names === undefined || names.includes(kept)) return [];
  return fault(`must be one of ${names.join(", ")}, got "${kept}"`);
}

/** What a walk of a conditional model needs whose ends do not all have a class. */
const NO_CLASS = "must be given where an end is a latent point, which has none, got none";

function nameOf(end: End): string {
  if (typeof end === "string") return `"${end}"`;
  return Array.isArray(end) ? `(${end.join(", ")})` : `sample ${end.sample}`;
}

/** An end of a walk: a mean, never a sample; and its label, where it is one or several images. */
interface FoundEnd {
  readonly point: ArrayLike<number>;
  readonly label?: number;
}

function findEnd(end: End, engine: Engine, model: TrainedModel, dataset: Dataset): FoundEnd {
  const { test, train, labelNames } = dataset;
  const latent = model.spec.latent, pixels = inputSize(model.spec);
  const testImage = (row: number): FoundEnd => ({
    point: encodeImages(engine, model, pickFromSplit(test, pixels, [row])),
    label: test.labels?.[row],
  });
  if (Array.isArray(end)) {
    if (end.length === latent) return { point: end };
    throw new RunError(
      `latent point must have ${latent} numbers, got ${nameOf(end)}`,
    );
  }
  if (typeof end === "object") {
    if (end.sample < test.count) return testImage(end.sample);
    throw new RunError(
      `test image must be below ${test.count}, got ${end.sample}`,
    );
  }
  const named = test.names?.indexOf(end) ?? -1;
  if (named >= 0) return testImage(named);
  const label = labelNames?.indexOf(end) ?? -1;
  const chosen = label < 0 ? [] : rowsWithLabel(train.labels, label);
  if (chosen.length === 0) throw unknownEnd(end, [...labelNames ?? [], ...test.names ?? []]);
  const points = encodeImages(engine, model, pickFromSplit(train, pixels, chosen));
  return { point: meanPoint(points, latent, chosen.map((_, row) => row)), label };
}

/** The condition of each image of a walk [steps, C]: one class, or evenly from that of one end to that of the other. */
function walkConditions(
  { spec }: TrainedModel,
  ends: readonly FoundEnd[],
  { class: kept, steps }: Options,
): Float32Array | undefined {
  if (!isConditional(spec)) {
    if (kept !== undefined) classIndex(spec, kept);
    return undefined;
  }
  if (kept !== undefined) return conditionsOf(spec, new Uint16Array(steps).fill(classIndex(spec, kept)));
  const labels = ends.flatMap(({ label }) => label ?? []);
  if (labels.length < ends.length) {
    throw new RunError(`class ${NO_CLASS}`);
  }
  const [from, to] = Array.from(classIndices(spec, labels), (index) => conditionsOf(spec, [index]));
  return Float32Array.from(linearPath(from, to, steps).flat());
}

function rowsWithLabel(labels: Uint16Array | undefined, label: number): number[] {
  return Array.from(labels ?? []).flatMap((own, row) => own === label ? [row] : []);
}

function unknownEnd(end: string, known: readonly string[]): RunError {
  const near = nearest(end, known);
  const hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
  return new RunError(
    `end must be a label or a name of the dataset, got "${end}"${hint}`,
  );
}

/**
 * Walks through the latent space between two labels, images or points, and shows the decoded path as a PNG strip and an animated GIF.
 * The ends are means, never samples. A conditional model's images change their class on the way, or keep the one that is given.
 */
export function interpolate(
  options: InterpolateOptions,
): Stage<{ dataset: Dataset; model: TrainedModel }, InterpolateOutput> {
  return stageOf(definition, options);
}
