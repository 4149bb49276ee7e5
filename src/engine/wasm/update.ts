// p = parameters, g = gradients, lr = learning rate, t = step, counted from 1.

/**
 * One optimizer update: the factors are computed in double precision here, the pass over all parameters is one kernel.
 *
 * @module
 */
import type { Update } from "../engine.ts";
import type { Kernels } from "./kernels.ts";
import type { Plan } from "./plan.ts";

/** Changes all `count` parameters; the formulas stand at {@link Update}. */
export function update(kernels: Kernels, plan: Plan, count: number, change: Update): void {
  const { learningRate: lr, gradientScale: scale } = change;
  const { parameters: p, gradients: g, slots: [first, second] } = plan;
  // Blocks end on a vector's bound, so whole vectors can be updated.
  const length = (count + 3) & ~3;
  switch (change.kind) {
    case "sgd":
      return kernels.sgd(p, g, length, lr * scale);
    case "momentum":
      return kernels.momentum(p, g, first, length, lr, scale, change.momentum, change.nesterov ? 1 : 0);
    case "rmsprop": {
      const { decay, epsilon } = change;
      return kernels.rmsprop(p, g, first, length, lr, scale, decay, 1 - decay, epsilon);
    }
    case "adam": {
      const { beta1, beta2, epsilon, weightDecay, step: t } = change;
      const rate = lr / (1 - beta1 ** t), rootScale = 1 / Math.sqrt(1 - beta2 ** t), decay = lr * weightDecay;
      return kernels.adam(
        p,
        g,
        first,
        second,
        length,
        scale,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        rate,
        rootScale,
        epsilon,
        decay,
      );
    }
  }
}
