// x = a sample of D values as the model sees them, y = its reconstruction, z = its latent, n = samples.

/**
 * Scores of samples by a model alone, one for each; higher is more anomalous. Those that need normal samples to compare with are in
 * `anomaly_scores.ts`.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { sampleSize } from "../../core/shape.ts";
import type { Split, SplitName } from "../../data/dataset.ts";
import { firstOfSplit, pickFromSplit, sliceSplit } from "../../data/parts.ts";
import type { Engine, Program } from "../../engine/engine.ts";
import { errorOf, hasOwnLikelihood, showsProbabilities } from "../../models/likelihoods/table.ts";
import type { ModelSpec } from "../../models/spec.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { type ModelUse, quantilesOf } from "../../models/use.ts";
import { encodeImages, evaluator } from "../reconstruction/inference.ts";
import { moments } from "../latent/latent_space.ts";

/** The scores of one sample, by name. */
export interface SampleScores {
  /** `sum_d (x_d - y_d)^2`. */
  reconstruction: number;
  /** Binary cross-entropy in nats, where outputs are probabilities: `sum_d BCE`. */
  crossEntropy?: number;
  /** `-log p(x | z)` in nats under the likelihood of the model, with all losses but `mse` and `bce`. */
  likelihood?: number;
  /** A VAE's `KL(q(z | x) || p(z))` in nats. */
  kl?: number;
  /** A VAE's negative bound at the mean, in nats: the error of its loss plus {@link kl}. */
  elbo?: number;
}

/** The name of a score. */
export type SampleScoreName = keyof SampleScores;

/** The scores that a model has; the first is the one that verdicts go by unless another is chosen. */
export function scoresOf(spec: ModelSpec): [SampleScoreName, ...SampleScoreName[]] {
  const more: SampleScoreName[] = showsProbabilities(spec) ? ["crossEntropy"] : [];
  if (hasOwnLikelihood(spec)) more.unshift("likelihood");
  return spec.kind === "vae" ? ["elbo", "reconstruction", ...more, "kl"] : ["reconstruction", ...more];
}

/** Reads the scores of rows of the last run of a program of an evaluation graph. */
export function scoreReader(program: Program, spec: ModelSpec): (row: number) => SampleScores {
  const squaredError = program.output("squaredError");
  const crossEntropy = showsProbabilities(spec) ? program.output("crossEntropy") : undefined;
  const klOfDimension = spec.kind === "vae" ? program.output("klOfDimension") : undefined;
  const { output, nats } = errorOf(spec), error = program.output(output);
  const hasLikelihood = hasOwnLikelihood(spec);
  return (row) => {
    const scores: SampleScores = { reconstruction: squaredError[row] };
    if (hasLikelihood) scores.likelihood = error[row];
    if (crossEntropy !== undefined) scores.crossEntropy = crossEntropy[row];
    if (klOfDimension !== undefined) {
      let kl = 0;
      for (let at = row * spec.latent; at < (row + 1) * spec.latent; at++) kl += klOfDimension[at];
      scores.kl = kl;
      scores.elbo = kl + nats * error[row];
    }
    return scores;
  };
}

/** At most how many samples are scored, and encoded, for what is recorded with a model. */
const MOST = 10_000;

/** What is recorded with a model, measured on its own data. */
export function measureUse(
  engine: Engine,
  model: TrainedModel,
  { train, validation, test }: { readonly train: Split; readonly validation?: Split; readonly test: Split },
): Pick<ModelUse, "held" | "latents"> {
  const size = sampleSize(model.shape);
  const held = heldOut({ train, validation, test }, size);
  const points = encodeImages(engine, model, firstOfSplit(train, size, MOST));
  const { mean, std } = moments(points, model.spec.latent);
  const latents = { mean, std };
  if (held.split.count === 0) return { latents };
  const scores = Object.entries(splitScores(engine, model, held.split));
  return {
    latents,
    held: {
      split: held.name,
      count: held.split.count,
      scores: Object.fromEntries(
        scores.filter(([, values]) => values.every(Number.isFinite))
          .map(([name, values]) => [name, quantilesOf(values)]),
      ),
    },
  };
}

/** Samples that the model was not trained on, of classes that it was trained on; train samples where there are no others. */
function heldOut(
  { train, validation, test }: { train: Split; validation?: Split; test: Split },
  size: number,
): { name: SplitName; split: Split } {
  const [name, all] = validation !== undefined
    ? ["validation", validation] as const
    : test === train || test.count === 0
    ? ["train", train] as const
    : ["test", test] as const;
  const { labels } = all;
  // At use a sample is compared with itself, as it has no target.
  const inputs = { ...all, targets: undefined };
  if (labels === undefined || train.labels === undefined) {
    return { name, split: sliceSplit(inputs, size, 0, Math.min(MOST, all.count)) };
  }
  const known = new Set(train.labels), rows: number[] = [];
  for (let row = 0; row < labels.length && rows.length < MOST; row++) {
    if (known.has(labels[row])) rows.push(row);
  }
  return { name, split: pickFromSplit(inputs, size, rows) };
}

/** All scores of the samples of a split. */
export function splitScores(engine: Engine, model: TrainedModel, split: Split): Record<string, Float64Array> {
  const names = scoresOf(model.spec);
  const scores = Object.fromEntries(names.map((name) => [name, new Float64Array(split.count)]));
  const evaluation = evaluator(engine, model, split), read = scoreReader(evaluation.program, model.spec);
  evaluation.forEachBatch({ samples: split.count }, (start, rows) => {
    for (let row = 0; row < rows; row++) {
      const found = read(row);
      for (const name of names) scores[name][start + row] = found[name]!;
    }
  });
  evaluation.program.dispose();
  return scores;
}

/** Refuses a score that is no number: the input of the sample is far outside of what the model was trained on. */
export function checkScore(value: number, name: string, sample: string): void {
  if (Number.isFinite(value)) return;
  throw new RunError(`score "${name}" must be a finite number, got ${value} of ${sample}`);
}
