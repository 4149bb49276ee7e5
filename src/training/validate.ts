/**
 * The loss on samples that are not trained on.
 *
 * @module
 */
import { ALONE, type Collective } from "../core/collective.ts";
import { evaluationDraw, pairFiller } from "../engine/batch.ts";
import { pairWeights } from "./pair_weights.ts";
import { klWeight } from "./kl_weight.ts";
import { feedSamples, sampleOptions } from "../data/feed.ts";
import type { Split } from "../data/dataset.ts";
import type { Engine, Floats, Program } from "../engine/engine.ts";
import { conditionFiller } from "../models/condition.ts";
import { NAMES } from "../models/graphs.ts";
import { lossGraph } from "../models/loss_graphs.ts";
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

/** The model that is validated, on which data. */
interface Validated {
  readonly model: ModelSpec;
  readonly data: FitData;
  readonly seed: number;
}

/** Prepares the validation loss; `undefined` without a validation split. */
export function validator(
  { engine, collective = ALONE, ...validated }: Validated & {
    readonly engine: Engine;
    readonly collective?: Collective;
  },
): Validator | undefined {
  const { model, data: { validation, corruption } } = validated;
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
  const fill = batchFiller(program, validated, validation, paired);
  for (let row = 0; row < validation.count; row++) program.order[row] = row;
  klWeight(program, model)(Infinity);

  // Each process computes every n-th batch; the others have 0 in its place, so that the sums are exact.
  const totals = new Float64Array(Math.ceil(validation.count / capacity)),
    { rank, size: processes } = collective;

  function loss(parameters: Floats): number {
    program.parameters.set(parameters);
    totals.fill(0);
    for (let batch = rank; batch < totals.length; batch += processes) {
      const start = batch * capacity, rows = Math.min(capacity, validation!.count - start);
      feed.load(start, rows);
      fill(start, rows);
      program.run(rows);
      totals[batch] = program.output("loss")[0] * rows;
    }
    collective.total(totals);
    return totals.reduce((sum, total) => sum + total, 0) / validation!.count;
  }
  function close(): void {
    feed.close();
    program.dispose();
  }
  return { loss, close };
}

/** Returns a function that fills all inputs for the batch from `start` on, each time by the same draws. */
function batchFiller(
  program: Program,
  { model, data: { corruption }, seed }: Validated,
  { targets, labels, resampled, count }: Split,
  paired: boolean,
): (start: number, rows: number) => void {
  const fill = pairFiller(program, {
    target: NAMES.target,
    input: paired ? NAMES.input : undefined,
    hasTargets: targets !== undefined,
  });
  const fillCondition = conditionFiller(program, model, labels);
  const noise = { seed, stream: "evaluation", epoch: 0 } as const;
  const latent = { seed, stream: "evaluationLatent", epoch: 0 } as const;
  const draws = { sampled: evaluationDraw(resampled), corruption, noise };
  const setPairWeights = pairWeights(program, model, count);
  return (start, rows) => {
    fill(draws, start, rows);
    fillCondition(start, rows);
    if (model.kind === "vae") program.drawNormal(NAMES.epsilon, latent, start, rows);
    setPairWeights(rows);
    program.input(NAMES.inverseRows)[0] = 1 / rows;
  };
}
