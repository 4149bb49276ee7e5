/**
 * Models as a pipeline file writes them, and as its record holds them.
 *
 * @module
 */

import { optionsOf } from "../core/arguments.ts";
import type { Activation } from "./activations.ts";
import type { Layer, LayerInput } from "./layers/table.ts";
import type { KlSchedule, KlScheduleOptions } from "./kl_schedule.ts";
import type { ReconstructionLoss } from "./likelihoods/kinds.ts";
import { LossSchema, outputActivationsOf } from "./likelihoods/table.ts";

export type { Activation } from "./activations.ts";
export type { ReconstructionLoss } from "./likelihoods/kinds.ts";

/**
 * The distribution of the initial weights of a layer with n inputs; U(b) is uniform on (-b, b). `he`: N(0, sqrt(2 / n)). `xavier`:
 * N(0, sqrt(1 / n)). `lecunUniform`: U(sqrt(3 / n)). `pytorch`, the default of PyTorch's `nn.Linear`: U(1 / sqrt(n)), for the biases
 * too. `normal`: N(0, 0.01). `auto`: by the activation of each layer. Biases start at 0 unless stated otherwise.
 */
export type Initialiser = "auto" | "he" | "xavier" | "lecunUniform" | "pytorch" | "normal";

/** The topology of a model with all defaults filled in; the fields are explained at {@link TopologyOptions}. */
export interface Topology {
  /** The shape of a sample, once the model is fitted to data. */
  input?: number[] | undefined;
  /** The layers before the latent; the first number may be the width of the input where `input` is missing. */
  encoder: (number | Layer)[];
  /** Latent dimensions; of a latent that is a feature map those of all its positions, once the model is fitted to data. */
  latent: number;
  /** Where the latent is a feature map: its channels. */
  latentChannels?: number | undefined;
  /** The layers from the latent to the output; the encoder mirrored where it is missing. */
  decoder?: (number | Layer)[] | undefined;
  /** The activation of the hidden layers. */
  activation: Activation;
  /** The activation of the latent layer. */
  latentActivation: Activation;
  /** The activation of the output. */
  outputActivation: "sigmoid" | "linear";
  /** The distribution of the initial weights. */
  initialiser: Initialiser;
}

/** An autoencoder, denoising or not, with all defaults filled in. */
export interface AutoencoderSpec extends Topology {
  /** Which kind. */
  kind: "ae" | "dae";
  /** The training loss. */
  loss: ReconstructionLoss;
}

/** The KL term of a beta-TC-VAE, with all defaults filled in; the fields are explained at {@link TotalCorrelationOptions}. */
export interface TotalCorrelation {
  /** The weight of the mutual information. */
  alpha: number;
  /** The weight of the total correlation. */
  beta: number;
  /** The weight of the KL of the latent dimensions. */
  gamma: number;
  /** How a batch estimates the aggregate posterior. */
  estimator: "stratified" | "weighted";
}

/** A class that a conditional model was trained on. */
export interface ModelClass {
  /** Its name. */
  readonly name: string;
  /** Its label: its place among the names of the classes of the data. */
  readonly label: number;
}

/** A variational autoencoder with all defaults filled in; the fields are explained at {@link VariationalOptions}. */
export interface VariationalSpec extends Topology {
  /** Which kind. */
  kind: "vae";
  /** The mean of a Gaussian is any number. */
  latentActivation: "linear";
  /** The reconstruction term. */
  loss: ReconstructionLoss;
  /** The weight of the KL term. */
  beta: number;
  /** Its schedule over a training. */
  klSchedule: KlSchedule;
  /** Nats of KL per latent dimension that are not penalised. */
  freeBits: number;
  /** The weights of the three parts of the KL term, where it is split. */
  totalCorrelation?: TotalCorrelation | undefined;
  /** Latent samples of the importance-weighted bound that is trained on; without it the evidence lower bound is. */
  importanceSamples?: number | undefined;
  /** What encoder and decoder are conditioned on: the class of each sample. */
  condition?: "label" | undefined;
  /** The classes of a conditional model, once it is fitted to data. */
  classes?: ModelClass[] | undefined;
}

/** A VQ-VAE with all defaults filled in; the fields are explained at {@link VectorQuantisedOptions}. */
export interface VectorQuantisedSpec extends Topology {
  /** Which kind. */
  kind: "vqvae";
  /** A code is any vector. */
  latentActivation: "linear";
  /** The reconstruction term. */
  loss: ReconstructionLoss;
  /** How many codes there are. */
  codes: number;
  /** The dimensions of a code's vector. */
  dimensions: number;
  /** The weight of the commitment of the encoder to its codes. */
  commitment: number;
  /** The decay of the averages that codes follow. */
  decay: number;
  /** A code used less than this share of a uniform use is restarted; `null`: never. */
  restart: number | null;
}

/** A model as the pipeline's record holds it: all defaults filled in. */
export type ModelSpec = AutoencoderSpec | VariationalSpec | VectorQuantisedSpec;

