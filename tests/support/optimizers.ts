/** Optimizers and their updates, for tests. @module */
import type { UpdateRule } from "../../src/engine/update_rule.ts";
import { OptimizerSpec, ruleOf, scalarsOf } from "../../src/training/optimizers.ts";
import type { OptimizerOptions } from "../../src/training/optimizers/kinds.ts";
import type { Step } from "../../src/training/optimizers/optimizer.ts";

/** Every kind of optimizer with settings that matter; a new kind does not compile until it is listed here. */
export const OPTIMIZERS: Readonly<Record<OptimizerOptions["kind"] | "nesterov", OptimizerOptions>> = {
  sgd: { kind: "sgd" },
  momentum: { kind: "momentum", momentum: 0.9 },
  nesterov: { kind: "momentum", momentum: 0.8, nesterov: true },
  rmsprop: { kind: "rmsprop", decay: 0.9, epsilon: 1e-6 },
  adam: { kind: "adam" },
  adamw: { kind: "adamw", beta1: 0.8, beta2: 0.99, epsilon: 1e-4, weightDecay: 0.1 },
  radam: { kind: "radam", beta2: 0.9 },
  lion: { kind: "lion", weightDecay: 0.1 },
};

/** An optimizer as an engine sees it: its rule, and the scalars of a step. */
export interface Optimizer {
  readonly rule: UpdateRule;
  /** The same block at each call. */
  scalars(step: Partial<Step>): Float64Array;
}

/** An optimizer of some options, maybe with a moving average of the parameters; steps have rate 0.01, scale 1 and number 1 unless stated otherwise. */
export function optimizerOf(options: OptimizerOptions, ema?: number): Optimizer {
  const spec = OptimizerSpec.parse(options), { scalars, set } = scalarsOf(spec, ema);
  return {
    rule: ruleOf(spec, ema !== undefined),
    scalars(step) {
      set({ learningRate: 0.01, gradientScale: 1, step: 1, ...step });
      return scalars;
    },
  };
}
