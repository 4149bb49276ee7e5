/** The stage that measures whether generated images are new. @module */
import type { Dataset } from "../../data/dataset.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { type Stage, stageOf } from "../../pipeline/stage.ts";
import { type NoveltyOptions, type NoveltyOutput, NoveltySettings } from "./settings.ts";

const definition: ModelStageDefinition<
  NoveltySettings,
  { dataset: Dataset; model: TrainedModel },
  NoveltyOutput
> = {
  kind: "novelty",
  version: 5,
  models: {
    autoencoder: true,
    variational: true,
    vectorQuantised: "must have a prior or a latent space of points, got a vqvae, whose latent are codes " +
      "(it has no prior to draw codes from; evaluate() measures reconstructions, a vae generates)",
    conditional: true,
  },
  inputs: ["dataset", "model"],
  outputs: ["audit"],
  schema: NoveltySettings,
  plan: ({ count, heldOut, near, far }) => ({
    lines: [
      `${count} images against the training images, by the ${near} and ${far} quantiles of at most ${heldOut} held-out ones`,
    ],
  }),
  run: async (...given) => (await import("./run.ts")).runNovelty(...given),
};

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
