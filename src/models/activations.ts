/**
 * Activation functions: one entry each, which schemas, graphs, initialisers and exports use.
 *
 * @module
 */
import { z } from "zod";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import type { TfjsNode } from "./layers/tfjs.ts";

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
  /** The function of PyTorch that is the same. @default {a function generated from {@link apply}} */
  readonly pytorch?: string;
  /**
   * Its name in Keras, or the layers of Keras that follow a layer `x`, the last of which is its result.
   *
   * @default {TensorFlow.js has none, and the export is refused}
   */
  readonly tfjs?: string | ((x: string) => readonly TfjsNode[]);
}

/** The slope of leakyRelu below zero. */
const LEAKY_SLOPE = 0.01;

/** All activation functions. */
export const ACTIVATIONS: Readonly<Record<Activation, ActivationKind>> = {
  relu: { apply: (build, x) => build.relu(x), initialiser: "he", pytorch: "F.relu", tfjs: "relu" },
  leakyRelu: {
    apply: (build, x) => build.relu(x, LEAKY_SLOPE),
    initialiser: "he",
    pytorch: "F.leaky_relu",
    tfjs: (x) => [{ type: "LeakyReLU", name: `${x}_leaky`, config: { alpha: LEAKY_SLOPE }, reads: [x] }],
  },
  tanh: { apply: (build, x) => build.tanh(x), initialiser: "xavier", pytorch: "torch.tanh", tfjs: "tanh" },
  sigmoid: {
    apply: (build, x) => build.sigmoid(x),
    initialiser: "xavier",
    pytorch: "torch.sigmoid",
    tfjs: "sigmoid",
  },
  gelu: {
    apply: gelu,
    initialiser: "he",
    pytorch: 'partial(F.gelu, approximate="tanh")',
    tfjs: geluNodes,
  },
  silu: { apply: silu, initialiser: "he", pytorch: "F.silu", tfjs: siluNodes },
  linear: { apply: (_build, x) => x, initialiser: "normal", tfjs: "linear" },
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

/** silu in layers of Keras; TensorFlow.js 4.22 has no such activation that it can load. */
function siluNodes(x: string): TfjsNode[] {
  return [
    { type: "Activation", name: `${x}_gate`, config: { activation: "sigmoid" }, reads: [x] },
    { type: "Multiply", name: `${x}_silu`, reads: [x, `${x}_gate`] },
  ];
}

/** gelu in layers of Keras, as `x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3))`, which is the same. */
function geluNodes(x: string): TfjsNode[] {
  // TensorFlow.js 4.22 has this form as "gelu_new" but cannot load it: on reading it turns the name into "geluNew".
  // Nor may a layer read another twice, as the first use disposes of the numbers: hence the copy.
  return [
    { type: "Rescaling", name: `${x}_copy`, config: { scale: 1, offset: 0 }, reads: [x] },
    { type: "Rescaling", name: `${x}_small`, config: { scale: 0.044715, offset: 0 }, reads: [x] },
    { type: "Multiply", name: `${x}_cube`, reads: [x, `${x}_copy`, `${x}_small`] },
    { type: "Add", name: `${x}_sum`, reads: [x, `${x}_cube`] },
    {
      type: "Rescaling",
      name: `${x}_scaled`,
      config: { scale: 2 * Math.sqrt(2 / Math.PI), offset: 0 },
      reads: [`${x}_sum`],
    },
    { type: "Activation", name: `${x}_gate`, config: { activation: "sigmoid" }, reads: [`${x}_scaled`] },
    { type: "Multiply", name: `${x}_gelu`, reads: [x, `${x}_gate`] },
  ];
}
