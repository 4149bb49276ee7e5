/** What came of a search for anomalies, in numbers, pictures and words. @module */
import { BASELINE_NAMES, type BaselineName } from "../../analysis/anomaly/anomaly_baselines.ts";
import { type Auroc, aurocDifference, rocPoints, thinnedRoc } from "../../analysis/anomaly/roc.ts";
import { type SampleNouns, sampleSize } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { pickFromSplit } from "../../data/parts.ts";
import type { Tile } from "../../export/sheet.ts";
import { blankTile, sampleTiles } from "../tiles.ts";
import type { AnomalyProtocol, Groups } from "./protocol.ts";
import { areaMetric } from "../area_metric.ts";
import { estimated, measuredMetrics, type Metric, metric, type Metrics } from "../../pipeline/metric.ts";

/** The scores of the test images by name; higher is more anomalous. */
export type Scores = ReadonlyMap<string, Float64Array>;

/** How images were scored. */
export interface ScoredBy {
  readonly protocol: AnomalyProtocol;
  readonly score: string;
}

/** The scores of the normal and of the anomalous images. */
export function parted(scores: Float64Array, { normal, anomalous }: Groups): [Float64Array, Float64Array] {
  const pick = (rows: readonly number[]) => Float64Array.from(rows, (row) => scores[row]);
  return [pick(normal), pick(anomalous)];
}

/** A row of the normal images that score highest, and one of the anomalies that score lowest; black where there are fewer. */
export function misranked(
  scores: Float64Array,
  { normal, anomalous }: Groups,
  { test, shape }: Dataset,
  most: number,
): Tile[] {
  const blank = blankTile(shape);
  const row = (rows: readonly number[]) => {
    const tiles = sampleTiles({ shape }, pickFromSplit(test, sampleSize(shape), rows.slice(0, most)));
    return Array.from({ length: most }, (_, place) => tiles[place] ?? blank);
  };
  return [
    ...row(normal.toSorted((a, b) => scores[b] - scores[a])),
    ...row(anomalous.toSorted((a, b) => scores[a] - scores[b])),
  ];
}

/** The task as text. */
const TASKS: Readonly<Record<AnomalyProtocol, string>> = {
  oneNormal: "one class is normal",
  oneAnomalous: "one class is anomalous",
};

/** The areas of all scores, and how far the chosen one is above the baselines. */
export function anomalyMetrics(
  scores: Scores,
  areas: ReadonlyMap<string, Auroc>,
  groups: Groups,
  { protocol, score, nouns }: ScoredBy & { readonly nouns: SampleNouns },
): Metrics {
  const split = "test", source = { split, estimator: TASKS[protocol] } as const;
  const metrics: Record<string, Metric | undefined> = { auroc: areaMetric(areas.get(score)!, source) };
  for (const [name, area] of areas) {
    const { interval: _, ...own } = areaMetric(area, { split, estimator: `${TASKS[protocol]}, by ${name}` });
    metrics[`auroc.${name}`] = own;
  }
  const own = parted(scores.get(score)!, groups);
  for (const baseline of BASELINE_NAMES.filter((name) => scores.has(name))) {
    const difference = aurocDifference(own, parted(scores.get(baseline)!, groups));
    metrics[`aurocDifference.${baseline}`] = estimated(difference, {
      unit: "share difference",
      direction: "higher",
      split,
      estimator: `paired by ${nouns.sample}`,
    });
  }
  const counted = { unit: nouns.samples, direction: "none", split } as const;
  const noun = nouns.samples === "images" ? "Images" : "Samples";
  return {
    ...measuredMetrics(metrics),
    [`normal${noun}`]: metric(groups.normal.length, counted),
    [`anomalous${noun}`]: metric(groups.anomalous.length, counted),
  };
}

/** The curves and areas of all scores, for the report. */
export function rawOf(
  scores: Scores,
  areas: ReadonlyMap<string, Auroc>,
  groups: Groups,
  { protocol, score }: ScoredBy,
): object {
  const curves = [...scores].map(([name, values]) => {
    const points = thinnedRoc(rocPoints(...parted(values, groups)));
    return [name, {
      ...areas.get(name),
      points: points.map(({ falseAlarms, found }) => [falseAlarms, found]),
    }];
  });
  return { protocol, class: groups.className, score, curves: Object.fromEntries(curves) };
}

const BASELINE_TEXTS: Readonly<Record<BaselineName, string>> = {
  isolationForest: "isolation forest",
  neighbours: "nearest neighbours",
  smoothedIsolationForest: "isolation forest on smoothed images",
  smoothedNeighbours: "nearest neighbours on smoothed images",
  edgeNeighbours: "nearest neighbours of edge maps",
};

/** The protocol and what came of it, in a sentence. */
export function anomalyNote(
  areas: ReadonlyMap<string, Auroc>,
  { className }: Groups,
  { protocol, score }: ScoredBy,
): string {
  const { value, interval } = areas.get(score)!;
  const digits = (number: number) => number.toFixed(4);
  const range = ` (95 % interval ${interval.map(digits).join(" to ")})`;
  const others = BASELINE_NAMES.flatMap((name) => {
    const area = areas.get(name);
    return area === undefined ? [] : [`${BASELINE_TEXTS[name]} ${digits(area.value)}`];
  });
  const protocolText = protocol === "oneNormal" ? "normal" : "anomalous";
  return `"${className}" ${protocolText}, all else ${
    protocol === "oneNormal" ? "anomalous" : "normal"
  }: AUROC ${digits(value)}${range} by ${score}${
    others.length === 0 ? "" : `; without a model: ${others.join(", ")}`
  }`;
}
