/**
 * The second half of a training step: from the gradients of a batch to the next parameters. Allocates nothing.
 *
 * @module
 */
import type { UpdateRange } from "../core/collective.ts";
import type { Program } from "../engine/engine.ts";
import type { FitOptions } from "./contract.ts";
import type { Frozen } from "./frozen.ts";
import { scalarsOf } from "./optimizers.ts";
import type { Step } from "./optimizers/optimizer.ts";
import { learningRateAt, momentumAt } from "./schedules.ts";
import type { Moment } from "./schedules/schedule.ts";
import type { TrainingState } from "./snapshot.ts";

/** What a step reads and changes of the state of a training. */
export type StepProgress = Pick<TrainingState, "steps" | "plateau">;

/** The update of parameters by a rule of their own, in the place of the optimizer's. */
export interface OwnUpdate {
  /** Reads what a batch of `rows` samples gave in the place of their gradients, and clears it. `steps`: those before this one. */
  read(rows: number, steps: number): void;
  /** Writes the numbers that follow from it, after the update of all other parameters. */
  write(): void;
}

/** What is updated, and how. */
export interface UpdateOptions {
  readonly program: Program;
  readonly options: FitOptions;
  /** The epochs that a step of a whole batch takes. */
  readonly stepEpochs: number;
  /** Those parameters that this process updates. @default {all} */
  readonly range?: UpdateRange;
  /** Parameters that stay as they are. @default {none} */
  readonly frozen?: Frozen;
  /** Those of parameters that the optimizer does not update. @default {there are none} */
  readonly ownUpdates?: readonly OwnUpdate[];
}

/** The updates of a training. */
export interface Updates {
  /**
   * Clips the gradients, sets the rates of the schedule, and updates the parameters and their average, after a batch of `rows`.
   *
   * @param epochsDone How far the training is at the end of the step, in epochs.
   */
  run(rows: number, epochsDone: number, progress: StepProgress): void;
  /** The learning rate of the last one. */
  learningRate(): number;
}

type Writable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

/** Prepares the updates of a training. */
export function trainingUpdates(
  { program, options, stepEpochs, range, frozen, ownUpdates = [] }: UpdateOptions,
): Updates {
  const { optimizer, schedule, epochs, clipNorm } = options;
  const { scalars, set: setScalars } = scalarsOf(optimizer, options.ema);
  const step: Writable<Step> = { learningRate: 0, gradientScale: 1, step: 0, momentum: undefined };
  const { learningRate } = optimizer;
  const moment: Writable<Moment> = { learningRate, epochsDone: 0, stepEpochs, epochs, plateau: undefined };
  return {
    run(rows, epochsDone, progress) {
      for (const own of ownUpdates) own.read(rows, progress.steps);
      if (clipNorm !== null) {
        frozen?.clearGradients();
        step.gradientScale = Math.min(1, clipNorm / program.gradientNorm());
      }
      moment.epochsDone = epochsDone;
      moment.plateau = progress.plateau;
      step.learningRate = learningRateAt(schedule, moment);
      step.momentum = momentumAt(schedule, moment);
      step.step = ++progress.steps;
      setScalars(step);
      program.update(scalars, range);
      for (const own of ownUpdates) own.write();
      frozen?.restore();
    },
    learningRate: () => step.learningRate,
  };
}
