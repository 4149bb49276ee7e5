// t = step, counted from 1; b1, b2 = beta1, beta2; rho = the length of the approximated moving average.

/** Rectified Adam. @module */
import { optionsOf } from "../../core/arguments.ts";
import { z } from "zod";
import type { AdamOptions } from "./adam.ts";
import { epsilon, learningRate, type OptimizerKind, share } from "./optimizer.ts";

const schema = z.strictObject({
  kind: z.literal("radam"),
  learningRate: learningRate.default(1e-3),
  beta1: share.default(0.9),
  beta2: share.default(0.999),
  epsilon,
});

/**
 * Rectified Adam (Liu et al. 2020, arXiv:1908.03265, algorithm 2): while the second moment is estimated from few steps
 * (`rho = rho_inf - 2 t b2^t / (1 - b2^t)` at most 5, `rho_inf = 2 / (1 - b2) - 1`) a step uses the first moment alone; then it is
 * Adam's times `sqrt((rho - 4) (rho - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho))`. The bound of 5 and epsilon next to the root of
 * the uncorrected moment are those of PyTorch's `RAdam`.
 */
export function radam(options: AdamOptions = {}): { kind: "radam" } & AdamOptions {
  return { kind: "radam", ...optionsOf("radam", options) };
}

/** See {@link radam}. */
export const radamKind = {
  schema,
  slots: 2,
  momentum: "beta1",
  scalars: ["gradientScale", "beta1", "rest1", "beta2", "rest2", "plainRate", "adaptiveRate", "epsilon"],
  setScalars(out, { beta1, beta2, epsilon }, { learningRate, gradientScale, step: t }) {
    const most = 2 / (1 - beta2) - 1, left = 1 - beta2 ** t;
    const rho = most - 2 * t * beta2 ** t / left, rate = learningRate / (1 - beta1 ** t);
    const isRectified = rho > 5;
    const rectified = Math.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho));
    out[0] = gradientScale;
    out[1] = beta1;
    out[2] = 1 - beta1;
    out[3] = beta2;
    out[4] = 1 - beta2;
    out[5] = isRectified ? 0 : rate;
    out[6] = isRectified ? rate * rectified * Math.sqrt(left) : 0;
    out[7] = epsilon;
  },
  update({ build, p, g, slots: [m, v], scalars }) {
    const { gradientScale, beta1, rest1, beta2, rest2, plainRate, adaptiveRate, epsilon } = scalars;
    const gradient = build.multiply(gradientScale, g);
    const first = build.add(build.multiply(beta1, m), build.multiply(rest1, gradient));
    const squared = build.multiply(build.multiply(rest2, gradient), gradient);
    const second = build.add(build.multiply(beta2, v), squared);
    const adaptive = build.divide(
      build.multiply(adaptiveRate, first),
      build.add(build.sqrt(second), epsilon),
    );
    const step = build.add(build.multiply(plainRate, first), adaptive);
    return { parameter: build.subtract(p, step), slots: [first, second] };
  },
} satisfies OptimizerKind<z.infer<typeof schema>>;
