// v = a log-variance, m = its values in a sample, e = their mean squared error in a batch, L = the loss, r_t = the share of batch t.

/**
 * Sets the learned variance of a Gaussian to the mean squared error of the batches so far, in the place of the optimizer's update.
 *
 * That is the variance of the highest likelihood: the optimal sigma-VAE of Rybkin, Daniilidis and Levine 2021 (arXiv:2006.13202). By its
 * gradient Adam would move v by the learning rate in a step, so that a variance would need thousands of steps from 1 to 0.01, and up to
 * then the KL term would outweigh the reconstruction.
 *
 * The gradient has the error of a batch already: as `dL/dv = m/2 (1 - e / exp(v))`, `e = exp(v) (1 - 2/m dL/dv)`. It is a mean over samples,
 * of every engine, and of all parts and processes of a step. As for a codebook it is taken out before the optimizer's update, and the
 * variance is written after it.
 *
 * @module
 */
import type { Floats, Program } from "../engine/engine.ts";
import { boundedNumber, slopeAt, unboundedNumber } from "../models/coder.ts";
import { LIKELIHOOD } from "../models/layers.ts";
import { spreadOf } from "../models/likelihoods/table.ts";
import { inputSize, type ModelSpec } from "../models/spec.ts";
import { averageShare } from "./average.ts";
import { parameterRanges } from "./frozen.ts";
import type { OwnUpdate } from "./update.ts";

/** The decay of the average over batches: it is about that of the last twenty. */
const DECAY = 0.95;

/**
 * Prepares the update of a model's learned variance: `exp(v) <- exp(v) + r_t (e - exp(v))` with the shares of {@link averageShare}, so that
 * the first batch counts alone. `undefined` for a model without one, or where it is frozen. A call allocates nothing.
 *
 * @param average The moving average of the parameters, which gets the same variance.
 */
export function varianceUpdate(
  { parameters, gradients }: Pick<Program, "parameters" | "gradients">,
  model: ModelSpec,
  { freeze = [], average }: { readonly freeze?: readonly string[]; readonly average?: Floats } = {},
): OwnUpdate | undefined {
  const spread = spreadOf(model);
  if (spread?.isMeanSquare !== true || freeze.includes(LIKELIHOOD)) return undefined;
  const [{ start, end }] = parameterRanges(model, [LIKELIHOOD]), { offset } = spread;
  const targets = [parameters, ...average === undefined ? [] : [average]]
    .map((numbers) => numbers.subarray(start, end));
  const [raw] = targets, found = gradients.subarray(start, end), next = new Float64Array(end - start);
  const values = inputSize(model) / next.length;
  return {
    read(_rows, steps) {
      const share = averageShare(DECAY, steps + 1);
      for (let at = 0; at < next.length; at++) {
        const bounded = boundedNumber(raw[at]), variance = Math.exp(bounded + offset);
        // Rounding can leave a number below 0 of an error that is small against the variance.
        const error = Math.max(0, variance * (1 - 2 / values * found[at] / slopeAt(bounded)));
        next[at] = unboundedNumber(Math.log(variance + share * (error - variance)) - offset);
      }
      found.fill(0);
    },
    write() {
      for (const target of targets) target.set(next);
    },
  };
}
