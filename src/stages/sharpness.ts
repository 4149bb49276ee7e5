/** The stage that measures whether images far from their class are reconstructed less sharply. @module */
import { z } from "zod";
import { meanInterval, spearman, spearmanWithin } from "../analysis/statistics/intervals.ts";
import { exampleRows } from "../analysis/reconstruction/preview.ts";
import { type SharpnessPair, type SharpnessPairs, sharpnessPairs } from "../analysis/novelty/sharpness.ts";
import { RunError } from "../core/errors.ts";
import { sampleSize } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { pickFromSplit, sliceSplit } from "../data/parts.ts";
import { encodePng } from "../export/pictures.ts";
import { LABEL_COLOURS, scatterPicture } from "../export/scatter.ts";
import type { Tile } from "../export/sheet.ts";
import type { TrainedModel } from "../models/trained.ts";
import type { ModelStageDefinition } from "./model_stage.ts";
import { testClassFaults } from "./test_classes.ts";
import { engineOf } from "./engine.ts";
import { estimated, measuredMetrics, metric, metricValues } from "../pipeline/metric.ts";
import { sampleTiles } from "./tiles.ts";
import { type Stage, type StageContext, stageOf } from "../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  measure: z.enum(["gradient", "laplacian"]).default("gradient"),
  count: z.int().min(1).max(100000).default(10000),
});
type Options = z.infer<typeof Options>;

/** Options for {@link sharpness}. */
export interface SharpnessOptions {
  /** The stage's name, also of its files. @default {"sharpness"} */
  name?: string;
  /** The mean length of the gradient, or the mean square of the Laplacian, in which finer detail weighs more. @default {"gradient"} */
  measure?: "gradient" | "laplacian";
  /** How many test images at most, the first ones. @default {10000} */
  count?: number;
}

/** Outputs of {@link sharpness}. */
export interface SharpnessOutput {
  /** Distance and sharpness of each test image. */
  sharpness: SharpnessPairs;
}

/** The most points of the plot. */
const POINTS = 3000;

const definition: ModelStageDefinition<Options, { dataset: Dataset; model: TrainedModel }, SharpnessOutput> =
  {
    kind: "sharpness",
    version: 3,
    models: { autoencoder: true, variational: true, vectorQuantised: true, conditional: true },
    inputs: ["dataset", "model"],
    outputs: ["sharpness"],
    schema: Options,
    plan: ({ measure, count }, facts) => ({
      lines: [`by the ${measure} of at most ${count} test images and what is reconstructed of them`],
      faults: testClassFaults(facts),
    }),
    async run({ dataset, model }, { measure, count }, context) {
      const { test, shape } = dataset;
      const shown = { ...dataset, test: sliceSplit(test, sampleSize(shape), 0, Math.min(count, test.count)) };
      const found = sharpnessPairs({ engine: await engineOf(context), model, dataset: shown, measure });
      checkFinite(found.pairs);
      const rank = spearman(...columnsOf(found.pairs));
      const classes = Map.groupBy(found.pairs, ({ label }) => label);
      const within = spearmanWithin([...classes.values()].map((pairs) => {
        const [first, second] = columnsOf(pairs);
        return { first, second };
      }));
      const correlation = { unit: "from -1 to 1", direction: "none", split: "test" } as const;
      const metrics = measuredMetrics({
        samples: metric(found.pairs.length, { unit: "images", direction: "none", split: "test" }),
        sharpness: estimated(meanInterval(found.pairs.map(({ sharpness }) => sharpness)), {
          unit: "ratio",
          direction: "higher",
          split: "test",
          estimator: `by the ${measure}`,
        }),
        spearman: estimated(rank, correlation),
        spearmanWithin: classes.size > 1
          ? estimated(within, { ...correlation, estimator: "mean of the classes' own" })
          : undefined,
      });
      await writePairs(found, dataset, measure, context);
      return { outputs: { sharpness: found }, metrics, note: noteOf(found, metricValues(metrics), dataset) };
    },
  };

