/**
 * A model as data: its topology, activations, initialiser and loss, checked by one strict schema.
 *
 * @module
 */
import { z } from "zod";

/** The activation functions. `gelu` is the tanh form, `0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`. */
export const Activation = z.enum(["relu", "leakyRelu", "tanh", "sigmoid", "gelu", "linear"]);
/** The name of an activation function. */
export type Activation = z.infer<typeof Activation>;

/** How weights begin; see {@link initialStd}. Biases begin at 0. */
export const Initialiser = z.enum(["auto", "he", "xavier", "normal"]);
/** The name of an initialiser. */
export type Initialiser = z.infer<typeof Initialiser>;

/** What a reconstruction is measured by in training. */
export const ReconstructionLoss = z.enum(["mse", "bce"]);
/** The name of a reconstruction loss: mean squared error, or binary cross-entropy. */
export type ReconstructionLoss = z.infer<typeof ReconstructionLoss>;

const width = z.int().min(1).max(65536);

const topology = {
  encoder: z.array(width).min(1),
  latent: z.int().min(1),
  decoder: z.array(width).min(1).optional(),
  activation: Activation.default("relu"),
  latentActivation: Activation.default("linear"),
  outputActivation: z.enum(["sigmoid", "linear"]).default("sigmoid"),
  initialiser: Initialiser.default("auto"),
};

const autoencoder = z.strictObject({
  kind: z.enum(["ae", "dae"]),
  ...topology,
  loss: ReconstructionLoss.default("mse"),
});

const variational = z.strictObject({
  kind: z.literal("vae"),
  ...topology,
  latentActivation: z.literal("linear").default("linear"),
  loss: ReconstructionLoss.default("bce"),
  beta: z.number().min(0).default(1),
  klWarmupEpochs: z.int().min(0).default(0),
  freeBits: z.number().min(0).default(0),
});

/** The schema of a model, with what its sizes must fulfil together. */
export const ModelSpec = z.discriminatedUnion("kind", [autoencoder, variational]).superRefine(
  (model, context) => {
    const [pixels] = model.encoder;
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (model.latent > pixels) {
      refuse(
        "latent",
        `must be at most the ${pixels} inputs of the encoder: current value is ${model.latent}`,
      );
    }
    const outputs = model.decoder?.at(-1);
    if (outputs !== undefined && outputs !== pixels) {
      refuse("decoder", `must end with the ${pixels} inputs of the encoder: current value is ${outputs}`);
    }
    if (model.loss === "bce" && model.outputActivation !== "sigmoid") {
      refuse(
        "outputActivation",
        `must be "sigmoid" for binary cross-entropy: current value is "${model.outputActivation}"`,
      );
    }
  },
);

/** A model as the pipeline's record holds it: all defaults filled in. */
export type ModelSpec = z.infer<typeof ModelSpec>;

/** A model as a pipeline file writes it. */
export type ModelOptions = z.input<typeof ModelSpec>;

/** The topology that all autoencoders share. */
export interface TopologyOptions {
  /** Widths from the input (pixels) to the last hidden layer: `[784, 500, 300]`. */
  encoder: number[];
  /** How many numbers a sample is squeezed into; at most the number of inputs. */
  latent: number;
  /** Widths from the first hidden layer after the latent to the output. @default {the encoder, mirrored} */
  decoder?: number[];
  /** The activation of the hidden layers. @default {"relu"} */
  activation?: Activation;
  /** The activation of the output. @default {"sigmoid"} */
  outputActivation?: "sigmoid" | "linear";
  /** How weights begin. @default {"auto"} He for relu, leakyRelu and gelu, Xavier for sigmoid and tanh, N(0, 0.01) for linear. */
  initialiser?: Initialiser;
}

/** What an autoencoder can be told. */
export interface AutoencoderOptions extends TopologyOptions {
  /** The activation of the latent layer. @default {"linear"} */
  latentActivation?: Activation;
  /** The training loss. @default {"mse"} */
  loss?: ReconstructionLoss;
}

/** What a variational autoencoder can be told. */
export interface VariationalOptions extends TopologyOptions {
  /** The reconstruction term: Bernoulli (`bce`) or Gaussian of unit variance (`mse`). @default {"bce"} */
  loss?: ReconstructionLoss;
  /** The weight of the KL term (Higgins et al. 2017). @default {1} */
  beta?: number;
  /** Epochs over which the weight of the KL term grows from 0 to `beta`, in equal steps. @default {0} */
  klWarmupEpochs?: number;
  /** Nats of KL a latent dimension may have for free, on the mean of a batch (Kingma et al. 2016, App. C.8). @default {0} */
  freeBits?: number;
}

/**
 * An autoencoder: the input through `latent` numbers and back.
 *
 * @example
 * ```ts
 * import { ae } from "@hourglass/hourglass";
 * const model = ae({ encoder: [35, 100, 20, 50, 10], latent: 2, activation: "tanh" });
 * ```
 */
export function ae(options: AutoencoderOptions): ModelOptions {
  return { kind: "ae", ...options };
}

/** A denoising autoencoder (Vincent et al. 2008): an {@link ae} that sees the noisy input and is held against the clean target. */
export function dae(options: AutoencoderOptions): ModelOptions {
  return { kind: "dae", ...options };
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
export function vae(options: VariationalOptions): ModelOptions {
  return { kind: "vae", ...options };
}

/** The widths of a decoder from the latent to the output: given, or the encoder mirrored. */
export function decoderWidths(model: ModelSpec): number[] {
  return model.decoder ?? model.encoder.toReversed();
}

/** A model in words: `vae 784-400-20-400-784`. */
export function describeModel(model: ModelSpec): string {
  return `${model.kind} ${[...model.encoder, model.latent, ...decoderWidths(model)].join("-")}`;
}

/** The unit of a model's training loss, with its reduction. */
export function lossUnit(model: ModelSpec): string {
  if (model.kind === "vae") return "nats a sample";
  return model.loss === "mse" ? "squared error a pixel" : "nats a sample";
}
