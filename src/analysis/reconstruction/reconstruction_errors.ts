/**
 * How far off each reconstructed image is.
 *
 * @module
 */
import type { Split } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { evaluator } from "./inference.ts";

/** The squared error of each image of a split, a mean over its pixels; a VAE reconstructs through its posterior mean. Length n. */
export function reconstructionErrors(engine: Engine, model: TrainedModel, split: Split): Float64Array {
  const errors = new Float64Array(split.count);
  if (split.count === 0) return errors;
  const { program, pixels, forEachBatch } = evaluator(engine, model, split);
  const squares = program.output("squaredError");
  forEachBatch({ samples: split.count }, (start, rows) => {
    for (let row = 0; row < rows; row++) errors[start + row] = squares[row] / pixels;
  });
  program.dispose();
  return errors;
}
