/**
 * What must be known of an evaluation's numbers before they are compared with others: split, binarisation, reduction, estimator.
 *
 * @module
 */
import type { Binarisation, Dataset } from "../../data/dataset.ts";
import type { ModelSpec } from "../../models/spec.ts";

const IMAGES: Readonly<Record<Binarisation, string>> = {
  grey: "pixels as they are, from 0 to 1; a grey one is a Bernoulli target",
  threshold: "pixels cut at one half",
  resampled:
    "pixels drawn as 0 or 1 with their brightness as the probability: again each epoch in training, once from the seed here",
};

/** The options of an evaluation. */
export interface EvaluationConditions {
  readonly levels: number;
  readonly draws: number;
  readonly importanceSamples: number | null;
  readonly importanceImages: number | null;
  /** What was measured. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** How far the bound at the mean is from the one with a sample, as measured; nothing where neither was. */
function atMeanText(metrics: Readonly<Record<string, number>>): string {
  const differences = ["", "train."].flatMap((split) => {
    const { [`${split}elbo`]: elbo, [`${split}elboAtMean`]: atMean } = metrics;
    return elbo === undefined || atMean === undefined ? [] : [{ split, nats: atMean - elbo }];
  });
  return differences.map(({ split, nats }) =>
    `; ${split}elboAtMean is ${Math.abs(nats).toFixed(2)} nats ${nats < 0 ? "below" : "above"} ${split}elbo`
  ).join("");
}

/** The conditions, by what they are of: `split`, `images`, `reduction`, and an estimator for each kind of number there is. */
export function evaluationConditions(
  { train, test, binarisation = "grey" }: Dataset,
  spec: ModelSpec,
  { levels, draws, importanceSamples, importanceImages, metrics }: EvaluationConditions,
): Record<string, string> {
  const isOne = train === test;
  const variational = spec.kind !== "vae" ? {} : {
    elbo: "evidence lower bound with one latent sample per image",
    elboAtMean: `at the posterior mean in place of a sample: no bound${atMeanText(metrics)}`,
    ...importanceSamples === null ? {} : {
      importanceBound: `importance-weighted bound, k = ${importanceSamples} latent samples per image, ${
        importanceImages === null ? "all" : `the first ${importanceImages}`
      } test images`,
    },
  };
  return {
    split: isOne
      ? "train and test are the same images"
      : `names that begin with "train." are of the ${train.count} train images, all others of the ${test.count} test images`,
    images: IMAGES[binarisation],
    reduction:
      "nats/sample: sums over pixels and latent dimensions, means over samples; mse: means over pixels and samples",
    ...variational,
    ...levels === 0 ? {} : { noise: `names that end with @: means over ${draws} draws of each test image` },
  };
}
