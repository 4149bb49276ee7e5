// x = a sample of D features as the model sees it, y = its reconstruction, v = the log-variances of the model's output.

/**
 * Which features of a sample a model did not expect: the parts of its error, feature by feature.
 *
 * @module
 */
import type { Split } from "../../data/dataset.ts";
import type { Engine, Program } from "../../engine/engine.ts";
import { NAMES } from "../../models/graphs.ts";
import { excessOf, spreadOf, spreadOutput } from "../../models/likelihoods/table.ts";
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

/**
 * The `most` features with the largest parts in the error of each sample, the largest first; through a VAE's posterior mean.
 *
 * A part is `(x - y)^2 / 2 exp(v)` under a Gaussian with learned or fixed variances, `(x - y)^2 / 2` under one of variance 1, the KL divergence
 * of Bernoulli and continuous Bernoulli values, and that of a Gaussian with the variance of a discretised logistic. Under a Gaussian whose
 * variances are those of all samples their sum over all features is the score `likelihood` without what is the same for all samples.
 */
export function largestParts(
  engine: Engine,
  model: TrainedModel,
  split: Split,
  most: number,
): FeaturePart[][] {
  const { program, pixels: size, forEachBatch } = evaluator(engine, model, split);
  const target = program.input(NAMES.target), output = program.output("output");
  const partOf = excessOf(model.spec), largest: FeaturePart[][] = [];
  const spreadAt = spreadReader(program, model.spec);
  forEachBatch({ samples: split.count }, (_start, rows) => {
    for (let row = 0; row < rows; row++) {
      const parts = Array.from({ length: size }, (_, feature): FeaturePart => {
        const at = row * size + feature, value = target[at], expected = output[at];
        return { feature, part: partOf(value, expected, spreadAt(at)), value, expected };
      });
      largest.push(parts.sort((a, b) => b.part - a.part).slice(0, most));
    }
  });
  program.dispose();
  return largest;
}

/** Reads the logarithm of the spread of a value in the last run of a program; 0 where the likelihood learns none. */
function spreadReader(program: Program, spec: ModelSpec): (at: number) => number {
  const spread = spreadOf(spec);
  if (spread === undefined) return () => 0;
  const values = program.output(spreadOutput(spread));
  return (at) => values[at];
}
