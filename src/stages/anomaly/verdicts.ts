/** Which samples are called anomalies, by a threshold of held-out normal samples, and which features are to blame. @module */
import { type FeaturePart, largestParts } from "../../analysis/anomaly/feature_parts.ts";
import { wilson } from "../../analysis/statistics/intervals.ts";
import { quantile } from "../../core/statistics.ts";
import { type Dataset, scaleOf, type Split } from "../../data/dataset.ts";
import { pickFromSplit } from "../../data/parts.ts";
import { countText } from "../../core/amounts.ts";
import { isPicture, sampleSize } from "../../core/shape.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Cell, csv } from "../../export/tables/csv.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { estimated, measuredMetrics, metric, type Metrics } from "../../pipeline/metric.ts";
import type { Groups } from "./protocol.ts";

/** A score above which a sample is called an anomaly. */
export interface Threshold {
  readonly value: number;
  /** The quantile of the scores of normal samples that it is. */
  readonly quantile: number;
  /** How many these samples are. */
  readonly samples: number;
}

/** The threshold by the scores of held-out normal samples. */
export function thresholdOf(scores: Float64Array, share: number): Threshold {
  return { value: quantile(scores.toSorted(), share), quantile: share, samples: scores.length };
}

/** The held-out samples of the classes that were trained on: no other may take part in a threshold. */
export function heldOutNormal({ train, validation, shape }: Dataset): Split | undefined {
  if (validation === undefined || train.labels === undefined || validation.labels === undefined) {
    return validation;
  }
  const trained = new Set(train.labels), { labels } = validation;
  const rows = Array.from(labels).flatMap((label, row) => trained.has(label) ? [row] : []);
  if (rows.length === labels.length) return validation;
  return rows.length === 0 ? undefined : pickFromSplit(validation, sampleSize(shape), rows);
}

/** What the threshold finds on the test split, and what it finds wrongly. */
export function verdictMetrics(
  scores: Float64Array,
  { normal, anomalous }: Groups,
  threshold: Threshold | undefined,
): Metrics {
  if (threshold === undefined) return {};
  const above = (rows: readonly number[]) =>
    wilson(rows.filter((row) => scores[row] > threshold.value).length, rows.length);
  const estimator = `above the ${threshold.quantile}-quantile of ${countText(threshold.samples)} normal ` +
    "samples held out of training";
  const info = { unit: "share of samples", split: "test", estimator } as const;
  return measuredMetrics({
    threshold: metric(threshold.value, { unit: "score", direction: "none", split: "validation", estimator }),
    falseAlarmRate: estimated(above(normal), { ...info, direction: "lower" }),
    detectionRate: estimated(above(anomalous), { ...info, direction: "higher" }),
  });
}

/** Features that are named for each sample. */
const NAMED = 3;

/** A feature to blame, in the units of the data. */
export interface Blame {
  readonly feature: string;
  /** Nats above those of a feature that is reconstructed exactly. */
  readonly part: number;
  readonly value: number;
  readonly expected: number;
}

/** The features to blame of each sample; nothing of pictures, whose pixels have no names. */
export function blameOf(
  engine: Engine,
  model: TrainedModel,
  { test, shape, featureNames }: Dataset,
): Blame[][] | undefined {
  if (isPicture(shape)) return undefined;
  const { shift, divisor } = scaleOf(test), size = sampleSize(shape);
  const names = featureNames ?? Array.from({ length: size }, (_, feature) => `feature ${feature + 1}`);
  const raw = ({ feature }: FeaturePart, value: number) =>
    value * divisor[feature % divisor.length] + shift[feature % shift.length];
  return largestParts(engine, model, test, NAMED).map((parts) =>
    parts.map((own) => ({
      feature: names[own.feature],
      part: own.part,
      value: raw(own, own.value),
      expected: raw(own, own.expected),
    }))
  );
}

/** What each test sample is called. */
const sampleNames = ({ test }: Dataset) => (row: number): string => test.names?.[row] ?? `#${row + 1}`;

const digits = (value: number) => Number(value.toPrecision(6));

/** The score of each test sample, its verdict, and the features to blame, as a table. */
export function scoresTable(
  dataset: Dataset,
  scores: Float64Array,
  threshold: Threshold | undefined,
  blame: readonly Blame[][] | undefined,
): string {
  const { test, labelNames } = dataset, nameOf = sampleNames(dataset);
  const places = Array.from(
    { length: blame === undefined ? 0 : blame[0]?.length ?? 0 },
    (_, place) => place + 1,
  );
  const columns = [
    "name",
    ...(test.labels === undefined ? [] : ["class"]),
    "score",
    ...(threshold === undefined ? [] : ["anomaly"]),
    ...places.flatMap((place) => [`feature${place}`, `part${place}`, `value${place}`, `expected${place}`]),
  ];
  const rows = Array.from(scores, (score, row): Cell[] => [
    nameOf(row),
    ...(test.labels === undefined ? [] : [labelNames?.[test.labels[row]]]),
    score,
    ...(threshold === undefined ? [] : [score > threshold.value ? 1 : 0]),
    ...(blame?.[row] ?? []).flatMap((
      own,
    ) => [own.feature, digits(own.part), digits(own.value), digits(own.expected)]),
  ]);
  return csv(columns, rows);
}

/** The samples that score highest, with the features to blame as text, for the report. */
export function mostAnomalous(
  dataset: Dataset,
  scores: Float64Array,
  blame: readonly Blame[][],
  most: number,
): object[] {
  const { test, labelNames } = dataset, nameOf = sampleNames(dataset);
  const rows = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]).slice(0, most);
  return rows.map((row) => ({
    sample: nameOf(row),
    ...(test.labels === undefined ? {} : { class: labelNames?.[test.labels[row]] }),
    score: digits(scores[row]),
    "features to blame": blame[row].map(blameText).join("; "),
  }));
}

/** `worst area 2019, expected 935.3 (577.7 nats)`. */
function blameText({ feature, value, expected, part }: Blame): string {
  const short = (number: number) => String(Number(number.toPrecision(4)));
  return `${feature} ${short(value)}, expected ${short(expected)} (${short(part)} nats)`;
}
