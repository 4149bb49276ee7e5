// t = step, counted from 1; b1, b2 = beta1, beta2.

/** Adam, and Adam with decoupled weight decay: two kinds of one rule. @module */
import { optionsOf } from "../../core/arguments.ts";
import { z } from "zod";
import {
  epsilon,
  learningRate,
  type OptimizerKind,
  share,
  type Step,
  type StepSize,
  weightDecay,
} from "./optimizer.ts";

/** Options for {@link adam}. */
export interface AdamOptions extends StepSize {
  /** The share of the first moment that is kept. @default {0.9} */
  beta1?: number;
  /** The share of the second moment that is kept. @default {0.999} */
  beta2?: number;
  /** Added to the root of the second moment. @default {1e-8} */
  epsilon?: number;
}

/** Options for {@link adamw}. */
export interface AdamwOptions extends AdamOptions {
  /** The share of each parameter that a step at learning rate 1 would take away. @default {0.01} */
  weightDecay?: number;
}

const fields = {
  learningRate: learningRate.default(1e-3),
  beta1: share.default(0.9),
  beta2: share.default(0.999),
  epsilon,
};
const adamSchema = z.strictObject({ kind: z.literal("adam"), ...fields });
const adamwSchema = z.strictObject({
  kind: z.literal("adamw"),
  ...fields,
  weightDecay: weightDecay.default(0.01),
});

/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1): `m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
 * p -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)`.
 */
export function adam(options: AdamOptions = {}): { kind: "adam" } & AdamOptions {
  return { kind: "adam", ...optionsOf("adam", options) };
}

/** {@link adam} with decoupled weight decay, `p -= lr weightDecay p` (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2). */
export function adamw(options: AdamwOptions = {}): { kind: "adamw" } & AdamwOptions {
  return { kind: "adamw", ...optionsOf("adamw", options) };
}

/** What both kinds share: Adam is AdamW without decay. */
const rule = {
  slots: 2,
  rule: () => "adam",
  momentum: "beta1",
  scalars: [
    "gradientScale",
    "beta1",
    "rest1",
    "beta2",
    "rest2",
    "rate",
    "rootScale",
    "epsilon",
    "decay",
  ],
  update({ build, p, g, slots: [m, v], scalars }) {
    const { gradientScale, beta1, rest1, beta2, rest2, rate, rootScale, epsilon, decay } = scalars;
    const gradient = build.multiply(gradientScale, g);
    const first = build.add(build.multiply(beta1, m), build.multiply(rest1, gradient));
    const squared = build.multiply(build.multiply(rest2, gradient), gradient);
    const second = build.add(build.multiply(beta2, v), squared);
    const divisor = build.add(build.multiply(build.sqrt(second), rootScale), epsilon);
    const step = build.divide(build.multiply(rate, first), divisor);
    const parameter = build.subtract(p, build.add(build.multiply(decay, p), step));
    return { parameter, slots: [first, second] };
  },
} satisfies Partial<OptimizerKind<{ kind: string }>>;

function setScalars(
  out: Float64Array,
  { beta1, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number },
  { learningRate, gradientScale, step: t }: Step,
  weightDecay: number,
): void {
  out[0] = gradientScale;
  out[1] = beta1;
  out[2] = 1 - beta1;
  out[3] = beta2;
  out[4] = 1 - beta2;
  out[5] = learningRate / (1 - beta1 ** t);
  out[6] = 1 / Math.sqrt(1 - beta2 ** t);
  out[7] = epsilon;
  out[8] = learningRate * weightDecay;
}

/** See {@link adam}. */
export const adamKind = {
  schema: adamSchema,
  ...rule,
  setScalars: (out, spec, step) => setScalars(out, spec, step, 0),
} satisfies OptimizerKind<z.infer<typeof adamSchema>>;

/** See {@link adamw}. */
export const adamwKind = {
  schema: adamwSchema,
  ...rule,
  setScalars: (out, spec, step) => setScalars(out, spec, step, spec.weightDecay),
} satisfies OptimizerKind<z.infer<typeof adamwSchema>>;
