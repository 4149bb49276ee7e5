/** The work of the stage train, which is loaded when it runs. @module */
import { RunError } from "../../core/errors.ts";
import { measureUse } from "../../analysis/anomaly/sample_scores.ts";
import { type Dataset, kindOfSamples, scaleOf, type Split } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import { hiddenFirst } from "../../models/fit_model.ts";
import type { ModelSpec } from "../../models/spec.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { ModelUse } from "../../models/use.ts";
import type { FitOutcome, FitResult } from "../../training/contract.ts";
import { fit } from "../../training/fit.ts";
import { engineOf } from "../engine.ts";
import type { StageContext, StageResult } from "../../pipeline/stage.ts";
import type { NoiseOutput } from "../noise.ts";
import { startOf } from "./initial.ts";
import { modelFor, trainingSplits } from "./data.ts";
import { checkpointsOf, keepWeights } from "./checkpoints.ts";
import { NO_VALIDATION } from "./plan.ts";
import { untilChecker } from "./until.ts";
import { healthReporter, type Reported } from "./health.ts";
import { trainingPreviews } from "./previews.ts";
import { NO_REPORT, type ReportedTraining, type TrainingReporter, trainingReporter } from "./report.ts";
import type { TrainOutput, TrainSettings } from "./settings.ts";

/** Trains a model; see `train`. */
export async function runTraining(
  input: { dataset: Dataset },
  written: TrainSettings,
  context: StageContext,
): Promise<StageResult<TrainOutput>> {
  const { dataset, noise } = input as { dataset: Dataset } & Partial<NoiseOutput>;
  const settings = { ...written, model: modelFor(written.model, dataset) };
  const { train, validation } = trainingSplits(dataset, settings.validationShare);
  checkValidation(settings, dataset, context);
  const engine = await engineOf(context);
  const monitor = validation !== undefined && settings.monitor !== "loss" ? "validation" : "loss";
  const reported: Reported = { collapse: false };
  const checkpoints = checkpointsOf(settings, context, reported);
  const report = reporterOf({ settings, train, validation, monitor, context }, {
    engine,
    dataset,
    noise,
    reported,
  });
  const until = untilChecker(settings, { engine, dataset, train });
  if (checkpoints.found === undefined) {
    const message = hiddenFirst(written.model, dataset.shape);
    if (message !== undefined) context.emit({ type: "log", message });
    report.started();
  }
  const result = fit({
    engine,
    model: settings.model,
    data: { train, validation, corruption: noise?.corruption, freshNoise: noise?.everyEpoch ?? true },
    options: { ...settings, monitor },
    seed: context.seed,
    ...startOf(settings),
    signal: context.signal,
    collective: context.collective,
    checkpoints,
    isReached: until?.isReached,
    onEpoch: report.epoch,
    progress: context.progress,
  });
  until?.close();
  const isUsed = context.isOutputUsed !== false;
  const model = modelOf(settings.model, result, dataset, { train, validation, isUsed }, engine);
  await keepWeights(model, result, context);
  return { outputs: { model }, isUnfinished: result.outcome === "stopped", ...report.result(result) };
}

/** What reports a training: nothing where another process of the same training does. */
function reporterOf(
  training: ReportedTraining,
  { engine, dataset, noise, reported }: {
    readonly engine: Engine;
    readonly dataset: Dataset;
    readonly noise: NoiseOutput["noise"] | undefined;
    readonly reported: Reported;
  },
): TrainingReporter {
  const { settings, train, validation, context } = training;
  if (context.collective !== undefined && context.collective.rank > 0) return NO_REPORT;
  const split = validation ?? train;
  const previews = trainingPreviews({ engine, settings, dataset, split, noise, context });
  const health = healthReporter({ engine, settings, train, validation, context, reported });
  return trainingReporter(training, previews, health);
}

/** The model that a training has made, with what its use needs to know of the data. */
function modelOf(
  spec: ModelSpec,
  { parameters, patience, outcome }: FitResult,
  dataset: Dataset,
  splits: TrainingSplits,
  engine: Engine,
): TrainedModel {
  const { shape, featureNames } = dataset;
  const fitted = {
    spec,
    parameters,
    shape,
    scale: scaleOf(splits.train),
    ...(featureNames && { featureNames }),
    epoch: patience.bestEpoch,
  };
  return { ...fitted, use: useOf(engine, fitted, outcome, dataset, splits) };
}

interface TrainingSplits {
  readonly train: Split;
  readonly validation?: Split;
  /** Whether the model will be used in this process. */
  readonly isUsed: boolean;
}

/** What is recorded with the model for its use; without scores where the training failed, whose weights may give none, or where nothing uses it. */
function useOf(
  engine: Engine,
  model: TrainedModel,
  outcome: FitOutcome,
  { binarisation = "grey", test, train: { resampled }, labelNames, preparation }: Dataset,
  { isUsed, ...splits }: TrainingSplits,
): ModelUse {
  const isMeasured = isUsed && outcome !== "failed" && outcome !== "diverged";
  return {
    values: kindOfSamples(splits.train),
    ...(preparation && { preparation }),
    ...(labelNames === undefined ? {} : { labelNames: [...labelNames] }),
    ...(binarisation === "threshold" ? { binarised: "threshold" } : {}),
    ...(resampled === undefined ? {} : { binarised: { seed: resampled } }),
    ...(isMeasured ? measureUse(engine, model, { ...splits, test }) : {}),
  };
}

/** Reports a share that is not used. @throws {RunError} When the validation loss is monitored and there is none. */
function checkValidation(
  { monitor, validationShare }: TrainSettings,
  { name, validation }: Dataset,
  { emit }: StageContext,
): void {
  if (validation !== undefined && validationShare > 0) {
    const message = `validationShare is not used: ${name} has a validation split of its own`;
    emit({ type: "log", message });
  }
  if (monitor === "validation" && validation === undefined && validationShare === 0) {
    throw new RunError(`monitor ${NO_VALIDATION}`);
  }
}
