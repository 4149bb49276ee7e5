/** The work of the stage anomaly, which is loaded when it runs. @module */
import { anomalyScorer } from "../../analysis/anomaly/anomaly_scores.ts";
import type { ScoreName } from "../../analysis/anomaly/score_names.ts";
import { baselineScores } from "../../analysis/anomaly/anomaly_baselines.ts";
import { auroc } from "../../analysis/anomaly/roc.ts";
import { RunError } from "../../core/errors.ts";
import { isPicture, nounsOf, sampleSize } from "../../core/shape.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import { firstOfSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import { encodePng } from "../../export/pictures.ts";
import { sheet } from "../../export/sheet.ts";
import { likelihoodOf, OWN_LIKELIHOODS } from "../../models/likelihoods/table.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { anomalyConditions } from "./conditions.ts";
import { type Groups, groupsOf } from "./protocol.ts";
import {
  blameOf,
  heldOutNormal,
  mostAnomalous,
  scoresTable,
  type Threshold,
  thresholdOf,
  verdictMetrics,
} from "./verdicts.ts";
import { anomalyMetrics, anomalyNote, misranked, parted, rawOf } from "./report.ts";
import { engineOf } from "../engine.ts";
import type { Metric, Metrics } from "../../pipeline/metric.ts";
import type { StageContext, StageResult } from "../../pipeline/stage.ts";
import { type AnomalyOutput, type AnomalySettings, vectorFaults } from "./settings.ts";

/** Scores the test samples; see `anomaly`. */
export async function runAnomaly(
  { dataset, model }: { dataset: Dataset; model: TrainedModel },
  options: AnomalySettings,
  context: StageContext,
): Promise<StageResult<AnomalyOutput>> {
  const [fault] = isPicture(dataset.shape) ? [] : vectorFaults(options);
  if (fault !== undefined) throw new RunError(`${fault.path} ${fault.message}`);
  const groups = groupsOf(dataset, options.protocol, options.class);
  const engine = await engineOf(context);
  const score = scorer(engine, model, dataset, options);
  const scores = new Map<string, Float64Array>(score(dataset.test)), chosen = scores.get(options.score);
  if (chosen === undefined) throw new RunError(missingScore(options.score, model));
  const held = heldOutNormal(dataset);
  const threshold = held && thresholdOf(score(held).get(options.score)!, options.quantile);
  if (options.baselines && !context.signal.aborted) {
    const { train, test, shape } = dataset, { baselineImages, k, smoothing } = options, { seed } = context;
    const known = firstOfSplit(train, sampleSize(shape), baselineImages ?? Infinity);
    const baselines = baselineScores({ engine, train: known, test, shape, k, smoothing, seed });
    for (const [name, values] of baselines) scores.set(name, values);
  }
  const areas = new Map([...scores].map(([name, values]) => [name, auroc(...parted(values, groups))]));
  await writeArtifacts({ engine, model, dataset, options, context, groups, chosen, threshold }, {
    ...rawOf(scores, areas, groups, options),
    ...(threshold && { threshold }),
  });
  return {
    outputs: { anomalyScores: chosen },
    metrics: {
      ...anomalyMetrics(scores, areas, groups, { ...options, nouns: nounsOf(dataset.shape) }),
      ...verdictMetrics(chosen, groups, threshold),
    },
    note: anomalyNote(areas, groups, options) +
      thresholdText(threshold, verdictMetrics(chosen, groups, threshold)),
    conditions: anomalyConditions({ ...options, threshold, shape: dataset.shape }, groups, {
      latents: Math.min(options.trainImages, dataset.train.count),
      known: Math.min(options.baselineImages ?? Infinity, dataset.train.count),
    }),
  };
}

/** Why a model has no such score. */
function missingScore(score: ScoreName, { spec }: TrainedModel): string {
  if (score === "elbo") return `model must be a vae for the score elbo, got ${spec.kind}`;
  return `model.loss must be one of ${
    OWN_LIKELIHOODS.map((name) => `"${name}"`).join(", ")
  } for the score likelihood, got "${likelihoodOf(spec).kind}" (choose another score)`;
}

function scorer(
  engine: Engine,
  model: TrainedModel,
  { train, shape }: Dataset,
  { trainImages, k, smoothing, latentWeight, edgeWeight }: AnomalySettings,
): (split: Split) => Map<ScoreName, Float64Array> {
  const known = firstOfSplit(train, sampleSize(shape), trainImages);
  return anomalyScorer({ engine, model, train: known, k, smoothing, latentWeight, edgeWeight });
}

/** What came of a search. */
interface Found {
  readonly engine: Engine;
  readonly model: TrainedModel;
  readonly dataset: Dataset;
  readonly options: AnomalySettings;
  readonly context: StageContext;
  readonly groups: Groups;
  /** The chosen score of each test sample. */
  readonly chosen: Float64Array;
  readonly threshold: Threshold | undefined;
}

/** Pictures that were misranked, the curves, and the score of each sample with the features to blame. */
async function writeArtifacts(
  { engine, model, dataset, options, context, groups, chosen, threshold }: Found,
  raw: object,
): Promise<void> {
  const { name } = context, blame = blameOf(engine, model, dataset);
  if (blame === undefined) {
    const picture = sheet(misranked(chosen, groups, dataset, options.shown), { columns: options.shown });
    const title = "the normal images that look most anomalous, then the anomalies that look most normal";
    await context.writeArtifact(`${name}.png`, title, await encodePng(picture));
  }
  await context.writeArtifact(`${name}.json`, "the ROC curves", JSON.stringify(raw) + "\n");
  if (blame !== undefined) {
    const rows = mostAnomalous(dataset, chosen, blame, options.shown);
    const title = "the test samples that score highest, and the features to blame";
    await context.writeArtifact(`${name}-samples.json`, title, JSON.stringify(rows) + "\n");
  }
  const title = `the score of each test ${nounsOf(dataset.shape).sample}`;
  await context.writeArtifact(`${name}.csv`, title, scoresTable(dataset, chosen, threshold, blame));
}

function thresholdText(threshold: Threshold | undefined, { falseAlarmRate, detectionRate }: Metrics): string {
  if (threshold === undefined) return "";
  const percent = ({ value }: Metric) => `${(100 * value).toFixed(1)} %`;
  return `; above ${threshold.value.toPrecision(4)}: ${percent(detectionRate)} of anomalies, ${
    percent(falseAlarmRate)
  } of normal samples`;
}
