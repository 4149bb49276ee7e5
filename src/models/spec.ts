/**
 * The schema of a model, and what can be read off a checked one.
 *
 * @module
 */
import { z } from "zod";
import type { Activation as ActivationName, ModelOptions, ModelSpec as Spec } from "./options.ts";

export { ae, dae, type Initialiser, type ModelOptions, vae } from "./options.ts";

/** The activations there are. */
export const Activation = z.enum(["relu", "leakyRelu", "tanh", "sigmoid", "gelu", "linear"]);
/** The name of an activation. */
export type Activation = ActivationName;

const Initialiser = z.enum(["auto", "he", "xavier", "lecunUniform", "pytorch", "normal"]);
const ReconstructionLoss = z.enum(["mse", "bce"]);
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

const epochs = z.int().min(1);

/** The schema of a KL schedule. */
export const KlScheduleSpec = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant") }),
  z.strictObject({ kind: z.literal("linear"), epochs }),
  z.strictObject({
    kind: z.literal("cyclic"),
    // With one epoch a cycle the weight would always be 0.
    cycleEpochs: z.int().min(2),
    rampShare: z.number().gt(0).max(1).default(0.5),
  }),
  z.strictObject({ kind: z.literal("capacity"), nats: z.number().positive(), epochs }),
]);

const variational = z.strictObject({
  kind: z.literal("vae"),
  ...topology,
  latentActivation: z.literal("linear").default("linear"),
  loss: ReconstructionLoss.default("bce"),
  beta: z.number().min(0).default(1),
  klSchedule: KlScheduleSpec.prefault({ kind: "constant" }),
  freeBits: z.number().min(0).default(0),
});

/** The schema of a model, with what its sizes must fulfil together. */
export const ModelSpec: z.ZodType<Spec, ModelOptions> = z.discriminatedUnion("kind", [
  autoencoder,
  variational,
]).superRefine(
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

/** A model with all defaults filled in. */
export type ModelSpec = Spec;

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
