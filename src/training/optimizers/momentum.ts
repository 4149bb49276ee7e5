/** Gradient descent with momentum, or Nesterov's. @module */
import { optionsOf } from "../../core/arguments.ts";
import { z } from "zod";
import { learningRate, type OptimizerKind, share, type StepSize } from "./optimizer.ts";

/** Options for {@link momentum}. */
export interface MomentumOptions extends StepSize {
  /** The share of the velocity that is kept. @default {0.9} */
  momentum?: number;
  /** Looks ahead along the velocity (Sutskever et al. 2013). @default {false} */
  nesterov?: boolean;
}

const schema = z.strictObject({
  kind: z.literal("momentum"),
  learningRate: learningRate.default(0.01),
  momentum: share.default(0.9),
  nesterov: z.boolean().default(false),
});

/**
 * Gradient descent with momentum (Polyak 1964): `v = momentum v + g; p -= lr v`; Nesterov's (Sutskever et al. 2013)
 * `p -= lr (g + momentum v)`.
 */
export function momentum(options: MomentumOptions = {}): { kind: "momentum" } & MomentumOptions {
  return { kind: "momentum", ...optionsOf("momentum", options) };
}

/** See {@link momentum}. */
export const momentumKind = {
  schema,
  slots: 1,
  rule: ({ nesterov }) => nesterov ? "nesterov" : "momentum",
  momentum: "momentum",
  scalars: ["rate", "gradientScale", "decay"],
  setScalars(out, { momentum }, { learningRate, gradientScale }) {
    out[0] = learningRate;
    out[1] = gradientScale;
    out[2] = momentum;
  },
  update({ build, p, g, slots: [v], scalars: { rate, gradientScale, decay } }, { nesterov }) {
    const gradient = build.multiply(gradientScale, g);
    const velocity = build.add(build.multiply(decay, v), gradient);
    const step = nesterov ? build.add(gradient, build.multiply(decay, velocity)) : velocity;
    return { parameter: build.subtract(p, build.multiply(rate, step)), slots: [velocity] };
  },
} satisfies OptimizerKind<z.infer<typeof schema>>;
