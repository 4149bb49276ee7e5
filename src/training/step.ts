/**
 * One step of training: gathers a batch, corrupts it, draws, runs the graph and updates the parameters. Allocates nothing.
 *
 * @module
 */
import type { DrawKey } from "../core/random.ts";
import { pairFiller } from "../engine/batch.ts";
import type { Program } from "../engine/engine.ts";
import { conditionFiller } from "../models/condition.ts";
import { lossParts, NAMES } from "../models/graphs.ts";
import type { ModelSpec } from "../models/spec.ts";
import { type FitData, type FitOptions, isPaired } from "./contract.ts";
import { dropoutMasks } from "./dropout.ts";
import type { Frozen } from "./frozen.ts";
import { klWeight } from "./kl_weight.ts";
import { pairWeights } from "./pair_weights.ts";
import { scalarsOf } from "./optimizers.ts";
import type { Step } from "./optimizers/optimizer.ts";
import { learningRateAt, momentumAt } from "./schedules.ts";
import type { Moment } from "./schedules/schedule.ts";
import type { TrainingState } from "./snapshot.ts";

/** What is trained, on what, and how. */
export interface StepOptions {
  readonly program: Program;
  readonly model: ModelSpec;
  readonly data: FitData;
  readonly options: FitOptions;
  readonly seed: number;
  /** The epochs that a step of a whole batch takes. */
  readonly stepEpochs: number;
  /** Parameters that stay as they are. @default {none} */
  readonly frozen?: Frozen;
}

/** What a step reads and changes of the state of a training. */
export type StepProgress = Pick<TrainingState, "steps" | "plateau">;

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

type Writable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

/** Prepares all that a step needs. */
export function trainingStep(
  { program, model, data, options, seed, stepEpochs, frozen }: StepOptions,
): TrainingStep {
  const { corruption, freshNoise, train } = data;
  const variational = model.kind === "vae";
  const { scalars, set: setScalars } = scalarsOf(options.optimizer, options.ema);
  const update: Writable<Step> = { learningRate: 0, gradientScale: 1, step: 0, momentum: undefined };
  const moment: Writable<Moment> = {
    learningRate: options.optimizer.learningRate,
    epochsDone: 0,
    stepEpochs,
    epochs: options.epochs,
    plateau: undefined,
  };
  const key = (stream: DrawKey["stream"]) => ({ seed, stream, epoch: 0 });
  const noise = key("noise"), latent = key("latent"), binarise = key("binarise");
  const draws = { sampled: train.resampled === undefined ? undefined : binarise, corruption, noise };
  const fill = pairFiller(program, {
    target: NAMES.target,
    input: isPaired(data) ? NAMES.input : undefined,
    hasTargets: train.targets !== undefined,
  });
  const fillCondition = conditionFiller(program, model, train.labels);
  const inverseRows = program.input(NAMES.inverseRows), loss = program.output("loss");
  const setPairWeights = pairWeights(program, model, train.count);
  const setKlWeight = klWeight(program, model), masks = dropoutMasks(program, model, seed);
  let lastRows = 0;

  function beginEpoch(epochs: number): void {
    latent.epoch = epochs;
    noise.epoch = freshNoise ? epochs : 0;
    binarise.epoch = epochs + 1;
    masks.beginEpoch(epochs);
    setKlWeight(epochs);
  }
  function run(start: number, rows: number, epochsDone: number, progress: StepProgress): void {
    fill(draws, start, rows);
    fillCondition(start, rows);
    if (variational) program.drawNormal(NAMES.epsilon, latent, start, rows);
    masks.draw(start, rows);
    setPairWeights(rows);
    inverseRows[0] = 1 / rows;
    program.run(rows);
    lastRows = rows;
    // Values without a finite loss stay as they are, for the search for the first number that is not finite.
    if (!Number.isFinite(loss[0])) return;
    if (options.clipNorm !== null) {
      frozen?.clearGradients();
      update.gradientScale = Math.min(1, options.clipNorm / program.gradientNorm());
    }
    moment.epochsDone = epochsDone;
    moment.plateau = progress.plateau;
    update.learningRate = learningRateAt(options.schedule, moment);
    update.momentum = momentumAt(options.schedule, moment);
    update.step = ++progress.steps;
    setScalars(update);
    program.update(scalars);
    frozen?.restore();
  }
  return {
    beginEpoch,
    run,
    loss,
    parts: lossParts(model).map((name) => ({ name, value: program.output(name) })),
    rows: () => lastRows,
    learningRate: () => update.learningRate,
  };
}
