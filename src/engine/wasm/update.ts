// p = parameters, g = gradients, lr = learning rate, t = step, counted from 1; addresses in bytes.

/**
 * One optimizer update: the factors are computed in double precision here and left in the program's settings; the pass over all
 * parameters is one kernel, by one thread or by two.
 *
 * @module
 */
import type { Update } from "../engine.ts";
import type { Kernels } from "./kernels.ts";
import type { Plan } from "./plan.ts";
import type { UpdateHelper } from "./update_helper.ts";
import { PASSES, runPass } from "./update_pass.ts";

/** Changes all `count` parameters; the formulas stand at {@link Update}. Says how many threads did it. */
export function update(
  kernels: Kernels,
  plan: Plan,
  settings: Float32Array,
  count: number,
  change: Update,
  helper?: UpdateHelper,
): 1 | 2 {
  // Blocks end on a vector's bound, so whole vectors can be updated.
  const length = (count + 3) & ~3, pass = PASSES[change.kind];
  const nesterov = change.kind === "momentum" && change.nesterov ? 1 : 0;
  setFactors(settings, change);
  if (helper === undefined || !helper.isReady()) {
    runPass(kernels, plan, pass, nesterov, 0, length);
    return 1;
  }
  const half = (length >> 1) & ~15;
  helper.ask(pass, nesterov, half, length - half);
  runPass(kernels, plan, pass, nesterov, 0, half);
  helper.join();
  return 2;
}

/** The factors of a pass, where its kernel reads them. */
function setFactors(settings: Float32Array, change: Update): void {
  settings[0] = change.learningRate;
  settings[1] = change.gradientScale;
  switch (change.kind) {
    case "sgd":
      settings[0] = change.learningRate * change.gradientScale;
      return;
    case "momentum":
      settings[2] = change.momentum;
      return;
    case "rmsprop":
      settings[2] = change.decay;
      settings[3] = 1 - change.decay;
      settings[4] = change.epsilon;
      return;
    case "adam":
      return setAdam(settings, change);
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
