// n = the inputs that an output of a layer depends on (its fan-in), U(b) = the uniform distribution on (-b, b).

/**
 * The initial parameters of a model.
 *
 * @module
 */
import { type DrawKey, fillNormal, fillUniform } from "../core/random.ts";
import { sampleSize } from "../core/shape.ts";
import { ACTIVATIONS } from "./activations.ts";
import { type ModelParameter, modelParameters } from "./layers.ts";
import type { Initialiser, ModelSpec } from "./spec.ts";
import { modelSize } from "./tensors.ts";

/** The distributions of a layer's initial weights and biases. */
export interface InitialDistribution {
  /** Of the weights: N(0, scale) or U(scale). */
  readonly kind: "normal" | "uniform";
  /** The standard deviation of a normal distribution, the bound of a uniform one. */
  readonly scale: number;
  /** The bound of the biases, which are uniform; 0: they start at 0. */
  readonly biasBound: number;
}

type Named = Exclude<Initialiser, "auto">;

const DISTRIBUTIONS: Readonly<Record<Named, (n: number) => InitialDistribution>> = {
  he: (n) => ({ kind: "normal", scale: Math.sqrt(2 / n), biasBound: 0 }),
  xavier: (n) => ({ kind: "normal", scale: Math.sqrt(1 / n), biasBound: 0 }),
  lecunUniform: (n) => ({ kind: "uniform", scale: Math.sqrt(3 / n), biasBound: 0 }),
  pytorch: (n) => ({ kind: "uniform", scale: Math.sqrt(1 / n), biasBound: Math.sqrt(1 / n) }),
  normal: () => ({ kind: "normal", scale: 0.01, biasBound: 0 }),
};

/**
 * The distribution of the initial parameters of a layer of fan-in n. Biases start at 0 unless stated otherwise.
 *
 * - `he`: N(0, sqrt(2 / n)), He et al. 2015 (arXiv:1502.01852), eq. 10.
 * - `xavier`: N(0, sqrt(1 / n)), after Glorot and Bengio 2010, with the inputs alone.
 * - `lecunUniform`: U(sqrt(3 / n)), of variance 1 / n, LeCun et al. 1998 ("Efficient BackProp", section 4.6); Keras's `lecun_uniform`.
 * - `pytorch`: weights and biases from U(1 / sqrt(n)), of variance 1 / (3 n): the default of PyTorch's `nn.Linear`, whose
 *   `kaiming_uniform_(a = sqrt(5))` has the bound `sqrt(6 / ((1 + a^2) n))`.
 * - `normal`: N(0, 0.01).
 * - `auto`: `he` for relu, leakyRelu, gelu and silu, `xavier` for sigmoid, tanh and the projections of residual blocks, `normal` for
 *   linear.
 */
export function initialDistribution(
  initialiser: Initialiser,
  { fanIn, activation, initialiser: auto = ACTIVATIONS[activation].initialiser }:
    & { readonly fanIn: number }
    & Pick<ModelParameter, "activation" | "initialiser">,
): InitialDistribution {
  return DISTRIBUTIONS[initialiser === "auto" ? auto : initialiser](fanIn);
}

/** The initial parameters of a model, a function of the seed; see {@link initialDistribution}. Length P. */
export function initialParameters(model: ModelSpec, seed: number): Float32Array {
  const values = new Float32Array(modelSize(model));
  let offset = 0, drawn = -1;
  for (const { activation, initialiser, shape, initial } of modelParameters(model)) {
    const block = values.subarray(offset, offset += sampleSize(shape)), columns = shape.at(-1)!;
    if (initial.kind === "constant") {
      block.fill(initial.value);
      continue;
    }
    const distribution = initialDistribution(model.initialiser, {
      fanIn: initial.fanIn,
      activation,
      initialiser,
    });
    // A bias is drawn with the key of the weight before it.
    if (initial.kind === "weight") drawn++;
    const key: DrawKey = { seed, stream: "initial", epoch: drawn };
    if (initial.kind === "weight") drawWeights(block, columns, distribution, key);
    else if (distribution.biasBound > 0) {
      fillSymmetric(block, 1, columns, [initial.fanIn], key, distribution.biasBound);
    }
  }
  return values;
}

/** Draws weights, the rows of a matrix; row r takes the draws of sample r. */
function drawWeights(
  weights: Float32Array,
  columns: number,
  { kind, scale }: InitialDistribution,
  key: DrawKey,
): void {
  const rows = Uint32Array.from({ length: weights.length / columns }, (_, row) => row);
  if (kind === "normal") fillNormal(weights, rows.length, columns, rows, key, scale);
  else fillSymmetric(weights, rows.length, columns, rows, key, scale);
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