/** A model as a pipeline file writes it, by {@link ae}, {@link dae} or {@link vae}. */
export type ModelOptions =
  | ({ kind: "ae" | "dae" } & AnyLatent<AutoencoderOptions>)
  | ({ kind: "vae" } & AnyLatent<VariationalOptions>)
  | ({ kind: "vqvae" } & VectorQuantisedOptions);

/** The topology that all autoencoders share. */
export interface TopologyOptions {
  /** The shape of a sample, `[features]` or `[height, width, channels]`. @default {the shape of the data} */
  input?: number[];
  /**
   * The layers before the latent: `[500, 300]`, `[dense(500, { activation: "tanh" }), layerNorm()]`. A number is a dense layer. The first
   * may be the number of values of a sample instead, `[784, 500, 300]`, which is recognised by the shape of the data.
   */
  encoder: LayerInput[];
  /** Latent dimensions, of a latent that is a vector; at most the number of values of a sample. For a feature map see {@link MapLatent}. */
  latent: number;
  /** The layers from the latent to the output, whose last has as many units as a sample has values. @default {the encoder, mirrored} */
  decoder?: LayerInput[];
  /** The activation of the hidden layers. @default {"relu"} */
  activation?: Activation;
  /** The activation of the output. @default {"sigmoid"; "linear" with the losses "gaussian" and "discretisedLogistic"} */
  outputActivation?: "sigmoid" | "linear";
  /**
   * The initial weights. @default {"auto"} `he` for relu, leakyRelu and gelu, `xavier` for sigmoid and tanh, `normal` for linear.
   */
  initialiser?: Initialiser;
}

/** The options of a model whose latent is a feature map: `latentChannels` in place of `latent`. */
export type MapLatent<Options extends TopologyOptions> = Omit<Options, "latent"> & {
  /** Must be left out: it is the size of a vector. */
  latent?: undefined;
  /**
   * The channels of the latent: how many values it has at each position of the encoder's final feature map. With 32 channels a map of 8x8 has
   * 2,048 latent dimensions, row by row, channels last; a convolution of kernel 1 computes them. Such a latent preserves the spatial layout,
   * and its layers have few parameters.
   */
  latentChannels: number;
};

/** Options that accept `latent` or `latentChannels`, as a model's schema reads them; null is the same as left out. */
export type AnyLatent<Options extends TopologyOptions> = Omit<Options, "latent"> & {
  latent?: number | null | undefined;
  latentChannels?: number | null | undefined;
};

/** Options for {@link ae} and {@link dae}. */
export interface AutoencoderOptions extends TopologyOptions {
  /** The activation of the latent layer. @default {"linear"} */
  latentActivation?: Activation;
  /** The training loss, see {@link ReconstructionLoss}. @default {"mse"} */
  loss?: ReconstructionLoss;
}

/**
 * The KL term of a beta-TC-VAE (Chen, Li, Grosse and Duvenaud 2018, arXiv:1802.04942, eq. 4): a weight for each of its three parts, in
 * nats. A batch estimates the distribution of latents over the whole train split by the posteriors of its own samples.
 */
export interface TotalCorrelationOptions {
  /** The weight of the mutual information of a sample and its latent. @default {1} */
  alpha?: number;
  /** The weight of the total correlation of the latent dimensions, which is 0 where they are independent. @default {6} */
  beta?: number;
  /** The weight of the KL divergence of each latent dimension from the prior. @default {1} */
  gamma?: number;
  /**
   * The estimator: minibatch `stratified` sampling (their eq. S6), which is exact for the size of the train split, or minibatch `weighted` sampling
   * (their section 3.1), which is biased. @default {"stratified"}
   */
  estimator?: "stratified" | "weighted";
}

/** Options for {@link vae}. */
export interface VariationalOptions extends TopologyOptions {
  /**
   * The reconstruction term, see {@link ReconstructionLoss}; `mse` is half the squared error, a Gaussian of variance 1 without its
   * constant. @default {"bce"}
   */
  loss?: ReconstructionLoss;
  /** The weight of the KL term (Higgins et al. 2017). @default {1} */
  beta?: number;
  /** The schedule of the KL term over a training. @default {klConstant()} */
  klSchedule?: KlScheduleOptions;
  /** Nats of KL per latent dimension that are not penalised, on the mean of a batch (Kingma et al. 2016, App. C.8). @default {0} */
  freeBits?: number;
  /**
   * A weight for each of the three parts of the KL term: a beta-TC-VAE, as in `totalCorrelation: { beta: 6 }`. The schedule of the KL term
   * multiplies all three; `beta`, `freeBits` and a capacity are of the whole term and cannot be given with it. @default {the whole term}
   */
  totalCorrelation?: TotalCorrelationOptions;
  /**
   * k, the latent samples of each sample in a step. From 2 on the model is trained (and validated) on the importance-weighted bound
   * `log 1/k sum_s p(x, z_s) / q(z_s | x)` (Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519, eq. 8), as an IWAE: tighter the larger k is,
   * at k times the cost of the decoder. It has no KL term of its own, so `beta`, `klSchedule`, `freeBits` and
   * `totalCorrelation` must be left out. @default {1}
   */
  importanceSamples?: number;
  /**
   * `"label"`: a conditional VAE (Sohn, Lee and Yan 2015). The class of a sample joins, one-hot, the input of the first dense layer of the
   * encoder (the latent layer where there is no other) and the latent that the decoder reads, so that new samples can be of a chosen
   * class. The classes are those of the train split. The latent must be a vector. @default {the model knows no classes}
   */
  condition?: "label";
}

