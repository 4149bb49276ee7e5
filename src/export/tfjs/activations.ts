/** Activation functions in TensorFlow.js. @module */
import type { Activation } from "../../models/activations.ts";
import type { Node } from "./node.ts";

/** The slope of leakyRelu below zero. */
const SLOPE = 0.01;

/** The tanh form of gelu as `x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3))`: Hendrycks and Gimpel 2016 (arXiv:1606.08415). */
function geluNodes(x: string): Node[] {
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

/** silu as `x sigmoid(x)`; TensorFlow.js 4.22 has no such activation that it can load. */
function siluNodes(x: string): Node[] {
  return [
    { type: "Activation", name: `${x}_gate`, config: { activation: "sigmoid" }, reads: [x] },
    { type: "Multiply", name: `${x}_silu`, reads: [x, `${x}_gate`] },
  ];
}

/** The layers that follow a layer for each activation, and their last. */
const ACTIVATIONS: Readonly<Record<Activation, (x: string) => Node[]>> = {
  linear: () => [],
  relu: named("relu"),
  leakyRelu: (x) => [{ type: "LeakyReLU", name: `${x}_leaky`, config: { alpha: SLOPE }, reads: [x] }],
  tanh: named("tanh"),
  sigmoid: named("sigmoid"),
  gelu: geluNodes,
  silu: siluNodes,
};

function named(activation: string): (x: string) => Node[] {
  return (x) => [{ type: "Activation", name: `${x}_${activation}`, config: { activation }, reads: [x] }];
}

/** What an activation adds after the layer `x`. */
export function activationNodes(activation: Activation, x: string): readonly Node[] {
  return ACTIVATIONS[activation](x);
}

/** The activations that a layer with weights has itself. */
const OWN: ReadonlySet<Activation> = new Set(["linear", "relu", "tanh", "sigmoid"]);

/** An activation as a layer with weights has it, and what follows that layer. */
export function ownActivation(activation: Activation): { readonly own: string; readonly after: Activation } {
  return OWN.has(activation) ? { own: activation, after: "linear" } : { own: "linear", after: activation };
}
