/**
 * The schema of a model, and functions of a checked spec.
 *
 * @module
 */
import { z } from "zod";
import type { Fault } from "../core/fault.ts";
import { isPicture, type SampleShape, sampleSize } from "../core/shape.ts";
import { type Activation as ActivationKey, ActivationName } from "./activations.ts";
import { LayerEntry } from "./layers/table.ts";
import { likelihoodOf, LossSchema, outputActivationsOf } from "./likelihoods/table.ts";
import type { ModelOptions, ModelSpec as Spec, VariationalSpec } from "./options.ts";

export { ae, dae, type Initialiser, type ModelOptions, vae, type VectorQuantisedSpec } from "./options.ts";

/** The name of an activation. */
export type Activation = ActivationKey;

const Initialiser = z.enum(["auto", "he", "xavier", "lecunUniform", "pytorch", "normal"]);

/** The options that all models share; `latent`: those of its size. */
function topology<Latent extends z.ZodRawShape>(latent: Latent) {
  return {
    input: z.array(z.int().min(1)).min(1).optional(),
    encoder: z.array(LayerEntry),
    ...latent,
    decoder: z.array(LayerEntry).min(1).optional(),
    activation: ActivationName.default("relu"),
    latentActivation: ActivationName.default("linear"),
    outputActivation: z.enum(["sigmoid", "linear"]).default("sigmoid"),
    initialiser: Initialiser.default("auto"),
  };
}

/** A vector or a feature map: one of them must be given; null is left out, so that a setting can replace one by the other. */
const latentSize = { latent: z.int().min(1).nullish(), latentChannels: z.int().min(1).nullish() };

const autoencoder = z.strictObject({
  kind: z.enum(["ae", "dae"]),
  ...topology(latentSize),
  loss: LossSchema.default("mse"),
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
  ...topology(latentSize),
  latentActivation: z.literal("linear").default("linear"),
  loss: LossSchema.default("bce"),
  beta: z.number().min(0).default(1),
  klSchedule: KlScheduleSpec.prefault({ kind: "constant" }),
  freeBits: z.number().min(0).default(0),
  totalCorrelation: z.strictObject({
    alpha: z.number().min(0).default(1),
    beta: z.number().min(0).default(6),
    gamma: z.number().min(0).default(1),
    estimator: z.enum(["stratified", "weighted"]).default("stratified"),
  }).optional(),
  importanceSamples: z.int().min(1).max(1000).optional(),
  condition: z.literal("label").optional(),
  classes: z.array(z.strictObject({ name: z.string(), label: z.int().min(0) })).min(1).optional(),
});

const vectorQuantised = z.strictObject({
  kind: z.literal("vqvae"),
  ...topology({ latent: z.int().min(1).optional() }),
  latentActivation: z.literal("linear").default("linear"),
  loss: LossSchema.default("mse"),
  codes: z.int().min(2).max(65536).default(512),
  dimensions: z.int().min(1).default(64),
  commitment: z.number().min(0).default(0.25),
  decay: z.number().min(0).lt(1).default(0.99),
  restart: z.number().gt(0).lt(1).nullable().default(0.01),
}).superRefine(({ latent, dimensions }, context) => {
  if (latent === undefined || latent % dimensions === 0) return;
  const message = `must be a multiple of the ${dimensions} dimensions of a code, as it is split into codes`;
  context.addIssue({ code: "custom", path: ["latent"], message });
});

const anyModel = z.discriminatedUnion("kind", [autoencoder, variational, vectorQuantised]);

/**
 * A model as its record holds it. The latent dimensions of a feature map depend on the shape of the samples: where only `latentChannels` is
 * given, `latent` is missing until `fitModel` fills it in.
 */
function recorded(model: z.output<typeof anyModel>): Spec {
  if (model.kind === "vqvae") return { ...model, latent: model.latent ?? model.dimensions };
  const isLeftOut = (name: string, value: unknown) =>
    (name === "latent" || name === "latentChannels") && (value === null || value === undefined);
  const given = Object.entries(model).filter(([name, value]) => !isLeftOut(name, value));
  return Object.fromEntries(given) as unknown as Spec;
}

