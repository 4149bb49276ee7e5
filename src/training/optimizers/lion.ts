/** Lion. @module */
import { optionsOf } from "../../core/arguments.ts";
import { z } from "zod";
import { learningRate, type OptimizerKind, share, type StepSize, weightDecay } from "./optimizer.ts";

/** Options for {@link lion}. */
export interface LionOptions extends StepSize {
  /** The share of the momentum in the direction of a step. @default {0.9} */
  beta1?: number;
  /** The share of the momentum that is kept. @default {0.99} */
  beta2?: number;
  /** The share of each parameter that a step at learning rate 1 would take away. @default {0} */
  weightDecay?: number;
}

const schema = z.strictObject({
  kind: z.literal("lion"),
  learningRate: learningRate.default(1e-4),
  beta1: share.default(0.9),
  beta2: share.default(0.99),
  weightDecay: weightDecay.default(0),
});

/**
 * Lion (Chen et al. 2023, arXiv:2302.06675, algorithm 2): `c = beta1 m + (1 - beta1) g; p -= lr (sign(c) + weightDecay p);
 * m = beta2 m + (1 - beta2) g`. Every parameter moves by the learning rate, so its learning rate should be 3 to 10 times smaller than Adam's.
 */
export function lion(options: LionOptions = {}): { kind: "lion" } & LionOptions {
  return { kind: "lion", ...optionsOf("lion", options) };
}

/** See {@link lion}. */
export const lionKind = {
  schema,
  slots: 1,
  momentum: "beta1",
  scalars: ["gradientScale", "beta1", "rest1", "beta2", "rest2", "rate", "decay"],
  setScalars(out, { beta1, beta2, weightDecay }, { learningRate, gradientScale }) {
    out[0] = gradientScale;
    out[1] = beta1;
    out[2] = 1 - beta1;
    out[3] = beta2;
    out[4] = 1 - beta2;
    out[5] = learningRate;
    out[6] = learningRate * weightDecay;
  },
  update({ build, p, g, slots: [m], scalars }) {
    const { gradientScale, beta1, rest1, beta2, rest2, rate, decay } = scalars;
    const gradient = build.multiply(gradientScale, g), zero = build.constant(0);
    const direction = build.add(build.multiply(beta1, m), build.multiply(rest1, gradient));
    const sign = build.subtract(build.greater(direction, zero), build.greater(zero, direction));
    const parameter = build.subtract(p, build.add(build.multiply(decay, p), build.multiply(rate, sign)));
    return { parameter, slots: [build.add(build.multiply(beta2, m), build.multiply(rest2, gradient))] };
  },
} satisfies OptimizerKind<z.infer<typeof schema>>;
