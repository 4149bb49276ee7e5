/**
 * What must be known of an evaluation's numbers before they are compared with others: split, binarisation, reduction, estimator.
 *
 * @module
 */
import { PLAIN_SCALE, type Scale } from "../../core/scale.ts";
import { isPicture, nounsOf } from "../../core/shape.ts";
import { type Binarisation, type Dataset, scaleOf } from "../../data/dataset.ts";
import { describeScale } from "../../data/scale.ts";
import { describeLikelihood, hasOwnLikelihood, isDiscrete } from "../../models/likelihoods/table.ts";
import type { ModelSpec } from "../../models/spec.ts";

const IMAGES: Readonly<Record<Binarisation, string>> = {
  grey: "pixels as they are, from 0 to 1; a grey one is a Bernoulli target",
  threshold: "pixels cut at one half",
  resampled:
    "pixels drawn as 0 or 1 with their brightness as the probability: again each epoch in training, once from the seed here",
};

/** What the number of a likelihood is: of densities it depends on the scale of the values. */
function likelihoodText(spec: ModelSpec, values: string): string {
  const kind = isDiscrete(spec)
    ? "probabilities of the 256 levels"
    : "densities are those of the values as scaled";
  return `${describeLikelihood(spec, values)}; ${kind}, all constants included`;
}

function featuresText(scale: Scale): string {
  return scale === PLAIN_SCALE ? "values as they are" : `values as scaled: ${describeScale(scale.spec)}`;
}

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
  { train, test, shape, binarisation = "grey" }: Dataset,
  spec: ModelSpec,
  { levels, draws, importanceSamples, importanceImages, metrics }: EvaluationConditions,
): Record<string, string> {
  const isOne = train === test, { sample, one, samples, values } = nounsOf(shape);
  const variational = spec.kind !== "vae" ? {} : {
    elbo: `evidence lower bound with one latent sample per ${one}`,
    elboAtMean: `at the posterior mean in place of a sample: no bound${atMeanText(metrics)}`,
    ...importanceSamples === null ? {} : {
      importanceBound: `importance-weighted bound, k = ${importanceSamples} latent samples per ${one}, ${
        importanceImages === null ? "all" : `the first ${importanceImages}`
      } test ${samples}`,
    },
  };
  return {
    split: isOne
      ? `train and test are the same ${samples}`
      : `names that begin with "train." are of the ${train.count} train ${samples}, all others of the ${test.count} test ${samples}`,
    ...(isPicture(shape) ? { images: IMAGES[binarisation] } : { features: featuresText(scaleOf(train)) }),
    reduction:
      `nats/sample: sums over ${values} and latent dimensions, means over samples; mse: means over ${values} and samples`,
    ...(hasOwnLikelihood(spec) ? { likelihood: likelihoodText(spec, values) } : {}),
    ...variational,
    ...levels === 0
      ? {}
      : { noise: `names that end with @: means over ${draws} draws of each test ${sample}` },
  };
}
