/** The stage that measures whether generated images are new. @module */
import { z } from "zod";
import { type Audit, auditImages } from "../../analysis/novelty/audit.ts";
import { decodePoints } from "../../analysis/reconstruction/inference.ts";
import { drawPoints } from "../../analysis/latent/latent_space.ts";
import { priorOf } from "../../analysis/latent/prior.ts";
import { fillUniform } from "../../core/random.ts";
import { RunError } from "../../core/errors.ts";
import { sampleSize } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { classPlaces, conditionsOf, isConditional } from "../../models/condition.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { engineOf } from "../engine.ts";
import { auditJson, noveltyMetrics, noveltyNote, writeGalleries } from "./report.ts";
import { type Stage, stageOf } from "../../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  count: z.int().min(1).max(10000).default(1000),
  spread: z.number().positive().default(1),
  heldOut: z.int().min(2).default(5000),
  near: z.number().min(0).max(0.5).default(0.01),
  far: z.number().min(0.5).max(1).default(0.99),
  k: z.int().min(1).max(100).default(5),
  components: z.int().min(1).max(1024).default(64),
  cells: z.int().min(1).max(1000).default(10),
  shown: z.int().min(1).max(200).default(32),
});
type Options = z.infer<typeof Options>;

/** Options for {@link novelty}. */
export interface NoveltyOptions {
  /** The stage's name, also of its files. @default {"novelty"} */
  name?: string;
  /** How many images to generate and audit. @default {1000} */
  count?: number;
  /** What the standard deviation of the prior is multiplied by. @default {1} */
  spread?: number;
  /** How many test images to calibrate on at most, chosen by the seed. @default {5000} */
  heldOut?: number;
  /** The quantile of held-out distances to the nearest training image below which an image is a near duplicate (an imitation). @default {0.01} */
  near?: number;
  /** The quantile above which it is off the manifold (a worm). @default {0.99} */
  far?: number;
  /** The neighbours that make a ball of density and coverage. @default {5} */
  k?: number;
  /** Principal components of the space in which C_T is measured. @default {64} */
  components?: number;
  /** Cells of C_T at most. @default {10} */
  cells?: number;
  /** Images of each kind that a gallery shows at most. @default {32} */
  shown?: number;
}

/** Outputs of {@link novelty}. */
export interface NoveltyOutput {
  /** What the audit found, image by image. */
  audit: Audit;
}

const definition: ModelStageDefinition<Options, { dataset: Dataset; model: TrainedModel }, NoveltyOutput> = {
  kind: "novelty",
  version: 5,
  models: { autoencoder: true, variational: true, conditional: true },
  inputs: ["dataset", "model"],
  outputs: ["audit"],
  schema: Options,
  plan: ({ count, heldOut, near, far }) => ({
    lines: [
      `${count} images against the training images, by the ${near} and ${far} quantiles of at most ${heldOut} held-out ones`,
    ],
  }),
  async run({ dataset, model }, options, context) {
    const { seed } = context, { count, spread } = options;
    if (dataset.train.count < 2) {
      throw new RunError(
        `train split must have at least 2 images, got ${dataset.train.count}`,
      );
    }
    const engine = await engineOf(context);
    const { mean, std, source } = priorOf(engine, model, dataset.train);
    const wide = { mean, std: std.map((value) => value * spread) };
    // The draws of the stage generate, so that its sheet shows the first of the audited images.
    const points = drawPoints(count, wide, { seed, stream: "generation", epoch: 0 });
    const generated = decodePoints(engine, model, points, drawnConditions(model, dataset, count, seed));
    checkFinite(generated, sampleSize(dataset.shape));
    const audit = auditImages({ engine, dataset, generated, settings: options, seed });
    await writeGalleries({ audit, dataset, model, generated, shown: options.shown }, context);
    const title = "the distances behind the audit of novelty";
    await context.writeArtifact(`${context.name}.json`, title, auditJson(audit));
    return { outputs: { audit }, metrics: noveltyMetrics(audit), note: noveltyNote(audit, source, options) };
  },
};

/** Of a conditional model: classes drawn as often as the train split has them. */
function drawnConditions(
  { spec }: TrainedModel,
  { train }: Dataset,
  count: number,
  seed: number,
): Float32Array | undefined {
  if (!isConditional(spec)) return undefined;
  const places = classPlaces(spec, train.labels), draws = new Float32Array(count);
  fillUniform(draws, count, 1, Array.from(draws.keys()), { seed, stream: "generation", epoch: 2 });
  return conditionsOf(spec, draws.map((draw) => places[Math.floor(draw * places.length)]));
}

function checkFinite(images: Float32Array, pixels: number): void {
  const wrong = images.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new RunError(
    `generated images must be finite numbers, got image ${Math.floor(wrong / pixels)} with ${
      images[wrong]
    }; the training has diverged`,
  );
}

/**
 * Audits what a model generates: draws images from the prior of a VAE (for an AE, from a Gaussian fitted to its training latents; of a
 * conditional model in classes as frequent as those of the train split), finds
 * the nearest training image of each, and compares with how far real images that were held out are from theirs.
 *
 * Numbers, with the ends of their 95 % intervals as `...Low` and `...High`: `nearDuplicates` (imitations), `offManifold` (worms) and `novel` (counts of `samples`),
 * `nearThreshold` and `farThreshold` (distances); `authPct` (Alaa et al. 2022, in percent), `density` and `coverage` (Naeem et al. 2020)
 * against as many held-out images, and the same of real images in place of generated ones (`realAuthPct`, `realDensity`,
 * `realCoverage`), which is what a perfect model would reach, and the generated ones' share of it (`densityOfReal`, `coverageOfReal`);
 * the intervals of density and coverage resample both sets, the generated and the held-out images;
 * `generatedSharpness`, the mean length of the gradient of generated images over that of held-out ones; `cT` (Meehan et al. 2020: far below 0 is copied, far above is off) of
 * `cTCells` cells. What cannot be measured is missing, and the note says why.
 *
 * Distances are Euclidean, between pixels, and that forgives blur: a smooth or faint image lies near many digits without being one. So
 * "new" is not "good"; look at the galleries and at `generatedSharpness`, and compare `density` with `realDensity`.
 *
 * Files: a gallery of each kind with the nearest training image below each sample, and all distances as JSON.
 */
export function novelty(
  options: NoveltyOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, NoveltyOutput> {
  return stageOf(definition, options);
}
