// p = parameters, g = gradients, lr = learning rate, t = step, counted from 1; addresses in bytes.

/**
 * One optimizer update: the factors are computed in double precision here and left in the program's settings; the pass over all
 * parameters is one kernel.
 *
 * @module
 */
import type { Update } from "../engine.ts";
import type { Kernels } from "./kernels.ts";
import type { Plan } from "./plan.ts";

/** Changes all `count` parameters; the formulas stand at {@link Update}. */
export function update(
  kernels: Kernels,
  plan: Plan,
  settings: Float32Array,
  count: number,
  change: Update,
): void {
  const { parameters: p, gradients: g, slots: [first, second], settings: at } = plan;
  // Blocks end on a vector's bound, so whole vectors can be updated.
  const length = (count + 3) & ~3;
  settings[0] = change.learningRate;
  settings[1] = change.gradientScale;
  switch (change.kind) {
    case "sgd":
      settings[0] = change.learningRate * change.gradientScale;
      return kernels.sgd(p, g, length, at);
    case "momentum":
      settings[2] = change.momentum;
      return kernels.momentum(p, g, first, length, at, change.nesterov ? 1 : 0);
    case "rmsprop":
      settings[2] = change.decay;
      settings[3] = 1 - change.decay;
      settings[4] = change.epsilon;
      return kernels.rmsprop(p, g, first, length, at);
    case "adam":
      setAdam(settings, change);
      return kernels.adam(p, g, first, second, length, at);
  }
}

function setAdam(settings: Float32Array, change: Extract<Update, { kind: "adam" }>): void {
  const { learningRate: lr, beta1, beta2, step: t } = change;
  settings[0] = change.gradientScale;
  settings[1] = beta1;
  settings[2] = 1 - beta1;
  settings[3] = beta2;
  settings[4] = 1 - beta2;
  settings[5] = lr / (1 - beta1 ** t);
  settings[6] = 1 / Math.sqrt(1 - beta2 ** t);
  settings[7] = change.epsilon;
  settings[8] = lr * change.weightDecay;
}
