/**
 * The loss on samples that are not trained on.
 *
 * @module
 */
import { evaluationDraw, pairFiller } from "../engine/batch.ts";
import { pairWeights } from "./pair_weights.ts";
import { klWeight } from "./kl_weight.ts";
import { feedSamples, sampleOptions } from "../data/feed.ts";
import type { Engine, Floats } from "../engine/engine.ts";
import { conditionFiller } from "../models/condition.ts";
import { lossGraph, NAMES } from "../models/graphs.ts";
import { inputSize, type ModelSpec } from "../models/spec.ts";
import { type FitData, isPaired } from "./contract.ts";

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
  const size = inputSize(model), paired = isPaired({ train: validation, corruption });
  // A batch lies in the memory as a whole.
  const samples = sampleOptions(validation, size, CAPACITY), { capacity } = samples;
  const program = engine.compile(lossGraph(model, { paired }), {
    capacity,
    samples,
    orderLength: validation.count,
  });
  const feed = feedSamples(validation, size, program);
  const fill = pairFiller(program, {
    target: NAMES.target,
    input: paired ? NAMES.input : undefined,
    hasTargets: validation.targets !== undefined,
  });
  const fillCondition = conditionFiller(program, model, validation.labels);
  for (let row = 0; row < validation.count; row++) program.order[row] = row;
  const noise = { seed, stream: "evaluation", epoch: 0 } as const;
  const latent = { seed, stream: "evaluationLatent", epoch: 0 } as const;
  const draws = { sampled: evaluationDraw(validation.resampled), corruption, noise };
  klWeight(program, model)(Infinity);
  const setPairWeights = pairWeights(program, model, validation.count);

  function loss(parameters: Floats): number {
    program.parameters.set(parameters);
    let total = 0;
    for (let start = 0; start < validation!.count; start += capacity) {
      const rows = Math.min(capacity, validation!.count - start);
      feed.load(start, rows);
      fill(draws, start, rows);
      fillCondition(start, rows);
      if (model.kind === "vae") program.drawNormal(NAMES.epsilon, latent, start, rows);
      setPairWeights(rows);
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
