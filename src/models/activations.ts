/**
 * Activation functions: one entry each, which schemas, graphs, initialisers and exports use.
 *
 * @module
 */
import { z } from "zod";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";

/**
 * The name of an activation function. `gelu` is the tanh form, `0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`; `leakyRelu` has a
 * slope of 0.01 below zero; `silu` is `x sigmoid(x)`.
 */
export type Activation = "relu" | "leakyRelu" | "tanh" | "sigmoid" | "gelu" | "silu" | "linear";

/** The properties of an activation function. */
export interface ActivationKind {
  /** Adds it to a graph, element by element. */
  apply(build: GraphBuilder, x: Value): Value;
  /**
   * The initialiser that `"auto"` selects for a layer with this activation: `he` for functions that are 0 (or nearly so) on one side,
   * `xavier` for functions that saturate on both, `normal` for none.
   */
  readonly initialiser: "he" | "xavier" | "normal";
}

/** The slope of leakyRelu below zero. */
const LEAKY_SLOPE = 0.01;

/** All activation functions. */
export const ACTIVATIONS: Readonly<Record<Activation, ActivationKind>> = {
  relu: { apply: (build, x) => build.relu(x), initialiser: "he" },
  leakyRelu: { apply: (build, x) => build.relu(x, LEAKY_SLOPE), initialiser: "he" },
  tanh: { apply: (build, x) => build.tanh(x), initialiser: "xavier" },
  sigmoid: { apply: (build, x) => build.sigmoid(x), initialiser: "xavier" },
  gelu: { apply: gelu, initialiser: "he" },
  silu: { apply: silu, initialiser: "he" },
  linear: { apply: (_build, x) => x, initialiser: "normal" },
};

/** The schema of an activation's name. */
export const ActivationName: z.ZodType<Activation, Activation> = z.enum(
  Object.keys(ACTIVATIONS) as Activation[],
);

/** Applies an activation function. */
export function activate(build: GraphBuilder, activation: Activation, x: Value): Value {
  return ACTIVATIONS[activation].apply(build, x);
}

/** `0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`, Hendrycks and Gimpel 2016 (arXiv:1606.08415), section 2. */
function gelu(build: GraphBuilder, x: Value): Value {
  const cubic = build.multiply(build.constant(0.044715), build.multiply(x, build.multiply(x, x)));
  const inner = build.multiply(build.constant(Math.sqrt(2 / Math.PI)), build.add(x, cubic));
  return build.multiply(
    build.multiply(build.constant(0.5), x),
    build.add(build.constant(1), build.tanh(inner)),
  );
}

/** `x sigmoid(x)`, Hendrycks and Gimpel 2016 (arXiv:1606.08415), section 2; also called swish. */
function silu(build: GraphBuilder, x: Value): Value {
  return build.multiply(x, build.sigmoid(x));
}
