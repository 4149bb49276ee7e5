/** What a training reports while it runs, and at its end. @module */
import { plural } from "../../core/amounts.ts";
import { isPreviewed } from "../../analysis/reconstruction/preview.ts";
import type { Split } from "../../data/dataset.ts";
import { describeModel } from "../../models/layers.ts";
import { klShare, klTarget } from "../../models/kl_schedule.ts";
import { lossUnit, type ModelSpec } from "../../models/spec.ts";
import { modelSize } from "../../models/tensors.ts";
import { measuredMetrics, metric, type Metrics } from "../../pipeline/metric.ts";
import type { StageContext, StageEvent, StageResult } from "../../pipeline/stage.ts";
import type { EpochReport, FitResult } from "../../training/contract.ts";
import type { HealthReporter } from "./health.ts";
import type { Previews } from "./previews.ts";
import type { TrainSettings } from "./settings.ts";

/** What to report on. */
export interface ReportedTraining {
  readonly settings: TrainSettings;
  readonly train: Split;
  readonly validation?: Split;
  readonly monitor: "loss" | "validation";
  readonly context: StageContext;
}

/** Reports a training. */
export interface TrainingReporter {
  started(): void;
  epoch(report: EpochReport): void;
  /** The note and the metrics of the stage. */
  result(fitted: FitResult): Omit<StageResult<object>, "outputs">;
}

/** Of a process that computes its share for another one, which reports. */
export const NO_REPORT: TrainingReporter = { started() {}, epoch() {}, result: () => ({}) };

/** Turns the loop's reports into events, and its result into a note and metrics. */
export function trainingReporter(
  training: ReportedTraining,
  previews: Previews,
  health: HealthReporter,
): TrainingReporter {
  const { context } = training;
  return {
    started: () => context.emit(startOf(training)),
    epoch(report) {
      const { epoch, parameters } = report;
      context.emit({ ...epochOf(report), ...klOf(training.settings.model, epoch - 1) });
      if (report.reduction !== undefined) {
        context.emit({ type: "learningRate", epoch, ...report.reduction });
      }
      if (!isPreviewed(epoch)) return;
      previews.show(epoch, parameters);
      health.epoch(epoch, parameters);
    },
    result(fitted) {
      previews.close();
      health.end(fitted);
      return resultOf(fitted, training);
    },
  };
}

/** The samples of all ranks, of shards about as many on each. */
function samplesOf({ count, shard }: Split): number {
  return count * (shard?.ranks ?? 1);
}

function startOf({ settings, train, validation, monitor }: ReportedTraining): StageEvent {
  const { model } = settings;
  return {
    type: "training",
    model: describeModel(model),
    parameters: modelSize(model),
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    samples: samplesOf(train) * settings.repeats,
    validationSamples: validation?.count ?? 0,
    patience: settings.patience,
    minDelta: settings.minDelta,
    ...settings.schedule.kind === "plateau" && { ratePatience: settings.schedule.patience },
    ...settings.maxSeconds !== undefined && { maxSeconds: settings.maxSeconds },
    ...settings.ema !== undefined && { ema: settings.ema },
    monitor,
    unit: lossUnit(model),
  };
}

function epochOf(report: EpochReport): Extract<StageEvent, { type: "epoch" }> {
  const { epoch, loss, validation, parts, patience, plateau, learningRate, seconds } = report;
  const { best, bestEpoch, epochsWithoutImprovement } = patience;
  return {
    type: "epoch",
    epoch,
    loss,
    validation,
    parts,
    best,
    bestEpoch,
    epochsWithoutImprovement,
    ...plateau && { epochsOnPlateau: plateau.epochsWithoutImprovement },
    learningRate,
    seconds,
  };
}

/** The weight of the KL in an epoch, counted from 0, or the capacity to which it is pulled, where a schedule changes it. */
function klOf(model: ModelSpec, epoch: number): { klWeight?: number; klTarget?: number } {
  if (model.kind !== "vae" || model.klSchedule.kind === "constant") return {};
  const { beta, klSchedule } = model;
  return klSchedule.kind === "capacity"
    ? { klTarget: klTarget(klSchedule, epoch) }
    : { klWeight: beta * klShare(klSchedule, epoch) };
}

function resultOf(
  fitted: FitResult,
  { settings, train, monitor }: ReportedTraining,
): Omit<StageResult<object>, "outputs"> {
  const samples = fitted.epochs * samplesOf(train) * settings.repeats;
  const { bestEpoch, best } = fitted.patience;
  const end = endOf(fitted, settings);
  return {
    note: bestEpoch === 0 ? end : `${end}; best ${monitor} ${best.toPrecision(6)} at epoch ${bestEpoch}`,
    metrics: metricsOf(fitted, settings, { samples, monitor }),
  };
}

function metricsOf(
  { epochs, patience: { best, bestEpoch }, lastLoss, seconds }: FitResult,
  { model }: TrainSettings,
  { samples, monitor }: { samples: number; monitor: ReportedTraining["monitor"] },
): Metrics {
  const loss = { unit: lossUnit(model), direction: "lower" } as const;
  return measuredMetrics({
    epochs: metric(epochs, { unit: "epochs", direction: "none" }),
    bestEpoch: metric(bestEpoch, { unit: "epoch", direction: "none" }),
    // There are no losses when it was stopped in its first epoch.
    bestLoss: bestEpoch === 0
      ? undefined
      : metric(best, { ...loss, split: monitor === "validation" ? "validation" : "train" }),
    lastLoss: Number.isFinite(lastLoss) ? metric(lastLoss, { ...loss, split: "train" }) : undefined,
    parameters: metric(modelSize(model), { unit: "parameters", direction: "none" }),
    seconds: metric(seconds, { unit: "seconds", direction: "lower" }),
    samplesPerSecond: metric(samples / seconds, { unit: "samples/s", direction: "higher" }),
  });
}

function endOf({ outcome, epochs }: FitResult, { patience, until, maxSeconds }: TrainSettings): string {
  const count = plural(epochs, "epoch");
  if (outcome === "reached") return `${count}, until ${until}`;
  if (outcome === "time") return `${count}, all that end within ${maxSeconds} s`;
  if (outcome === "patience") return `${count}, stopped early: ${patience} without improvement`;
  return outcome === "stopped" ? `stopped after ${count}` : count;
}
