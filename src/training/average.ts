// p_i = the parameters after step i, a_t = their average after step t, d = decay, r_t = the share of the newest in it.

/**
 * The exponential moving average of a training's weights.
 *
 * @module
 */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";

/**
 * The share r_t of the newest weights in the average after step t (counted from 1): `a_t = a_(t-1) + r_t (p_t - a_(t-1))` with
 * `r_t = (1 - d) / (1 - d^t)`.
 *
 * So `a_t = (1 - d) / (1 - d^t) sum_i d^(t-i) p_i`: the weights of each step count `d` times as much as those of the next, and the initial
 * ones do not count. As long as t is small against `1 / (1 - d)` this is the plain mean of all steps (Polyak and Juditsky 1992,
 * doi:10.1137/0330046), later the exponential one that is usual for generative models (Ho et al. 2020, arXiv:2006.11239, section 4). The
 * correction by `1 - d^t` is that of Adam's moments (Kingma and Ba 2015, arXiv:1412.6980, section 3). PyTorch's
 * `AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(d))` has none: it is `(1 - d^t) a_t + d^t p_1`, which early in a training is
 * close to the weights of the first step.
 */
export function averageShare(decay: number, step: number): number {
  return (1 - decay) / (1 - decay ** step);
}

/** The average after a step: `a + r (p - a)`. */
export function nextAverage(build: GraphBuilder, average: Value, parameter: Value, share: Value): Value {
  return build.add(average, build.multiply(share, build.subtract(parameter, average)));
}