/** Options for {@link vqvae}. */
export interface VectorQuantisedOptions extends Omit<TopologyOptions, "latent"> {
  /** How many codes there are. @default {512} */
  codes?: number;
  /** The dimensions of a code's vector. @default {64} */
  dimensions?: number;
  /**
   * Where the encoder ends with a vector: its latent values, a multiple of `dimensions`, split into a code for each `dimensions` of them. An
   * encoder that ends with a feature map has a code at each position. @default {dimensions: one code per sample}
   */
  latent?: number;
  /** The weight of the commitment: how strongly the encoder's output is pulled towards its codes. @default {0.25} */
  commitment?: number;
  /** The decay of the averages over batches that codes follow. @default {0.99} */
  decay?: number;
  /**
   * A code used less than this share of a uniform use counts as dead, and is restarted at the encoder's output for a random position of the
   * batch; `null`: never. @default {0.01}
   */
  restart?: number | null;
  /** The reconstruction term. @default {"mse"} */
  loss?: ReconstructionLoss;
}

/**
 * An autoencoder: encodes the input in `latent` dimensions, or as a feature map of `latentChannels`, and decodes it.
 *
 * @example
 * ```ts
 * import { ae } from "@hourglass/hourglass";
 * const model = ae({ encoder: [35, 100, 20, 50, 10], latent: 2, activation: "tanh" });
 * ```
 */
export function ae(options: AutoencoderOptions): ModelOptions;
/** The same with a feature map as its latent: `latentChannels` in place of `latent`. */
export function ae(options: MapLatent<AutoencoderOptions>): ModelOptions;
export function ae(options: AutoencoderOptions | MapLatent<AutoencoderOptions>): ModelOptions {
  return { kind: "ae", ...outputFor(optionsOf("ae", options)) };
}

/** A denoising autoencoder (Vincent et al. 2008): an {@link ae} that reconstructs the clean target from a noisy input. */
export function dae(options: AutoencoderOptions): ModelOptions;
/** The same with a feature map as its latent: `latentChannels` in place of `latent`. */
export function dae(options: MapLatent<AutoencoderOptions>): ModelOptions;
export function dae(options: AutoencoderOptions | MapLatent<AutoencoderOptions>): ModelOptions {
  return { kind: "dae", ...outputFor(optionsOf("dae", options)) };
}

/**
 * A variational autoencoder (Kingma and Welling 2014, arXiv:1312.6114) with a Gaussian latent and a standard normal prior.
 *
 * @example
 * ```ts
 * import { vae } from "@hourglass/hourglass";
 * const model = vae({ encoder: [784, 400], latent: 20 });
 * ```
 */
export function vae(options: VariationalOptions): ModelOptions;
/** The same with a feature map as its latent: `latentChannels` in place of `latent`. */
export function vae(options: MapLatent<VariationalOptions>): ModelOptions;
export function vae(options: VariationalOptions | MapLatent<VariationalOptions>): ModelOptions {
  return { kind: "vae", ...outputFor(optionsOf("vae", options)) };
}

/**
 * A VQ-VAE (van den Oord, Vinyals and Kavukcuoglu 2017, arXiv:1711.00937): the latent is made of codes of a learned codebook. Moving averages
 * of the encoder's outputs update the codes (App. A.1); dead codes are restarted. It has no prior to sample codes from.
 *
 * @example
 * ```ts
 * import { conv, vqvae } from "@hourglass/hourglass";
 * const model = vqvae({ encoder: [conv(32, { stride: 2 }), conv(64, { stride: 2 })], codes: 256, dimensions: 16 });
 * ```
 */
export function vqvae(options: VectorQuantisedOptions): ModelOptions {
  return { kind: "vqvae", ...outputFor(optionsOf("vqvae", options)) };
}

/** Options with the output activation of their likelihood, unless they give another one or the likelihood has that of all models. */
function outputFor<Options extends Omit<TopologyOptions, "latent"> & { loss?: ReconstructionLoss }>(
  options: Options,
): Options {
  const { loss } = options, isKnown = loss !== undefined && LossSchema.safeParse(loss).success;
  const [outputActivation] = isKnown ? outputActivationsOf({ loss }) : [undefined];
  return outputActivation === "linear" ? { outputActivation, ...options } : options;
}