function columnsOf(pairs: readonly SharpnessPair[]): [distances: number[], sharpness: number[]] {
  return [pairs.map(({ distance }) => distance), pairs.map(({ sharpness }) => sharpness)];
}

function checkFinite(pairs: readonly SharpnessPair[]): void {
  const wrong = pairs.find(({ distance, sharpness }) => !Number.isFinite(distance + sharpness));
  if (wrong === undefined) return;
  throw new RunError(
    `reconstructions and latent points must be finite numbers, got ` +
      `${wrong.sharpness} and ${wrong.distance}; the training has diverged`,
  );
}

function noteOf(
  { pairs, flat, unknown }: SharpnessPairs,
  metrics: Readonly<Record<string, number>>,
  dataset: Dataset,
): string {
  const { spearman: rank, spearmanLow: low, spearmanHigh: high, spearmanWithin: within } = metrics;
  const parts = pairs.length === 0
    ? ["no image to measure"]
    : [`reconstructed images have ${(100 * metrics.sharpness).toFixed(1)} % of the originals' sharpness`];
  if (rank === undefined) parts.push("no rank correlation: one side does not vary");
  else {
    const interval = low === undefined ? "" : ` (${low.toFixed(3)} to ${high.toFixed(3)})`;
    const inside = within === undefined ? "" : `, within classes ${within.toFixed(3)}`;
    parts.push(
      `rank correlation with the distance from the class centre ${rank.toFixed(3)}${interval}${inside}`,
    );
  }
  if (dataset.train.labels === undefined) parts.push("no labels: all images are one class");
  if (unknown > 0) parts.push(`${unknown} left out whose class no training image has`);
  if (flat > 0) parts.push(`${flat} left out that have no edge`);
  return parts.join("; ");
}

async function writePairs(
  { pairs }: SharpnessPairs,
  dataset: Dataset,
  measure: string,
  context: StageContext,
): Promise<void> {
  const rounded = (value: number) => Number(value.toPrecision(6));
  const content = {
    columns: ["distance", "sharpness", "label"],
    units: ["Euclidean distance from the class centre", `${measure}, share of the original's`, "class"],
    labelNames: dataset.labelNames ?? [],
    pairs: pairs.map(({ distance, sharpness, label }) => [rounded(distance), rounded(sharpness), label]),
  };
  const title = "distance from the class centre and sharpness, image by image";
  await context.writeArtifact(`${context.name}.json`, title, JSON.stringify(content));
  if (pairs.length === 0) return;
  const drawn = pairs.slice(0, POINTS);
  const picture = scatterPicture(drawn.map(({ distance, sharpness }) => [distance, sharpness] as const), {
    labels: drawn.map(({ label }) => label),
    legend: legendOf(dataset),
    axes: "free",
  });
  await context.writeArtifact(
    `${context.name}.png`,
    "upwards the sharpness of reconstructed images as a share of the originals', to the right the distance from the class centre",
    await encodePng(picture),
  );
}

/** An example of each class, when all classes have one and a colour of their own. */
function legendOf({ test, labelNames, shape }: Dataset): Tile[] | undefined {
  const classes = labelNames?.length ?? 0;
  if (test.labels === undefined || classes === 0 || classes > LABEL_COLOURS.length) return undefined;
  const examples = exampleRows(test, classes).filter((row, label) => test.labels![row] === label);
  if (examples.length < classes) return undefined;
  return sampleTiles({ shape }, pickFromSplit(test, sampleSize(shape), examples));
}

/**
 * Measures how sharp reconstructed test images are, as a share of the originals' sharpness, against the distance of their latent mean from the
 * centre of their class (the mean of its training images' latent means).
 *
 * Numbers, with the ends of their 95 % intervals as `...Low` and `...High`: `sharpness` (mean share), `spearman` (rank correlation of
 * distance and sharpness: below 0, far images are reconstructed less sharply) and `spearmanWithin`, the mean of the classes' own, in which
 * differences between classes have no part; `samples`. Files: the pairs as a plot and as JSON.
 */
export function sharpness(
  options: SharpnessOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, SharpnessOutput> {
  return stageOf(definition, options);
}
