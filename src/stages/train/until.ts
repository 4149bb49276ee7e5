/** When a training is good enough to end. @module */
import { type ReconstructionMeasures, reconstructionMeter } from "../../analysis/reconstruction/measure.ts";
import { holds, parseCondition } from "../../core/condition.ts";
import { type Dataset, scaleOf, type Split } from "../../data/dataset.ts";
import type { Engine, Floats } from "../../engine/engine.ts";
import type { TrainSettings } from "./settings.ts";

/** Prepares the check of a training's `until`; `undefined` without one. Close it at the end. */
export function untilChecker(
  { until, model }: TrainSettings,
  { engine, dataset: { shape }, train }: { engine: Engine; dataset: Dataset; train: Split },
): { isReached(parameters: Floats): boolean; close(): void } | undefined {
  const condition = until === null ? undefined : parseCondition(until);
  if (condition === undefined) return undefined;
  const trained = { spec: model, parameters: new Float32Array(0), shape, scale: scaleOf(train) };
  const { program, measure, close } = reconstructionMeter({ engine, model: trained, split: train });
  return {
    close,
    isReached(parameters) {
      program.parameters.set(parameters);
      return holds(condition, measure()[condition.what as keyof ReconstructionMeasures] ?? NaN);
    },
  };
}
