/**
 * The interface of a likelihood: the distribution of a sample given the output of the decoder; each kind is one file.
 *
 * @module
 */
import type { z } from "zod";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";

/** The activation of an output layer. */
export type OutputActivation = "sigmoid" | "linear";

/** What a decoder gives. Shapes [N, D] unless stated otherwise. */
export interface DecoderOutput {
  /** The output layer before its activation. */
  readonly logits: Value;
  /** The output layer after its activation. */
  readonly location: Value;
  /** The logarithm of the spread (a variance or a scale) where it is learned: [1, 1], [1, D] or [N, D]. */
  readonly logSpread?: Value;
}

/** A learned spread. What is learned is `raw`; the logarithm of the spread is `10 tanh(raw / 10) + offset`, so `raw` = 0 at the start. */
export interface Spread {
  /** The name of its parameter in files: `likelihood.logVariance`. */
  readonly name: "logVariance" | "logScale";
  /**
   * One number for all values, one for each value of a sample, one for each channel (of vectors: for all features), or one for each value
   * of each sample, which a second output layer of the decoder computes.
   */
  readonly per: "all" | "feature" | "channel" | "pixel";
  readonly offset: number;
  /**
   * Whether it is a variance whose best value is known: the mean squared error of its values. Training then sets it to that, and the
   * optimizer does not update it.
   */
  readonly isMeanSquare: boolean;
}

/** The values that targets must have, as the model sees them: any, those in [0, 1], or `k / 255` with k = 0, ..., 255. */
export type TargetValues = "any" | "unit" | "levels";

/** A kind of likelihood. */
export interface LikelihoodKind<Spec extends { readonly kind: string }> {
  /** The schema of its options; strict, with all defaults. */
  readonly schema: z.ZodObject & z.ZodType<Spec>;
  /** The activations of the output that it takes, the default first. */
  readonly outputActivations: readonly [OutputActivation, ...OutputActivation[]];
  readonly targets: TargetValues;
  /** Whether it gives probabilities and no densities, so that bits per dimension mean something. */
  readonly isDiscrete: boolean;
  /** Its spread, where that is learned. */
  spread(spec: Spec): Spread | undefined;
  /** The error of each sample: x [N, D] and a decoder's output to [N, 1]. */
  error(build: GraphBuilder, x: Value, decoded: DecoderOutput, spec: Spec): Value;
  /** The name of the error among the outputs of a graph, and the factor that makes nats of it. */
  readonly errorName: "squaredError" | "crossEntropy" | "negativeLogLikelihood";
  readonly nats: number;
  /** The mean of the distribution [N, D], which is what reconstructions and generated samples show. @default {the location} */
  readonly mean?: {
    of(build: GraphBuilder, decoded: DecoderOutput): Value;
    /** Whether it depends on a learned spread. */
    readonly needsSpread: boolean;
  };
  /**
   * What one value x adds to the error of a sample whose mean is y there, in nats above the least that it can be: by it the features to blame
   * for a high error are found. `logSpread` is that of the value where it is learned.
   */
  excess(x: number, y: number, spec: Spec, logSpread: number): number;
  /** What the distribution is given by besides its mean, by the names of outputs in exported files. */
  statistics(decoded: DecoderOutput): Readonly<Record<string, Value>>;
  /** The distribution of values as text: `Gaussian pixels with learned variances`. */
  describe(spec: Spec, values: string): string;
}
