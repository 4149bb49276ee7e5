/** RMSprop. @module */
import { optionsOf } from "../../core/arguments.ts";
import { z } from "zod";
import { epsilon, learningRate, type OptimizerKind, share, type StepSize } from "./optimizer.ts";

/** Options for {@link rmsprop}. */
export interface RmspropOptions extends StepSize {
  /** The share of the mean square that is kept. @default {0.9} */
  decay?: number;
  /** Added to the root of the mean square. @default {1e-8} */
  epsilon?: number;
}

const schema = z.strictObject({
  kind: z.literal("rmsprop"),
  learningRate: learningRate.default(1e-3),
  decay: share.default(0.9),
  epsilon,
});

/**
 * RMSprop (Hinton, Srivastava and Swersky 2012, lecture 6e): `s = decay s + (1 - decay) g^2; p -= lr g / (sqrt(s) + epsilon)`.
 */
export function rmsprop(options: RmspropOptions = {}): { kind: "rmsprop" } & RmspropOptions {
  return { kind: "rmsprop", ...optionsOf("rmsprop", options) };
}

/** See {@link rmsprop}. */
export const rmspropKind = {
  schema,
  slots: 1,
  scalars: ["rate", "gradientScale", "decay", "rest", "epsilon"],
  setScalars(out, { decay, epsilon }, { learningRate, gradientScale }) {
    out[0] = learningRate;
    out[1] = gradientScale;
    out[2] = decay;
    out[3] = 1 - decay;
    out[4] = epsilon;
  },
  update({ build, p, g, slots: [s], scalars: { rate, gradientScale, decay, rest, epsilon } }) {
    const gradient = build.multiply(gradientScale, g);
    const squares = build.add(
      build.multiply(decay, s),
      build.multiply(build.multiply(rest, gradient), gradient),
    );
    const step = build.divide(build.multiply(rate, gradient), build.add(build.sqrt(squares), epsilon));
    return { parameter: build.subtract(p, step), slots: [squares] };
  },
} satisfies OptimizerKind<z.infer<typeof schema>>;
