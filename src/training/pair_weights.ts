/** The weights of pairs by which a batch estimates the aggregate posterior. @module */
import type { Program } from "../engine/engine.ts";
import { NAMES } from "../models/graphs.ts";
import type { ModelSpec } from "../models/spec.ts";
import { fillPairWeights } from "../models/total_correlation.ts";

/** Returns a function that sets the weights for a number of rows of a split of `samples`; it computes them when the number changes. */
export function pairWeights(program: Program, model: ModelSpec, samples: number): (rows: number) => void {
  if (model.kind !== "vae" || model.totalCorrelation === undefined) return () => {};
  const { totalCorrelation } = model, weights = program.input(NAMES.pairWeights);
  let filled = 0;
  return (rows) => {
    if (rows === filled) return;
    fillPairWeights(weights, rows, samples, totalCorrelation);
    filled = rows;
  };
}
