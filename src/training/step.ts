/**
 * One step of training: gathers a batch, corrupts it, draws, runs the graph and updates the parameters. Allocates nothing.
 *
 * @module
 */
import type { DrawKey } from "../core/random.ts";
import { pairFiller } from "../engine/batch.ts";
import type { Program } from "../engine/engine.ts";
import { conditionFiller } from "../models/condition.ts";
import { NAMES } from "../models/graphs.ts";
import { lossParts } from "../models/loss_graphs.ts";
import type { ModelSpec } from "../models/spec.ts";
import { type FitData, isPaired } from "./contract.ts";
import { dropoutMasks } from "./dropout.ts";
import { klWeight } from "./kl_weight.ts";
import { pairWeights } from "./pair_weights.ts";
import type { CodebookUpdate } from "./codebook.ts";
import type { SharedStep } from "./shared_step.ts";
import type { StepProgress, Updates } from "./update.ts";

/** What is trained, and on what. */
export interface StepOptions {
  readonly program: Program;
  readonly model: ModelSpec;
  readonly data: FitData;
  readonly seed: number;
  /** The rows of a batch that this process computes. */
  readonly shared: SharedStep;
  /** What is added to the sums of a codebook. @default {there is none} */
  readonly codebook?: CodebookUpdate;
}

/** The step of a training. */
export interface TrainingStep {
  /** Sets what stays the same within an epoch: its draws and its KL weight. `epochs`: those before it. */
  beginEpoch(epochs: number): void;
  /**
   * Trains on `rows` samples of the program's order. A batch whose loss is not finite changes nothing.
   *
   * @param epochsDone How far the training is at the end of the step, in epochs.
   */
  run(start: number, rows: number, epochsDone: number, progress: StepProgress): void;
  /** The mean loss of the last batch, as the engine's view of one number. */
  readonly loss: ArrayLike<number>;
  /** What the loss is made of, as views; nothing where it is one term. */
  readonly parts: readonly { readonly name: string; readonly value: ArrayLike<number> }[];
  /** Rows of the last batch. */
  rows(): number;
  /** The learning rate of the last step. */
  learningRate(): number;
}

/** Prepares all that a step needs besides its updates. */
export function trainingStep(what: StepOptions, updates: Updates): TrainingStep {
  const { program, shared, codebook } = what, { beginEpoch, beginStep, fill } = stepInputs(what);
  const loss = program.output("loss");
  let lastRows = 0;

  function run(start: number, rows: number, epochsDone: number, progress: StepProgress): void {
    beginStep(rows);
    program.run(shared.fill(start, rows, fill));
    codebook?.add(rows, progress.steps);
    shared.sum();
    lastRows = rows;
    // Values without a finite loss stay as they are, for the search for the first number that is not finite.
    if (Number.isFinite(loss[0])) updates.run(rows, epochsDone, progress);
    shared.end();
  }
  return {
    beginEpoch,
    run,
    loss,
    parts: lossParts(what.model).map((name) => ({
      name,
      value: codebook?.computed[name] ?? program.output(name),
    })),
    rows: () => lastRows,
    learningRate: updates.learningRate,
  };
}

/** The inputs of a step's graph: samples, noise and all other draws. */
function stepInputs(
  { program, model, data, seed }: StepOptions,
): Pick<TrainingStep, "beginEpoch"> & {
  /** Sets what a batch of `rows` rows has in common. */
  beginStep(rows: number): void;
  /** Fills rows of it, from row `at` of the inputs on. */
  fill(start: number, rows: number, at: number): void;
} {
  const { corruption, freshNoise, train } = data, isVariational = model.kind === "vae";
  const key = (stream: DrawKey["stream"]) => ({ seed, stream, epoch: 0 });
  const noise = key("noise"), latent = key("latent"), binarise = key("binarise");
  const draws = { sampled: train.resampled === undefined ? undefined : binarise, corruption, noise };
  const fillPair = pairFiller(program, {
    target: NAMES.target,
    input: isPaired(data) ? NAMES.input : undefined,
    hasTargets: train.targets !== undefined,
  });
  const fillCondition = conditionFiller(program, model, train.labels);
  const inverseRows = program.input(NAMES.inverseRows);
  const setPairWeights = pairWeights(program, model, train.count);
  const setKlWeight = klWeight(program, model), masks = dropoutMasks(program, model, seed);
  return {
    beginEpoch(epochs) {
      latent.epoch = epochs;
      noise.epoch = freshNoise ? epochs : 0;
      binarise.epoch = epochs + 1;
      masks.beginEpoch(epochs);
      setKlWeight(epochs);
    },
    beginStep(rows) {
      setPairWeights(rows);
      inverseRows[0] = 1 / rows;
    },
    fill(start, rows, at) {
      fillPair(draws, start, rows, at);
      fillCondition(start, rows, at);
      if (isVariational) program.drawNormal(NAMES.epsilon, latent, start, rows, at);
      masks.draw(start, rows, at);
    },
  };
}
