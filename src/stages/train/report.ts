/** What a training reports while it runs, and at its end. @module */
import { collapse } from "../../analysis/latent/collapse.ts";
import { healthMeter, type LatentHealth } from "../../analysis/latent/health.ts";
import {
  isPreviewed,
  lastPreviewed,
  latentScatter,
  previewer,
} from "../../analysis/reconstruction/preview.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import type { Engine, Floats } from "../../engine/engine.ts";
import { describeModel } from "../../models/layers.ts";
import { lossUnit } from "../../models/spec.ts";
import { modelSize } from "../../models/tensors.ts";
import type { StageContext, StageResult } from "../../pipeline/stage.ts";
import type { EpochReport, FitResult } from "../../training/contract.ts";
import type { NoiseSetting } from "../noise.ts";
import type { TrainSettings } from "./settings.ts";

/** What to report on. */
interface Training {
  readonly engine: Engine;
  readonly settings: TrainSettings;
  readonly dataset: Dataset;
  readonly train: Split;
  readonly validation?: Split;
  readonly noise?: NoiseSetting;
  readonly monitor: "loss" | "validation";
  readonly context: StageContext;
  /** What was reported already, so that a resumed training does not repeat it. */
  readonly reported: Reported;
}

/** What is reported once per training. */
export interface Reported {
  collapse: boolean;
}

/** Turns the loop's reports into events, and its result into a note and metrics. */
export function trainingReporter(
  { engine, settings, dataset, train, validation, noise, monitor, context, reported }: Training,
) {
  const { model } = settings;
  const { height, width } = dataset;
  const shown = settings.previews ? previews() : { show() {}, close() {} };
  const health = healthMeter({ engine, spec: model, split: validation ?? train });

  function previews(): { show(epoch: number, parameters: Floats): void; close(): void } {
    const split = validation ?? train;
    const { render, close } = previewer({
      engine,
      model: { spec: model, height, width },
      dataset,
      split,
      corruption: noise?.corruption,
      seed: context.seed,
    });
    function show(epoch: number, parameters: Floats): void {
      const items = render(parameters).map(({ label, target, input, output }) => ({
        label,
        target: target.toBase64(),
        input: input.toBase64(),
        output: output.toBase64(),
      }));
      context.emit({ type: "preview", epoch, height, width, items });
      if (model.latent !== 2) return;
      const trained = { spec: model, parameters: Float32Array.from(parameters), height, width };
      const prior = model.kind === "vae" ? "normal" as const : undefined;
      context.emit({ type: "latent", epoch, ...latentScatter(engine, trained, dataset, split), prior });
    }
    return { show, close };
  }

  function collapseOf(measured: LatentHealth, epoch: number, isEnd = false): string | undefined {
    const steps = epoch * Math.ceil(train.count * settings.repeats / settings.batchSize);
    return model.kind === "vae" ? collapse(measured, model, { epoch, steps, isEnd }) : undefined;
  }

  function reportHealth(epoch: number, measured: LatentHealth, message: string | undefined): void {
    const split = validation === undefined ? "train" : "validation";
    context.emit({ type: "health", epoch, split, ...measured, collapse: message });
    if (message === undefined || reported.collapse) return;
    reported.collapse = true;
    context.emit({ type: "warning", message });
  }

  /** The health of the weights that the training returns, where no event has reported it with the same verdict. */
  function reportFinalHealth({ parameters, epochs, patience: { bestEpoch } }: FitResult): void {
    if (bestEpoch === 0) return;
    const measured = health.measure(parameters), message = collapseOf(measured, bestEpoch, true);
    // From the epochs alone, not from what this process has emitted, so that a resumed training reports the same.
    const isReported = isPreviewed(bestEpoch) && lastPreviewed(epochs) === bestEpoch &&
      collapseOf(measured, bestEpoch) === message;
    if (!isReported) reportHealth(bestEpoch, measured, message);
  }

  return {
    started(): void {
      context.emit({
        type: "training",
        model: describeModel(model),
        parameters: modelSize(model),
        epochs: settings.epochs,
        batchSize: settings.batchSize,
        samples: train.count * settings.repeats,
        validationSamples: validation?.count ?? 0,
        patience: settings.patience,
        minDelta: settings.minDelta,
        monitor,
        unit: lossUnit(model),
      });
    },
    epoch(
      { epoch, loss, validation, parts, patience, learningRate, seconds, parameters }: EpochReport,
    ): void {
      const { best, bestEpoch, epochsWithoutImprovement } = patience;
      context.emit({
        type: "epoch",
        epoch,
        loss,
        validation,
        parts,
        best,
        bestEpoch,
        waited: epochsWithoutImprovement,
        learningRate,
        seconds,
      });
      if (!isPreviewed(epoch)) return;
      shown.show(epoch, parameters);
      const measured = health.measure(parameters);
      reportHealth(epoch, measured, collapseOf(measured, epoch));
    },
    result(fitted: FitResult): Omit<StageResult<object>, "outputs"> {
      shown.close();
      reportFinalHealth(fitted);
      health.close();
      const { seconds } = fitted;
      const samples = fitted.epochs * train.count * settings.repeats;
      const { bestEpoch, best } = fitted.patience;
      const end = endOf(fitted, settings);
      return {
        note: bestEpoch === 0 ? end : `${end}; best ${monitor} ${best.toPrecision(6)} at epoch ${bestEpoch}`,
        metrics: {
          epochs: fitted.epochs,
          bestEpoch,
          // There are none when it was stopped in its first epoch.
          ...(bestEpoch === 0 ? {} : { bestLoss: best }),
          ...(Number.isFinite(fitted.lastLoss) ? { lastLoss: fitted.lastLoss } : {}),
          parameters: modelSize(model),
          seconds,
          samplesPerSecond: samples / seconds,
        },
      };
    },
  };
}

function endOf({ outcome, epochs }: FitResult, { patience, until }: TrainSettings): string {
  const count = `${epochs.toLocaleString("en-US")} ${epochs === 1 ? "epoch" : "epochs"}`;
  if (outcome === "reached") return `${count}, until ${until}`;
  if (outcome === "patience") return `${count}, stopped early: ${patience} without improvement`;
  return outcome === "stopped" ? `stopped after ${count}` : count;
}
