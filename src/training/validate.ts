/**
 * The loss on images that are not trained on.
 *
 * @module
 */
import { binariseRows } from "../engine/binarise.ts";
import { klWeight } from "./kl_weight.ts";
import { bufferCapacity, feedImages } from "../data/feed.ts";
import type { Engine, Floats } from "../engine/engine.ts";
import { lossGraph, NAMES } from "../models/graphs.ts";
import { inputSize, type ModelSpec } from "../models/spec.ts";
import type { FitData } from "./contract.ts";

/** Rows of a validation batch: large enough that products are fast, small enough to stay in the caches. */
const CAPACITY = 512;

/** A prepared validation loss. */
export interface Validator {
  /** The mean over samples at the full beta, with the same draws each time, so that epochs can be compared. */
  loss(parameters: Floats): number;
  close(): void;
}

/** Prepares the validation loss; `undefined` without a validation split. */
export function validator(
  { engine, model, data, seed }: { engine: Engine; model: ModelSpec; data: FitData; seed: number },
): Validator | undefined {
  const { validation, corruption } = data;
  if (validation === undefined || validation.count === 0) return undefined;
  const pixels = inputSize(model), capacity = Math.min(CAPACITY, validation.count);
  const program = engine.compile(lossGraph(model, { noisy: corruption !== undefined }), {
    capacity,
    images: { count: bufferCapacity(validation, capacity), pixels },
    orderLength: validation.count,
  });
  const feed = feedImages(validation, pixels, program.images);
  for (let row = 0; row < validation.count; row++) program.order[row] = row;
  const noise = { seed, stream: "evaluation", epoch: 0 } as const;
  const latent = { seed, stream: "evaluationLatent", epoch: 0 } as const;
  klWeight(program, model)(Infinity);

  function loss(parameters: Floats): number {
    program.parameters.set(parameters);
    let total = 0;
    for (let start = 0; start < validation!.count; start += capacity) {
      const rows = Math.min(capacity, validation!.count - start);
      feed.load(start, rows);
      program.gather(NAMES.target, start, rows);
      binariseRows(program, validation!.resampled, NAMES.target, start, rows);
      if (corruption !== undefined) {
        program.corrupt(NAMES.target, NAMES.input, corruption, noise, start, rows);
      }
      if (model.kind === "vae") program.drawNormal(NAMES.epsilon, latent, start, rows);
      program.input(NAMES.inverseRows)[0] = 1 / rows;
      program.run(rows);
      total += program.output("loss")[0] * rows;
    }
    return total / validation!.count;
  }
  function close(): void {
    feed.close();
    program.dispose();
  }
  return { loss, close };
}
