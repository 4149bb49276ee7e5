// n = the inputs of a layer, U(b) = the uniform distribution on (-b, b).

/**
 * The initial parameters of a model.
 *
 * @module
 */
import { type DrawKey, fillNormal, fillUniform } from "../core/random.ts";
import { type Layer, modelLayers } from "./layers.ts";
import type { Activation, Initialiser, ModelSpec } from "./spec.ts";

/** What the initial weights and biases of a layer are drawn from. */
export interface InitialDistribution {
  /** Of the weights: N(0, scale) or U(scale). */
  readonly kind: "normal" | "uniform";
  /** The standard deviation of a normal distribution, the bound of a uniform one. */
  readonly scale: number;
  /** The bound of the biases, which are uniform; 0: they start at 0. */
  readonly biasBound: number;
}

type Named = Exclude<Initialiser, "auto">;

const BY_ACTIVATION: Readonly<Record<Activation, Named>> = {
  relu: "he",
  leakyRelu: "he",
  gelu: "he",
  tanh: "xavier",
  sigmoid: "xavier",
  linear: "normal",
};

const DISTRIBUTIONS: Readonly<Record<Named, (n: number) => InitialDistribution>> = {
  he: (n) => ({ kind: "normal", scale: Math.sqrt(2 / n), biasBound: 0 }),
  xavier: (n) => ({ kind: "normal", scale: Math.sqrt(1 / n), biasBound: 0 }),
  lecunUniform: (n) => ({ kind: "uniform", scale: Math.sqrt(3 / n), biasBound: 0 }),
  pytorch: (n) => ({ kind: "uniform", scale: Math.sqrt(1 / n), biasBound: Math.sqrt(1 / n) }),
  normal: () => ({ kind: "normal", scale: 0.01, biasBound: 0 }),
};

/**
 * What the initial parameters of a layer with n inputs are drawn from. Biases start at 0 unless stated otherwise.
 *
 * - `he`: N(0, sqrt(2 / n)), He et al. 2015 (arXiv:1502.01852), eq. 10.
 * - `xavier`: N(0, sqrt(1 / n)), after Glorot and Bengio 2010, with the inputs alone.
 * - `lecunUniform`: U(sqrt(3 / n)), of variance 1 / n, LeCun et al. 1998 ("Efficient BackProp", section 4.6); Keras's `lecun_uniform`.
 * - `pytorch`: weights and biases from U(1 / sqrt(n)), of variance 1 / (3 n): the default of PyTorch's `nn.Linear`, whose
 *   `kaiming_uniform_(a = sqrt(5))` has the bound `sqrt(6 / ((1 + a^2) n))`.
 * - `normal`: N(0, 0.01).
 * - `auto`: `he` for relu, leakyRelu and gelu, `xavier` for sigmoid and tanh, `normal` for linear.
 */
export function initialDistribution(
  initialiser: Initialiser,
  layer: Pick<Layer, "inputs" | "activation">,
): InitialDistribution {
  return DISTRIBUTIONS[initialiser === "auto" ? BY_ACTIVATION[layer.activation] : initialiser](layer.inputs);
}

/** The initial parameters of a model, a function of the seed; see {@link initialDistribution}. Length P. */
export function initialParameters(model: ModelSpec, seed: number): Float32Array {
  const layers = modelLayers(model);
  const parameters = new Float32Array(
    layers.reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0),
  );
  let offset = 0;
  layers.forEach((layer, position) => {
    const { inputs, outputs } = layer, end = offset + (inputs + 1) * outputs;
    const distribution = initialDistribution(model.initialiser, layer);
    const key: DrawKey = { seed, stream: "initial", epoch: position };
    drawLayer(parameters.subarray(offset, end), inputs, outputs, distribution, key);
    offset = end;
  });
  return parameters;
}

/** Draws weights [inputs, outputs] and the biases [1, outputs] after them: row r of both takes the draws of sample r. */
function drawLayer(
  parameters: Float32Array,
  inputs: number,
  outputs: number,
  { kind, scale, biasBound }: InitialDistribution,
  key: DrawKey,
): void {
  const weights = parameters.subarray(0, inputs * outputs), biases = parameters.subarray(inputs * outputs);
  const rows = Uint32Array.from({ length: inputs }, (_, row) => row);
  if (kind === "normal") fillNormal(weights, inputs, outputs, rows, key, scale);
  else fillSymmetric(weights, inputs, outputs, rows, key, scale);
  if (biasBound > 0) fillSymmetric(biases, 1, outputs, [inputs], key, biasBound);
}

/** Draws from U(bound), in single precision. */
function fillSymmetric(
  out: Float32Array,
  rows: number,
  columns: number,
  index: ArrayLike<number>,
  key: DrawKey,
  bound: number,
): void {
  fillUniform(out, rows, columns, index, key);
  for (let at = 0; at < out.length; at++) out[at] = (2 * out[at] - 1) * bound;
}
