/**
 * All likelihoods. A new one is one file, its exports and types here, and its line in the table; what is missing does not compile.
 *
 * @module
 */
import { bernoulliKind, type BernoulliLoss } from "./bernoulli.ts";
import { continuousBernoulliKind, type ContinuousBernoulliLoss } from "./continuous_bernoulli.ts";
import { discretisedLogisticKind, type DiscretisedLogisticLoss } from "./discretised_logistic.ts";
import { gaussianKind, type GaussianLoss } from "./gaussian.ts";
import type { LikelihoodKind } from "./likelihood.ts";
import { squaredErrorKind, type SquaredErrorLoss } from "./squared_error.ts";

export {
  discretisedLogistic,
  type DiscretisedLogisticLoss,
  type DiscretisedLogisticOptions,
} from "./discretised_logistic.ts";
export { gaussian, type GaussianLoss, type GaussianOptions } from "./gaussian.ts";

/** A likelihood with all defaults filled in. */
export type Likelihood =
  | SquaredErrorLoss
  | BernoulliLoss
  | GaussianLoss
  | ContinuousBernoulliLoss
  | DiscretisedLogisticLoss;

/** The name of a likelihood, which stands for it with all its defaults. */
export type LikelihoodName = "mse" | "bce" | "gaussian" | "continuousBernoulli" | "discretisedLogistic";

/**
 * The training loss of a reconstruction: `mse`, the mean squared error, or the negative log-likelihood of a distribution, in nats.
 *
 * - `bce`: Bernoulli, binary cross-entropy; for values in [0, 1].
 * - `gaussian`: Gaussian with a learned variance of each feature; `gaussian({ variance })` has others.
 * - `continuousBernoulli`: a density of values in [0, 1] (Loaiza-Ganem and Cunningham 2019, arXiv:1907.06845).
 * - `discretisedLogistic`: the probability of each of 256 levels; for bytes. `discretisedLogistic({ scale })` has options.
 */
export type ReconstructionLoss = LikelihoodName | GaussianLoss | DiscretisedLogisticLoss;

/** All likelihoods by name: not for pipeline files, so it is the default export. */
export default {
  mse: squaredErrorKind,
  bce: bernoulliKind,
  gaussian: gaussianKind,
  continuousBernoulli: continuousBernoulliKind,
  discretisedLogistic: discretisedLogisticKind,
} satisfies {
  [Kind in LikelihoodName | Likelihood["kind"]]: LikelihoodKind<Extract<Likelihood, { kind: Kind }>>;
};
