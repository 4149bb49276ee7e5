/** The stage that measures a model. @module */
import type { Dataset } from "../../data/dataset.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { noiseLevels } from "./levels.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { testClassFaults } from "../test_classes.ts";
import { type Stage, stageOf } from "../../pipeline/stage.ts";
import { type EvaluateOptions, type EvaluateOutput, EvaluateSettings } from "./settings.ts";

const definition: ModelStageDefinition<
  EvaluateSettings,
  { dataset: Dataset; model: TrainedModel },
  EvaluateOutput
> = {
  kind: "evaluate",
  version: 8,
  models: { autoencoder: true, variational: true, vectorQuantised: true, conditional: true },
  inputs: ["dataset", "model"],
  outputs: ["measured"],
  schema: EvaluateSettings,
  plan: ({ splits, noise, flips, draws, importanceSamples, importanceImages }, facts) => ({
    lines: [
      `on ${splits.join(" and ")}${
        noise.length + flips.length === 0
          ? ""
          : `, at noise ${
            noiseLevels({ noise, flips }).map(({ name }) => name).join(", ")
          } with ${draws} draws per image`
      }`,
      ...importanceSamples === null ? [] : [
        `the importance-weighted bound with ${importanceSamples.toLocaleString("en-US")} samples of ${
          importanceImages === null ? "each test image" : `each of ${importanceImages} test images`
        }`,
      ],
    ],
    faults: testClassFaults(facts),
  }),
  run: async (...given) => (await import("./run.ts")).runEvaluate(...given),
};

/**
 * Measures a model on the train and test splits: `mse` (a pixel, or a feature of vectors), `bce` (nats/sample), with the losses `gaussian`,
 * `continuousBernoulli` and `discretisedLogistic` also their negative log-likelihood under that name (nats/sample, of the values as scaled),
 * and of pictures `pixelAccuracy`, `worstWrongPixels`; for a VAE also `elbo`, `reconstruction`, `kl` (nats/sample: sums over pixels and latent dimensions, means over samples; one latent
 * sample per image), `bitsPerDimension` (of `elbo`, with the losses `bce` and `discretisedLogistic`), `elboAtMean` (at the posterior mean: no bound) and
 * `activeUnits`, and with `importanceSamples` also `importanceBound` with the ends of its 95 % interval over images (`importanceBoundLow`,
 * `importanceBoundHigh`), `importanceBitsPerDimension`, its `importanceSamples` and `importanceImages`. Reconstructed images go through a VAE's posterior mean.
 */
export function evaluate(
  options: EvaluateOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, EvaluateOutput> {
  return stageOf(definition, options);
}
