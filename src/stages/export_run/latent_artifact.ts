// n = samples, K = latent dimensions, D = values of an image: pixels times channels.

/** `latent.json`: a sample of test images in the latent space, which the report's explorer shows. @module */
import { SCHEMA } from "../../core/schema_version.ts";
import { latentMoments } from "../../analysis/latent/latent_moments.ts";
import { nearestImages } from "../../analysis/novelty/nearest_images.ts";
import { captionOf, toBytes } from "../../analysis/reconstruction/preview.ts";
import { pictureShape, sampleSize } from "../../core/shape.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import { pickFromSplit, sliceSplit } from "../../data/parts.ts";
import { brightnessOf } from "../../data/scale.ts";
import type { Engine } from "../../engine/engine.ts";
import type { LatentSample } from "../../export/latent_sample.ts";
import type { TrainedModel } from "../../models/trained.ts";

/** The most samples, the most bytes of their images (of colour twice as many), and the most images that the latent dimensions are measured on. */
const SAMPLES = 300, BYTES = 300_000, MEASURED = 5000;
/** The most bytes of their latent points. */
const POINT_BYTES = 600_000;
/** The most products of pixels that the search for nearest training images may take, by the engine. */
const MOST_PRODUCTS = { native: 5e10, wasm: 2e10, reference: 5e8, tfjs: 5e8 } as const;

/** The content of `latent.json` for a model and its images. */
export function latentArtifact(engine: Engine, model: TrainedModel, dataset: Dataset): LatentSample {
  const { shape, test, train, labelNames } = dataset, pixels = sampleSize(shape);
  const measured = Math.min(test.count, MEASURED), { latent } = model.spec;
  const moments = latentMoments(engine, model, sliceSplit(test, pixels, 0, measured));
  const count = Math.max(
    1,
    Math.min(
      SAMPLES,
      measured,
      Math.floor(BYTES * (pictureShape(shape).channels === 3 ? 2 : 1) / pixels),
      Math.floor(POINT_BYTES / (latent * Float32Array.BYTES_PER_ELEMENT)),
    ),
  );
  const rows = Array.from({ length: count }, (_, row) => row);
  const shown = pickFromSplit(test, pixels, rows);
  const points = moments.points.slice(0, count * latent);
  return {
    schema: SCHEMA.latent,
    split: test === train ? "train" : "test",
    latent,
    ...pictureShape(shape),
    points: new Uint8Array(points.buffer).toBase64(),
    images: toBytes(brightnessOf(shown)).toBase64(),
    labels: [...shown.labels ?? []],
    labelNames: [...labelNames ?? []],
    names: shown.names === undefined ? [] : rows.map((row) => captionOf(dataset, test, row)),
    nearest: test === train ? null : nearestOf(engine, shown, dataset),
    mean: [...moments.mean],
    variance: [...moments.variance],
    kl: moments.kl === undefined ? null : [...moments.kl],
    measured,
  };
}

/** The nearest training images; none where the search would take too long. */
function nearestOf(engine: Engine, shown: Split, { train, shape }: Dataset): LatentSample["nearest"] {
  const pixels = sampleSize(shape);
  if (shown.count * train.count * pixels > MOST_PRODUCTS[engine.name]) return null;
  const { images, distances } = nearestImages(engine, shown, train, pixels);
  return { images: toBytes(brightnessOf(images)).toBase64(), distances: [...distances] };
}