/** The schema of a model; what depends on the shape of its samples is checked by `modelFaults`. */
export const ModelSpec: z.ZodType<Spec, ModelOptions> = anyModel.superRefine(
  (options, context) => {
    const model = recorded(options), { outputActivation } = model, fitting = outputActivationsOf(model);
    if (!fitting.includes(outputActivation)) {
      const texts = fitting.map((name) => `"${name}"`).join(" or ");
      context.addIssue({
        code: "custom",
        path: ["outputActivation"],
        message: `must be ${texts} for the loss ${likelihoodOf(model).kind}, got "${outputActivation}"`,
      });
    }
    for (const { path, message } of latentFaults(model)) {
      context.addIssue({ code: "custom", path: [path], message });
    }
    if (model.kind === "vae") {
      for (const fault of klFaults(model)) context.addIssue({ code: "custom", ...fault });
    }
    for (const { path, message } of importanceFaults(model)) {
      context.addIssue({ code: "custom", path: [path], message });
    }
  },
).transform(recorded);

/** What is wrong with what is given of the size of a latent. */
function latentFaults(model: Spec): Fault[] {
  const latent: number | undefined = model.latent, { latentChannels, input } = model;
  if (latentChannels === undefined) {
    const message = "must be given, got none (or give latentChannels, for a latent that is a feature map)";
    return latent === undefined ? [{ path: "latent", message }] : [];
  }
  const fault = (must: string) => [{ path: "latentChannels", message: `must be left out ${must}` }];
  // A model that is fitted to data has both.
  if (latent !== undefined && input === undefined) {
    return fault(`where latent is given, got ${latentChannels} and ${latent} (set one of them to null)`);
  }
  return model.kind === "vae" && model.condition !== undefined
    ? fault(`where the model has a condition, which joins a vector, got ${latentChannels} (give latent)`)
    : [];
}

/** What cannot be given of the whole KL term where its parts have weights. */
function klFaults(
  { totalCorrelation, beta, freeBits, klSchedule }: VariationalSpec,
): { path: string[]; message: string }[] {
  if (totalCorrelation === undefined) return [];
  const fault = (path: string, must: string, found: unknown) => ({
    path: [path],
    message: `${must} with totalCorrelation, which splits the KL term, got ${found}`,
  });
  return [
    ...beta === 1
      ? []
      : [fault("beta", "must be 1 (totalCorrelation.beta weighs the total correlation)", beta)],
    ...freeBits === 0 ? [] : [fault("freeBits", "must be 0", freeBits)],
    ...klSchedule.kind === "capacity"
      ? [fault("klSchedule", "must be constant, linear or cyclic", "a capacity")]
      : [],
  ];
}

/** What the importance-weighted bound has no place for: it has no KL term of its own. */
function importanceFaults(model: Spec): Fault[] {
  if (importanceSamplesOf(model) === 1 || model.kind !== "vae") return [];
  const found: [string, boolean, unknown][] = [
    ["beta", model.beta !== 1, model.beta],
    ["klSchedule", model.klSchedule.kind !== "constant", model.klSchedule.kind],
    ["freeBits", model.freeBits !== 0, model.freeBits],
    ["totalCorrelation", model.totalCorrelation !== undefined, model.totalCorrelation],
  ];
  return found.filter(([, isSet]) => isSet).map(([path, , value]) => ({
    path,
    message: `must be left out with importanceSamples above 1, whose bound has no KL term of its own, got ${
      JSON.stringify(value)
    }`,
  }));
}

/** k, the latent samples of each sample in a training step; above 1 the importance-weighted bound is trained on. */
export function importanceSamplesOf(model: Spec): number {
  return model.kind === "vae" ? model.importanceSamples ?? 1 : 1;
}

/** A model with all defaults filled in. */
export type ModelSpec = Spec;

/**
 * The shape of a model's samples: that of the data once it is fitted to them, else a vector of the width with which its encoder begins.
 *
 * @throws {TypeError} When neither is there.
 */
export function inputShape(model: Pick<ModelSpec, "input" | "encoder">): SampleShape {
  const { input, encoder: [first] } = model;
  if (input !== undefined) return input;
  if (typeof first === "number") return [first];
  throw new TypeError("The input shape of the model must be known: fit it to data first (fitModel)");
}

/** How many values a sample of a model has. */
export function inputSize(model: Pick<ModelSpec, "input" | "encoder">): number {
  return sampleSize(inputShape(model));
}

/** The unit of a model's training loss, with its reduction. */
export function lossUnit(model: ModelSpec): "nats/sample" | "squared error/pixel" | "squared error/feature" {
  if (model.kind === "vae" || likelihoodOf(model).kind !== "mse") return "nats/sample";
  return model.input === undefined || isPicture(model.input)
    ? "squared error/pixel"
    : "squared error/feature";
}
