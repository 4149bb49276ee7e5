/** The stage that measures the latent space of a model. @module */
import { inputSize } from "../../models/spec.ts";
import { z } from "zod";
import { encodeImages } from "../../analysis/reconstruction/inference.ts";
import type { LabelledSplits } from "../../analysis/latent/latent_report.ts";
import { measureReconstruction } from "../../analysis/reconstruction/measure.ts";
import { pcaBaseline } from "../../analysis/latent/pca_baseline.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import { sliceSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { testClassFaults } from "../test_classes.ts";
import { engineOf } from "../engine.ts";
import { latentSpaceMetrics, latentSpaceNote } from "./report.ts";
import { type Stage, stageOf } from "../../pipeline/stage.ts";
import { metricValues } from "../../pipeline/metric.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  k: z.int().min(1).max(1000).default(5),
  images: z.int().min(1).default(10_000),
  paths: z.int().min(0).max(10_000).default(100),
  steps: z.int().min(3).max(1000).default(16),
  baseline: z.boolean().default(true),
});
type Options = z.infer<typeof Options>;

/** Options for {@link latentSpace}. */
export interface LatentSpaceOptions {
  /** The stage's name, also of its file. @default {"latentSpace"} */
  name?: string;
  /** Neighbours that vote for the class of a test image. @default {5} */
  k?: number;
  /** The most images of each split to measure, from the first on. @default {10000} */
  images?: number;
  /** Paths between two test images, drawn by the seed, along which smoothness is measured. @default {100} */
  paths?: number;
  /** Images of such a path, both ends included. @default {16} */
  steps?: number;
  /** Whether as many principal components of the train images as the model has latent dimensions are measured by the same vote. @default {true} */
  baseline?: boolean;
}

/** Outputs of {@link latentSpace}. */
export interface LatentSpaceOutput {
  /** Metric name to value. */
  latentMeasured: Readonly<Record<string, number>>;
}

const definition: ModelStageDefinition<
  Options,
  { dataset: Dataset; model: TrainedModel },
  LatentSpaceOutput
> = {
  kind: "latentSpace",
  version: 3,
  models: {
    autoencoder: true,
    variational: true,
    vectorQuantised: "must have a prior or a latent space of points, got a vqvae, whose latent are codes " +
      "(evaluate() measures the use of codes)",
    conditional: true,
  },
  inputs: ["dataset", "model"],
  outputs: ["latentMeasured"],
  schema: Options,
  plan: ({ k, images, paths, steps }, facts) => ({
    lines: [
      `${k} neighbours among at most ${
        images.toLocaleString("en-US")
      } images, ${paths} paths of ${steps} steps`,
    ],
    faults: testClassFaults(facts),
  }),
  async run({ dataset, model }, options, context) {
    const engine = await engineOf(context);
    const pixels = inputSize(model.spec), { latent } = model.spec, { seed } = context;
    const [train, test] = [dataset.train, dataset.test].map((split) =>
      sliceSplit(split, pixels, 0, Math.min(options.images, split.count))
    );
    const points = labelledLatents(engine, model, train, test);
    const linear = options.baseline
      ? pcaBaseline({ engine, train, test, pixels, components: latent, seed })
      : undefined;
    const principal = linear &&
      { ...linear, ownMse: measureReconstruction({ engine, model, split: test }).mse };
    const { metrics, raw } = latentSpaceMetrics({ engine, model, test, points, options, seed, principal });
    await context.writeArtifact(
      `${context.name}.json`,
      "the latent space in numbers",
      JSON.stringify(raw, null, 1) + "\n",
    );
    const latentMeasured = metricValues(metrics);
    return { outputs: { latentMeasured }, metrics, note: latentSpaceNote(latentMeasured, latent) };
  },
};

/** The latents of both splits with their labels; none where the images have no labels. */
function labelledLatents(engine: Engine, model: TrainedModel, train: Split, test: Split): LabelledSplits {
  const latents = (split: Split) => ({
    points: split.labels === undefined ? [] : encodeImages(engine, model, split),
    labels: split.labels ?? [],
  });
  return { train: latents(train), test: latents(test), dimensions: model.spec.latent };
}

/**
 * Measures the latent space on the test images: `neighbourAccuracy` (the classes of test latents by their k nearest train latents),
 * `activeUnits`, the aggregate posterior against N(0, I) (`largestMean`, `leastVariance`, `largestVariance`, `largestCorrelation`,
 * for a VAE `kl` and `gapToPrior` in nats), and how evenly images change along paths between two test images (`linearStretch`,
 * `linearWorstStep`, `sphericalStretch`, `sphericalWorstStep`). The baseline is as many principal components of the train images:
 * `baselineAccuracy` by the same vote, and `baselineMse`, the squared error/pixel of their reconstructions;
 * relative to that of the mean train image (`meanPictureMse`) it becomes the share that is explained, `1 - mse / meanPictureMse`: `explained` by
 * the model, `baselineExplained` by the components. All numbers of each dimension are in `artifacts/<stage>.json`.
 */
export function latentSpace(
  options: LatentSpaceOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, LatentSpaceOutput> {
  return stageOf(definition, options);
}
