/** What the audit of novelty leaves behind: numbers, a note, galleries. @module */
import type { Audit, Share } from "../../analysis/novelty/audit.ts";
import { wilson } from "../../analysis/statistics/intervals.ts";
import type { NoveltyKind } from "../../analysis/novelty/novelty.ts";
import { sampleSize } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { pickFromSplit } from "../../data/parts.ts";
import { encodePng } from "../../export/pictures.ts";
import { comparisonSheet } from "../../export/sheet.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { StageContext } from "../../pipeline/stage.ts";
import { estimated, measuredMetrics, metric, type MetricInfo, type Metrics } from "../../pipeline/metric.ts";
import { modelTiles, sampleTiles } from "../tiles.ts";

/** How each kind is called in metrics, file names, the note and titles; the words in brackets are those of the exercise. */
const NAMES: Readonly<
  Record<
    NoveltyKind,
    { metric: string; direction: MetricInfo["direction"]; file: string; text: string; title: string }
  >
> = {
  nearDuplicate: {
    metric: "nearDuplicates",
    direction: "lower",
    file: "nearDuplicates",
    text: "near duplicates",
    title: "near duplicates (imitations), the closest to a training image first",
  },
  offManifold: {
    metric: "offManifold",
    direction: "lower",
    file: "offManifold",
    text: "off the manifold",
    title: "off the manifold (worms), the farthest from the training images first",
  },
  new: {
    metric: "novel",
    direction: "higher",
    file: "new",
    text: "new",
    title: "new images, in the order they were generated",
  },
};
const KINDS = Object.keys(NAMES) as NoveltyKind[];

/** The metrics of an audit. */
export function noveltyMetrics(audit: Audit): Metrics {
  const samples = audit.kinds.length;
  const descriptive = (unit: MetricInfo["unit"]) => ({ unit, direction: "none" }) as const;
  const counts = KINDS.map((kind) => {
    const { metric: name, direction } = NAMES[kind];
    const estimate = scaled(wilson(countOf(audit, kind), samples), samples);
    return [name, estimated(estimate, { unit: "images", direction })];
  });
  const { near, far } = audit.thresholds, { copying, sharpness } = audit;
  return measuredMetrics({
    samples: metric(samples, descriptive("images")),
    ...Object.fromEntries(counts),
    nearThreshold: metric(near, descriptive("pixel distance")),
    farThreshold: metric(far, descriptive("pixel distance")),
    authPct: percent(audit.authentic, "higher"),
    realAuthPct: percent(audit.realAuthentic, "none"),
    ...fillingMetrics(audit),
    generatedSharpness: sharpness === undefined
      ? undefined
      : metric(sharpness, { unit: "ratio", direction: "higher" }),
    cT: copying && metric(copying.cT, descriptive("z")),
    cTCells: copying && metric(copying.cells, descriptive("cells")),
  });
}

function percent(share: Share | undefined, direction: MetricInfo["direction"]) {
  return estimated(scaled(share && wilson(share.count, share.of), 100), { unit: "percent", direction });
}

/** An estimate in another unit. */
function scaled(estimate: ReturnType<typeof wilson>, scale: number) {
  return estimate && {
    value: estimate.value * scale,
    low: estimate.low * scale,
    high: estimate.high * scale,
  };
}

/** Density and coverage of the generated images, of real ones in their place, and the first relative to the second. */
function fillingMetrics({ filled, realFilled }: Audit) {
  const density = { unit: "ratio", direction: "higher" } as const;
  const coverage = { unit: "share of images", direction: "higher" } as const,
    ideal = { direction: "none" } as const;
  const ratio = (direction: "none" | "higher", own = NaN, real = NaN) =>
    real > 0 ? metric(own / real, { unit: "ratio", direction }) : undefined;
  return {
    density: estimated(filled?.density, density),
    coverage: estimated(filled?.coverage, coverage),
    realDensity: estimated(realFilled?.density, { ...density, ...ideal }),
    realCoverage: estimated(realFilled?.coverage, { ...coverage, ...ideal }),
    densityOfReal: ratio("none", filled?.density.value, realFilled?.density.value),
    coverageOfReal: ratio("higher", filled?.coverage.value, realFilled?.coverage.value),
  };
}

function countOf({ kinds }: Audit, kind: NoveltyKind): number {
  return kinds.filter((own) => own === kind).length;
}

/** The audit in one line; with the counts that real images would have by the same thresholds. */
export function noveltyNote(
  audit: Audit,
  source: string,
  { near, far }: { near: number; far: number },
): string {
  const count = audit.kinds.length;
  const amount = (kind: NoveltyKind, share: number) =>
    `${countOf(audit, kind)} ${NAMES[kind].text} (real images: about ${Math.round(share * count)})`;
  const found = [
    amount("nearDuplicate", near),
    amount("offManifold", 1 - far),
    `${countOf(audit, "new")} new`,
  ];
  const rests = audit.reference.length < FEW
    ? [`the thresholds rest on ${audit.reference.length} images`]
    : [];
  return [`${count} images from ${source}: ${found.join(", ")}`, ...rests, ...audit.missing].join("; ");
}

/** Fewer reference images than this leave the quantiles of 1 % and 99 % to a single one. */
const FEW = 100;

/** All distances of an audit, for a report that draws them. */
export function auditJson({ thresholds, reference, distances, kinds, nearest }: Audit): string {
  const rounded = (values: Float64Array) => Array.from(values, (value) => Number(value.toPrecision(7)));
  const generated = { distances: rounded(distances), nearest: [...nearest], kinds };
  return JSON.stringify({
    unit: "Euclidean distance, a pixel from 0 to 1",
    thresholds,
    heldOut: rounded(reference),
    generated,
  });
}

/** Writes a gallery of each kind that there is: each sample above, its nearest training image below. */
export async function writeGalleries(
  { audit, dataset, model, generated, shown }: {
    audit: Audit;
    dataset: Dataset;
    model: TrainedModel;
    generated: Float32Array;
    shown: number;
  },
  context: StageContext,
): Promise<void> {
  const { train, shape } = dataset, tiles = modelTiles(model, generated);
  for (const kind of KINDS) {
    const rows = examplesOf(audit, kind).slice(0, shown);
    if (rows.length === 0) continue;
    const nearest = pickFromSplit(train, sampleSize(shape), rows.map((row) => audit.nearest[row]));
    const below = sampleTiles(dataset, nearest);
    const samples = rows.map((row, at) => ({ target: tiles[row], output: below[at] }));
    const { file, title } = NAMES[kind];
    await context.writeArtifact(
      `${context.name}-${file}.png`,
      `${title}; below each its nearest training image`,
      await encodePng(comparisonSheet(samples, { threshold: null })),
    );
  }
}

/** The images of a kind, the most extreme first; new ones in the order they were generated, so that none is hand-picked. */
function examplesOf({ kinds, distances }: Audit, kind: NoveltyKind): number[] {
  const rows = kinds.flatMap((own, row) => own === kind ? [row] : []);
  if (kind === "new") return rows;
  const sign = kind === "offManifold" ? -1 : 1;
  return rows.sort((a, b) => sign * (distances[a] - distances[b]));
}
