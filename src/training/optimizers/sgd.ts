/** Plain gradient descent. @module */
import { optionsOf } from "../../core/arguments.ts";
import { z } from "zod";
import { learningRate, type OptimizerKind, type StepSize } from "./optimizer.ts";

const schema = z.strictObject({ kind: z.literal("sgd"), learningRate: learningRate.default(0.01) });

/** Plain gradient descent: `p -= lr g`. */
export function sgd(options: StepSize = {}): { kind: "sgd" } & StepSize {
  return { kind: "sgd", ...optionsOf("sgd", options) };
}

/** See {@link sgd}. */
export const sgdKind = {
  schema,
  slots: 0,
  scalars: ["rate"],
  setScalars(out, _spec, { learningRate, gradientScale }) {
    out[0] = learningRate * gradientScale;
  },
  update: ({ build, p, g, scalars: { rate } }) => ({
    parameter: build.subtract(p, build.multiply(rate, g)),
    slots: [],
  }),
} satisfies OptimizerKind<z.infer<typeof schema>>;
