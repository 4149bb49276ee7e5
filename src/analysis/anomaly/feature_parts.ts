// x = a sample of D features as the model sees it, y = its reconstruction, v = the log-variances of the model's output.

/**
 * Which features of a sample a model did not expect: the parts of its error, feature by feature.
 *
 * @module
 */
import type { Split } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import { NAMES } from "../../models/graphs.ts";
import type { ModelSpec } from "../../models/spec.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { evaluator } from "../reconstruction/inference.ts";

/** A feature with its part in a sample's score. */
export interface FeaturePart {
  /** Its position. */
  readonly feature: number;
  /** Its part of the error, in nats above that of a feature that is reconstructed exactly. */
  readonly part: number;
  /** Its value as the model sees it, and the one that the model expects. */
  readonly value: number;
  readonly expected: number;
}

/** The least chance that a Bernoulli output is taken to have. */
const LEAST_CHANCE = 1e-6;

/** The part of one feature, by the loss of the model. */
const PARTS: Readonly<Record<ModelSpec["loss"], (x: number, y: number, v: number) => number>> = {
  mse: (x, y) => 0.5 * (x - y) ** 2,
  gaussian: (x, y, v) => 0.5 * (x - y) ** 2 / Math.exp(v),
  bce(x, y) {
    const q = Math.min(1 - LEAST_CHANCE, Math.max(LEAST_CHANCE, y));
    const term = (p: number, chance: number) => p === 0 ? 0 : p * Math.log(p / chance);
    return term(x, q) + term(1 - x, 1 - q);
  },
};

/**
 * The `most` features with the largest parts in the error of each sample, the largest first; through a VAE's posterior mean.
 *
 * A part is `(x - y)^2 / 2 exp(v)` under a Gaussian with learned variances, `(x - y)^2 / 2` under one of variance 1, and the KL divergence
 * of Bernoulli values. Their sum over all features is the score `likelihood` without what is the same for all samples.
 */
export function largestParts(
  engine: Engine,
  model: TrainedModel,
  split: Split,
  most: number,
): FeaturePart[][] {
  const { program, pixels: size, forEachBatch } = evaluator(engine, model, split);
  const target = program.input(NAMES.target), output = program.output("output"), { loss } = model.spec;
  const logVariance = loss === "gaussian" ? program.output("outputLogVariance") : undefined;
  const partOf = PARTS[loss], largest: FeaturePart[][] = [];
  forEachBatch({ samples: split.count }, (_start, rows) => {
    for (let row = 0; row < rows; row++) {
      const parts = Array.from({ length: size }, (_, feature): FeaturePart => {
        const value = target[row * size + feature], expected = output[row * size + feature];
        return { feature, part: partOf(value, expected, logVariance?.[feature] ?? 0), value, expected };
      });
      largest.push(parts.sort((a, b) => b.part - a.part).slice(0, most));
    }
  });
  program.dispose();
  return largest;
}
