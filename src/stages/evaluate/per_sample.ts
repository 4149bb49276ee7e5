/** The errors of each sample as a table. @module */
import { scoresOf, splitScores } from "../../analysis/anomaly/sample_scores.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Cell, csv } from "../../export/tables/csv.ts";
import type { TrainedModel } from "../../models/trained.ts";

/** A row for each sample of the given splits: split, name or number, class where there are labels, and each of the model's scores. */
export function perSampleTable(
  engine: Engine,
  model: TrainedModel,
  { train, test, labelNames }: Dataset,
  splits: readonly ("train" | "test")[],
): string {
  const names = scoresOf(model.spec);
  // Where the task is to store the samples there is one split.
  const wanted = train === test ? splits.slice(0, 1) : splits;
  const hasLabels = [train, test].some(({ labels }) => labels !== undefined);
  const rows = wanted.flatMap((name) => {
    const split = { train, test }[name], scores = splitScores(engine, model, split), { labels } = split;
    return Array.from({ length: split.count }, (_, row): Cell[] => [
      name,
      split.names?.[row] ?? row,
      ...hasLabels ? [labels === undefined ? null : labelNames?.[labels[row]] ?? labels[row]] : [],
      ...names.map((score) => scores[score][row]),
    ]);
  });
  return csv(["split", "sample", ...hasLabels ? ["label"] : [], ...names], rows);
}
