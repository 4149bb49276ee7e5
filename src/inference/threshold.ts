/** The score from which on a sample is an anomaly. @module */
import { UsageError } from "../core/errors.ts";
import type { TrainedModel } from "../models/trained.ts";
import { quantile } from "../core/statistics.ts";

/** A score, or a percentile of held-out samples: `"p99"`, `"p99.5"`. */
export type Threshold = number | `p${number}`;

const FORM = /^p(\d+(?:\.\d+)?)$/;

/** Parses a threshold as text: `p99` or `0.031`; `undefined` when it is none. */
export function parseThreshold(text: string): Threshold | undefined {
  const percent = Number(FORM.exec(text)?.[1] ?? NaN);
  if (percent >= 0 && percent <= 100) return text as Threshold;
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/**
 * A threshold as a score.
 *
 * @throws {UsageError} When it is neither, or a percentile of scores that the model's file does not have.
 */
export function thresholdOf(
  { use }: Pick<TrainedModel, "use">,
  score: string,
  threshold: Threshold,
): number {
  const parsed = parseThreshold(String(threshold));
  if (parsed === undefined) {
    throw new UsageError(`threshold must be a score or a percentile as in "p99", got "${threshold}"`);
  }
  if (typeof parsed === "number") return parsed;
  const known = use?.held?.scores[score];
  if (known !== undefined) return quantile(known, Number(parsed.slice(1)) / 100);
  throw new UsageError(
    `threshold must be a number for a model whose file has no scores of held-out samples, got "${threshold}" ` +
      "(an earlier version or another program wrote it: train it again)",
  );
}
