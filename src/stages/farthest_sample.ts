/** The stage that makes an image which no training image is near. @module */
import { z } from "zod";
import { type PictureShape, pictureShape, sampleSize } from "../core/shape.ts";
import { decodePoints, encodeImages } from "../analysis/reconstruction/inference.ts";
import { farthestPoint } from "../analysis/latent/farthest_point.ts";
import { captionOf } from "../analysis/reconstruction/preview.ts";
import { countWrongPixels } from "../analysis/reconstruction/wrong_pixels.ts";
import type { Dataset } from "../data/dataset.ts";
import { pickFromSplit } from "../data/parts.ts";
import { scaledValues } from "../data/scale.ts";
import { encodePng } from "../export/pictures.ts";
import { strip } from "../export/sheet.ts";
import type { TrainedModel } from "../models/trained.ts";
import type { ModelStageDefinition } from "./model_stage.ts";
import { engineOf } from "./engine.ts";
import { metric } from "../pipeline/metric.ts";
import { modelTiles, sampleTiles } from "./tiles.ts";
import { type Stage, stageOf } from "../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  images: z.int().min(1).max(10000).default(1000),
});
type Options = z.infer<typeof Options>;

/** Options for {@link farthestSample}. */
export interface FarthestSampleOptions {
  /** The stage's name, also of its files. @default {"farthestSample"} */
  name?: string;
  /** How many training images to keep away from at most, the first ones. @default {1000} */
  images?: number;
}

/** Outputs of {@link farthestSample}. */
export interface FarthestSampleOutput {
  /** The new image and where it was found. */
  farthest: {
    /** Its values, scaled as the model makes them. */
    readonly image: Float32Array;
    /** Its latent point. */
    readonly point: readonly number[];
    /** The training image with the fewest other pixels, by its position. */
    readonly nearest: number;
  };
}

const definition: ModelStageDefinition<
  Options,
  { dataset: Dataset; model: TrainedModel },
  FarthestSampleOutput
> = {
  kind: "farthestSample",
  version: 3,
  models: {
    autoencoder: true,
    variational: true,
    vectorQuantised: "must have a prior or a latent space of points, got a vqvae, whose latent are codes " +
      "(hallucinate() shows it inputs of another kind)",
    conditional: "must know no classes, whose latents share one space, got a conditional one " +
      "(generate({ classes }) makes new samples of a class, novelty() compares them with the train split)",
  },
  inputs: ["dataset", "model"],
  outputs: ["farthest"],
  schema: Options,
  plan: ({ images }) => ({
    lines: [`an image decoded far from the first ${images.toLocaleString("en-US")} training images`],
  }),
  async run({ dataset, model }, { images }, context) {
    const { train, shape } = dataset, pixels = sampleSize(shape);
    const engine = await engineOf(context);
    const count = Math.min(images, train.count), rows = Array.from({ length: count }, (_, row) => row);
    const known = pickFromSplit(train, pixels, rows);
    const key = { seed: context.seed, stream: "generation", epoch: 1 } as const;
    const { point, distance } = farthestPoint(encodeImages(engine, model, known), model.spec.latent, key);
    const image = decodePoints(engine, model, point);
    const { nearest, differing, squaredError } = nearestImage(
      image,
      scaledValues(known),
      pictureShape(shape),
    );
    const [neighbour] = sampleTiles(dataset, pickFromSplit(known, pixels, [nearest]));
    const [made] = modelTiles(model, image);
    const caption = captionOf(dataset, known, nearest);
    await context.writeArtifact(
      `${context.name}.png`,
      `decoded far from all training images, and the nearest of them, ${caption}`,
      await encodePng(strip([made, neighbour])),
    );
    return {
      outputs: { farthest: { image, point, nearest } },
      metrics: {
        distance: metric(distance, { unit: "latent units", direction: "none" }),
        differingPixels: metric(differing, { unit: "pixels", direction: "none" }),
        mseToNearest: metric(squaredError / pixels, { unit: "squared error/pixel", direction: "none" }),
      },
      note: `at (${point.map((value) => value.toFixed(2)).join(", ")}), ${
        distance.toPrecision(3)
      } from the nearest latent; ${differing} of ${
        pixels / (pictureShape(shape).channels ?? 1)
      } pixels differ from ${caption}, the nearest training image`,
    };
  },
};

/** The image with the least squared error to a new one. */
function nearestImage(image: Float32Array, known: Float64Array, { channels = 1 }: PictureShape) {
  const size = image.length;
  let nearest = 0, squaredError = Infinity;
  for (let row = 0; row < known.length / size; row++) {
    let square = 0;
    for (let d = 0; d < size; d++) square += (image[d] - known[row * size + d]) ** 2;
    if (square < squaredError) [nearest, squaredError] = [row, square];
  }
  const first = nearest * size;
  const differing = countWrongPixels(size, channels, (d) => (image[d] > 0.5) !== (known[first + d] > 0.5));
  return { nearest, differing, squaredError };
}

/**
 * Makes an image that was not there: finds the point within the range of the training latents that is farthest from all of them, decodes
 * it, and shows it next to its nearest training image.
 *
 * Numbers: `distance` (to the nearest training latent, in latent units), `differingPixels` (both thresholded at 0.5) and `mseToNearest`.
 */
export function farthestSample(
  options: FarthestSampleOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, FarthestSampleOutput> {
  return stageOf(definition, options);
}
