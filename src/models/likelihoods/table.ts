/** Functions of a loss, by the kind of its likelihood. @module */
import { z } from "zod";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import LIKELIHOODS, { type Likelihood, type LikelihoodName, type ReconstructionLoss } from "./kinds.ts";
import type { DecoderOutput, LikelihoodKind, OutputActivation, Spread, TargetValues } from "./likelihood.ts";

/** A model, or what else has a loss. */
export interface HasLoss {
  readonly loss: ReconstructionLoss;
}

/** A likelihood whose error is neither the squared error nor the cross-entropy, which are measured of every model. */
export type OwnLikelihood = Exclude<LikelihoodName, "mse" | "bce">;

const NAMES = Object.keys(LIKELIHOODS) as LikelihoodName[];

/** The likelihood that a name stands for. */
const DEFAULTS = Object.fromEntries(
  Object.entries(LIKELIHOODS).map(([kind, { schema }]) => [kind, schema.parse({ kind })]),
) as Readonly<Record<LikelihoodName, Likelihood>>;

/** The schemas of those with options; all others are written by their names alone. */
const WITH_OPTIONS = Object.values(LIKELIHOODS).map(({ schema }) => schema)
  .filter(({ shape }) => Object.keys(shape).length > 1);
const LossRecord = z.discriminatedUnion("kind", WITH_OPTIONS as [typeof WITH_OPTIONS[number]]);

/** Those that can be written with options, as calls: `gaussian({ variance })`. */
const CALLS = WITH_OPTIONS.map(({ shape: { kind, ...options } }) =>
  `${(kind as z.ZodLiteral<string>).value}({ ${Object.keys(options).join(", ")} })`
);

const LOSS_MUST = `must be one of ${NAMES.map((name) => `"${name}"`).join(", ")}, ${CALLS.join(" or ")}`;

/** The schema of a loss. Its record is the name wherever that says all, so that two spellings of a model are one. */
export const LossSchema: z.ZodType<ReconstructionLoss, ReconstructionLoss> = z.union([
  z.enum(NAMES),
  LossRecord,
], {
  error: LOSS_MUST,
}).transform((written) => {
  const loss = written as ReconstructionLoss;
  if (typeof loss === "string") return loss;
  return JSON.stringify(DEFAULTS[loss.kind]) === JSON.stringify(loss) ? loss.kind : loss;
}) as unknown as z.ZodType<ReconstructionLoss, ReconstructionLoss>;

/** The likelihood of a model, with the defaults that its name stands for. */
export function likelihoodOf({ loss }: HasLoss): Likelihood {
  return typeof loss === "string" ? DEFAULTS[loss] : loss;
}

/** The kind of a likelihood. The compiler does not know that a likelihood goes with the entry of its own kind. */
function kindOf(model: HasLoss): LikelihoodKind<Likelihood> {
  return LIKELIHOODS[likelihoodOf(model).kind] as unknown as LikelihoodKind<Likelihood>;
}

/** See {@link LikelihoodKind.outputActivations}. */
export function outputActivationsOf(model: HasLoss): readonly [OutputActivation, ...OutputActivation[]] {
  return kindOf(model).outputActivations;
}

/** See {@link LikelihoodKind.targets}. */
export function targetValuesOf(model: HasLoss): TargetValues {
  return kindOf(model).targets;
}

/** See {@link LikelihoodKind.isDiscrete}. */
export function isDiscrete(model: HasLoss): boolean {
  return kindOf(model).isDiscrete;
}

/** See {@link LikelihoodKind.spread}. */
export function spreadOf(model: HasLoss): Spread | undefined {
  return kindOf(model).spread(likelihoodOf(model));
}

/** Whether what a decoder shows depends on a learned spread. */
export function meanNeedsSpread(model: HasLoss): boolean {
  return kindOf(model).mean?.needsSpread ?? false;
}

/** Whether what a decoder shows is the output of its last layer. */
export function showsLocation(model: HasLoss): boolean {
  return kindOf(model).mean === undefined;
}

/** The mean of the distribution [N, D], which is what reconstructions and generated samples show. */
export function likelihoodMean(build: GraphBuilder, model: HasLoss, decoded: DecoderOutput): Value {
  return kindOf(model).mean?.of(build, decoded) ?? decoded.location;
}

/** The error of each sample [N, 1]; see {@link errorOf}. */
export function likelihoodError(
  build: GraphBuilder,
  model: HasLoss,
  x: Value,
  decoded: DecoderOutput,
): Value {
  return kindOf(model).error(build, x, decoded, likelihoodOf(model));
}

/** The output of an evaluation that is the error of a model's loss, and the factor that makes nats of it: `-log p(x | z)` of its sample. */
export function errorOf(
  model: HasLoss,
): { readonly output: LikelihoodKind<Likelihood>["errorName"]; readonly nats: number } {
  const { errorName: output, nats } = kindOf(model);
  return { output, nats };
}

/** Whether evaluations have the negative log-likelihood as a number of its own, besides squared error and cross-entropy. */
export function hasOwnLikelihood(model: HasLoss): boolean {
  return errorOf(model).output === "negativeLogLikelihood";
}

/** Whether what a model shows are probabilities by a sigmoid, so that a cross-entropy can be measured. */
export function showsProbabilities(
  model: HasLoss & { readonly outputActivation: OutputActivation },
): boolean {
  return model.outputActivation === "sigmoid" && showsLocation(model);
}

/** The likelihoods whose error is a metric of its own, under their name. */
export const OWN_LIKELIHOODS: readonly OwnLikelihood[] = NAMES.filter((name): name is OwnLikelihood =>
  LIKELIHOODS[name].errorName === "negativeLogLikelihood"
);

/** What one value adds to an error; see {@link LikelihoodKind.excess}. */
export function excessOf(model: HasLoss): (x: number, y: number, logSpread: number) => number {
  const { excess } = kindOf(model), likelihood = likelihoodOf(model);
  return (x, y, logSpread) => excess(x, y, likelihood, logSpread);
}

/** The output of an evaluation that has the logarithm of a learned spread: `outputLogVariance`. */
export function spreadOutput({ name }: Spread): string {
  return `output${name[0].toUpperCase()}${name.slice(1)}`;
}

/** See {@link LikelihoodKind.statistics}. */
export function statisticsOf(model: HasLoss, decoded: DecoderOutput): Readonly<Record<string, Value>> {
  return kindOf(model).statistics(decoded);
}

/** See {@link LikelihoodKind.describe}; `values` are `pixels` or `features`. */
export function describeLikelihood(model: HasLoss, values: string): string {
  return kindOf(model).describe(likelihoodOf(model), values);
}
