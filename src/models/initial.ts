// n = the inputs of a layer.

/**
 * The first weights of a model.
 *
 * @module
 */
import { fillNormal } from "../core/random.ts";
import { type Layer, modelLayers } from "./layers.ts";
import type { Activation, Initialiser, ModelSpec } from "./spec.ts";

const BY_ACTIVATION: Readonly<Record<Activation, Exclude<Initialiser, "auto">>> = {
  relu: "he",
  leakyRelu: "he",
  gelu: "he",
  tanh: "xavier",
  sigmoid: "xavier",
  linear: "normal",
};

const STD: Readonly<Record<Exclude<Initialiser, "auto">, (n: number) => number>> = {
  he: (n) => Math.sqrt(2 / n),
  xavier: (n) => Math.sqrt(1 / n),
  normal: () => 0.01,
};

/**
 * The standard deviation of a layer's first weights, which are drawn from N(0, std): He `sqrt(2 / n)` (He et al. 2015) for relu and
 * its kin, Xavier `sqrt(1 / n)` (after Glorot and Bengio 2010) for sigmoid and tanh, 0.01 otherwise; n is the inputs of the layer.
 */
export function initialStd(initialiser: Initialiser, layer: Pick<Layer, "inputs" | "activation">): number {
  return STD[initialiser === "auto" ? BY_ACTIVATION[layer.activation] : initialiser](layer.inputs);
}

/** The first parameters of a model, a function of the seed: weights drawn as {@link initialStd} says, biases 0. Length P. */
export function initialParameters(model: ModelSpec, seed: number): Float32Array {
  const layers = modelLayers(model);
  const parameters = new Float32Array(
    layers.reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0),
  );
  let offset = 0;
  layers.forEach((layer, position) => {
    const { inputs, outputs } = layer;
    const weights = parameters.subarray(offset, offset + inputs * outputs);
    const rows = Uint32Array.from({ length: inputs }, (_, row) => row);
    fillNormal(
      weights,
      inputs,
      outputs,
      rows,
      { seed, stream: "initial", epoch: position },
      initialStd(model.initialiser, layer),
    );
    offset += (inputs + 1) * outputs;
  });
  return parameters;
}
