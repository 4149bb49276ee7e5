/** `reconstructions.csv`: features of test samples and their reconstruction, side by side, in the units of the data. @module */
import { evaluator, reconstruct } from "../../analysis/reconstruction/inference.ts";
import { captionOf } from "../../analysis/reconstruction/preview.ts";
import { unscaled } from "../../core/scale.ts";
import { sampleSize } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { sliceSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Cell, csv } from "../../export/tables/csv.ts";
import type { TrainedModel } from "../../models/trained.ts";

/** The most samples of the table. */
const SAMPLES = 1000;

const digits = (value: number) => Number(value.toPrecision(6));

/** The table; a VAE reconstructs through its posterior mean. */
export function reconstructionTable(engine: Engine, model: TrainedModel, dataset: Dataset): string {
  const { test, shape, labelNames } = dataset, size = sampleSize(shape);
  const names = dataset.featureNames ??
    Array.from({ length: size }, (_, feature) => `feature ${feature + 1}`);
  const shown = sliceSplit(test, size, 0, Math.min(test.count, SAMPLES));
  const evaluation = evaluator(engine, model, shown);
  const { targets, outputs } = reconstruct(evaluation, shown.count);
  evaluation.program.dispose();
  const [values, made] = [targets, outputs].map((block) => unscaled(model.scale, block));
  const hasClasses = shown.labels !== undefined && labelNames !== undefined;
  const columns = [
    "name",
    ...(hasClasses ? ["class"] : []),
    ...names.flatMap((name) => [name, `${name} (reconstructed)`]),
  ];
  const rows = Array.from({ length: shown.count }, (_, row): Cell[] => [
    captionOf(dataset, test, row),
    ...(hasClasses ? [labelNames[shown.labels![row]]] : []),
    ...names.flatMap((_name, feature) => [values, made].map((block) => digits(block[row * size + feature]))),
  ]);
  return csv(columns, rows);
}
