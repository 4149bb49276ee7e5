/** The stage that writes the model and its pictures for others to read. @module */
import { isPicture } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { testClassFaults } from "../test_classes.ts";
import { type Stage, stageOf } from "../../pipeline/stage.ts";
import { type ExportRunOptions, type ExportRunOutput, ExportRunSettings } from "./settings.ts";

const definition: ModelStageDefinition<
  ExportRunSettings,
  { dataset: Dataset; model: TrainedModel },
  ExportRunOutput
> = {
  kind: "exportRun",
  version: 2,
  models: { autoencoder: true, variational: true, vectorQuantised: true, conditional: true },
  inputs: ["dataset", "model"],
  optionalInputs: ["noise"],
  outputs: ["exported"],
  schema: ExportRunSettings,
  plan: ({ formats, pictures, latents }, facts) => {
    const { shape } = facts;
    const shown = shape === undefined || isPicture(shape) ? "pictures" : "reconstructions";
    return {
      lines: [
        [...formats, ...(pictures ? [shown] : []), ...(latents === null ? [] : ["latents"])].join(", "),
      ],
      faults: pictures || latents !== null ? testClassFaults(facts) : [],
    };
  },
  run: async (...given) => (await import("./run.ts")).runExportRun(...given),
};

/**
 * Writes the model (safetensors, and TensorFlow.js layers-models of the whole, the encoder and the decoder) and sheets of pictures
 * to the run's `artifacts/`. `metrics.json` lies there too; the runner keeps it up to date after every stage.
 */
export function exportRun(
  options: ExportRunOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, ExportRunOutput> {
  return stageOf(definition, options);
}
