/** What a plan states of the size and the cost of a model. @module */
import { flops, valueBytes } from "../../graph/cost.ts";
import { threadsFor } from "../../engine/threads.ts";
import type { Fault } from "../../core/fault.ts";
import type { SampleShape } from "../../core/shape.ts";
import { fitModel, modelFaults } from "../../models/fit_model.ts";
import { describeModel } from "../../models/layers.ts";
import { trainingGraph } from "../../models/loss_graphs.ts";
import type { ModelClass } from "../../models/options.ts";
import type { ModelSpec } from "../../models/spec.ts";
import { modelSummary } from "../../models/summary.ts";
import { modelSize } from "../../models/tensors.ts";

/** The most results that are kept: those of the models of a sweep, which plans each of them many times. */
const MOST = 200;

/** A function of plain data that keeps its last results. */
function remembered<Arguments extends readonly unknown[], Result>(
  compute: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  const known = new Map<string, Result>();
  return (...given) => {
    const key = JSON.stringify(given);
    if (known.has(key)) return known.get(key)!;
    if (known.size >= MOST) known.clear();
    const result = compute(...given);
    known.set(key, result);
    return result;
  };
}

/** What does not fit of a model and the shape of its samples. */
export const faultsOfModel: (model: ModelSpec, shape: SampleShape) => readonly Fault[] = remembered(
  modelFaults,
);

/** The model of samples of this shape; it has no faults. */
export const fittedModel: (
  model: ModelSpec,
  shape: SampleShape,
  classes: readonly ModelClass[],
) => ModelSpec = remembered(fitModel);

/** The size and the cost of a fitted model. */
export interface ModelCost {
  readonly parameters: number;
  /** Floating-point operations of a step. */
  readonly flops: number;
  /** Bytes of all values of a step. */
  readonly bytes: number;
  /** The most threads that pay for a step. */
  readonly threads: number;
  /** The model in a line. */
  readonly description: string;
  /** Its layers. */
  readonly layers: readonly string[];
}

/** The size and the cost of a training step; `paired`: the inputs are corrupted. */
export const modelCost: (model: ModelSpec, batchSize: number, paired: boolean) => ModelCost = remembered(
  (model, batchSize, paired) => {
    const graph = trainingGraph(model, { paired });
    return {
      parameters: modelSize(model),
      flops: flops(graph, batchSize),
      bytes: valueBytes(graph, batchSize),
      threads: threadsFor(graph, batchSize),
      description: describeModel(model),
      layers: modelSummary(model),
    };
  },
);
