// p = parameters, g = gradients, lr = learning rate, t = step, counted from 1; addresses in bytes.

/**
 * One optimizer update: the factors are computed in double precision here and left in the program's settings; the pass over all
 * parameters is one kernel, by one thread or by two.
 *
 * @module
 */
import { SLOTS, type Update } from "../engine.ts";
import { SHARED_KERNELS } from "../team/task.ts";
import type { Kernels } from "./kernels.ts";
import type { Plan } from "./plan.ts";
import type { Sharing } from "./sharing.ts";

/** Changes `length` parameters (a multiple of four); the formulas stand at {@link Update}. Says how many threads did it. */
export function update(
  kernels: Kernels,
  plan: Plan,
  settings: Float32Array,
  length: number,
  change: Update,
  sharing?: Sharing,
): 1 | 2 {
  setFactors(settings, change);
  if (sharing === undefined || !sharing.helper.isReady()) {
    runPass(kernels, plan, change, 0, length);
    return 1;
  }
  const { helper, half } = sharing;
  layOutPass(helper.arguments, plan, change, half, length - half);
  helper.ask(SHARED_KERNELS.indexOf(change.kind));
  runPass(kernels, plan, change, 0, half);
  if (helper.takeFirst()) runPass(kernels, plan, change, half, length - half);
  else helper.awaitLast();
  return 2;
}

/** The pass over `count` numbers from number `first` on. */
function runPass(
  kernels: Kernels,
  { parameters, gradients, slots: [one, two], settings }: Plan,
  change: Update,
  first: number,
  count: number,
): void {
  const p = parameters + 4 * first, g = gradients + 4 * first, a = one + 4 * first, b = two + 4 * first;
  switch (change.kind) {
    case "sgd":
      return kernels.sgd(p, g, count, settings);
    case "momentum":
      return kernels.momentum(p, g, a, count, settings, Number(change.nesterov));
    case "rmsprop":
      return kernels.rmsprop(p, g, a, count, settings);
    case "adam":
      return kernels.adam(p, g, a, b, count, settings);
  }
}

/** The same pass as arguments for the second thread. */
function layOutPass(
  into: Int32Array,
  { parameters, gradients, slots, settings }: Plan,
  change: Update,
  first: number,
  count: number,
): void {
  let at = 0;
  into[at++] = parameters + 4 * first;
  into[at++] = gradients + 4 * first;
  for (let slot = 0; slot < SLOTS[change.kind]; slot++) into[at++] = slots[slot] + 4 * first;
  into[at++] = count;
  into[at++] = settings;
  into[at] = Number(change.kind === "momentum" && change.nesterov);
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
