/**
 * One epoch of training: every sample once (or `repeats` times), in an order of its own.
 *
 * @module
 */
import type { DrawKey } from "../core/random.ts";
import type { BatchProgress } from "./contract.ts";
import { shuffleBlock } from "./order.ts";
import type { TrainingState } from "./snapshot.ts";
import type { TrainingStep } from "./step.ts";
import type { StepProgress } from "./update.ts";
import { epochVisits, type Visit, type VisitedBlock } from "./visit.ts";

/** The result of an epoch. */
export interface EpochResult {
  /** Whether all of its samples were visited, or its loss was not finite: otherwise it can be resumed. */
  readonly finished: boolean;
  readonly loss: number;
  readonly parts?: Readonly<Record<string, number>>;
  readonly learningRate: number;
  /** Rows of its last batch. */
  readonly rows: number;
}

/** The progress of a training: each step adds to `epoch`, and the caller clears it after the epoch. */
export type TrainingProgress = Pick<TrainingState, "epochs" | "epoch"> & StepProgress;

/** What an epoch reports to. */
export interface EpochListeners {
  /** Called after each batch but the last of an epoch; `true` leaves the epoch there. */
  pause(): boolean;
  /** Is called after each batch. @default {not called} */
  readonly batches?: BatchProgress;
}

/** Prepares the epochs of a training. */
export function epochRunner(
  step: TrainingStep,
  visit: Visit,
  progress: TrainingProgress,
  { pause, batches }: EpochListeners,
): { run(): EpochResult } {
  const shuffle: DrawKey & { epoch: number } = { seed: visit.seed, stream: "shuffle", epoch: 0 };
  const { loss, parts } = step, { feed, order, batchSize, shards } = visit, ranks = shards?.size ?? 1;
  // Of all ranks.
  let samples = 0;

  /** Runs the remaining batches of a block; false when the epoch is left before its end. */
  function runBlock(current: VisitedBlock): boolean {
    const { epochs, epoch: sums } = progress;
    const done = sums.samples / ranks - current.at;
    if (done >= current.visited) return true;
    feed.load(current.first, current.count);
    shuffleBlock(current, shuffle, order);
    for (let start = done; start < current.visited; start += batchSize) {
      const rows = ranks * Math.min(batchSize, current.visited - start);
      // A step is counted from its end, so that the warm-up's first step is not at rate 0.
      step.run(start, rows, epochs + (sums.samples + rows) / samples, progress);
      sums.samples += rows;
      sums.loss += loss[0] * rows;
      for (const { name, value } of parts) sums.parts[name] = (sums.parts[name] ?? 0) + value[0] * rows;
      if (!Number.isFinite(sums.loss)) return false;
      sums.goodSteps++;
      batches?.batch(sums.goodSteps, sums.loss / sums.samples);
      if (sums.samples < samples && pause()) return false;
    }
    return true;
  }

  /** The parts of the loss as means over the samples of an epoch. */
  function meanParts(sums: Readonly<Record<string, number>>): Record<string, number> {
    return Object.fromEntries(parts.map(({ name }) => [name, sums[name] / samples]));
  }

  /** Starts an epoch, or resumes one that was left. */
  function run(): EpochResult {
    const { epochs, epoch: sums } = progress;
    shuffle.epoch = epochs;
    step.beginEpoch(epochs);
    const visits = epochVisits(visit, shuffle), { blocks } = visits;
    samples = ranks * visits.samples;
    batches?.begin(epochs + 1, blocks.reduce((sum, { visited }) => sum + Math.ceil(visited / batchSize), 0));
    const finished = blocks.every(runBlock) || !Number.isFinite(sums.loss);
    return {
      finished,
      loss: sums.loss / samples,
      ...(parts.length === 0 ? {} : { parts: meanParts(sums.parts) }),
      learningRate: step.learningRate(),
      rows: step.rows(),
    };
  }
  return { run };
}
