// P = all parameters together.

/**
 * The state of a training after a batch: everything that it needs to resume bit for bit, as plain data and blocks of numbers. Draws (the
 * order of samples, noise, latents) are functions of seed, epoch and sample, so the state has no random state.
 *
 * @module
 */
import { z } from "zod";
import type { Floats, Program } from "../engine/engine.ts";
import type { BestWeights } from "./best_weights.ts";
import { NO_EPOCH_YET } from "./patience.ts";

const count = z.int().nonnegative();
/** JSON has no infinity and no NaN: `null` stands for a number that is still missing. */
const orNone = (none: number) => z.number().nullable().transform((value) => value ?? none);
const patience = z.strictObject({
  best: orNone(Infinity),
  bestEpoch: count,
  epochsWithoutImprovement: count,
});

/** The schema of a state, as it is read back from a checkpoint. */
export const TrainingState = z.strictObject({
  /** Epochs that were finished. */
  epochs: count,
  /** Optimizer steps since the beginning. */
  steps: count,
  /** Counts and sums of the unfinished epoch: all 0 between two epochs. */
  epoch: z.strictObject({
    samples: count,
    loss: z.number(),
    /** The parts of the loss, by name. */
    parts: z.record(z.string(), z.number()),
    goodSteps: count,
  }),
  patience,
  /** The patience at the best weights, and at the best before them. */
  bestWeights: z.strictObject({ last: patience, before: patience }),
  /** What the schedule has seen of the monitored loss, for one that goes by it. */
  plateau: z.strictObject({
    learningRate: z.number(),
    best: orNone(Infinity),
    epochsWithoutImprovement: count,
    cooldown: count,
  }).optional(),
  lastLoss: orNone(NaN),
  /** Seconds of training so far, over all processes. */
  seconds: z.number().nonnegative(),
});

/** The state of a training, without its numbers. */
export type TrainingState = z.infer<typeof TrainingState>;

/** A named block of numbers, of length P. */
export interface SnapshotBlock {
  readonly name: string;
  readonly data: Floats;
}

/** The state of a training, with its numbers. */
export interface TrainingSnapshot {
  readonly state: TrainingState;
  readonly blocks: readonly SnapshotBlock[];
}

/** The state before the first step. */
export function firstState(): TrainingState {
  return {
    epochs: 0,
    steps: 0,
    epoch: { samples: 0, loss: 0, parts: {}, goodSteps: 0 },
    patience: NO_EPOCH_YET,
    bestWeights: { last: NO_EPOCH_YET, before: NO_EPOCH_YET },
    lastLoss: NaN,
    seconds: 0,
  };
}

/** What the blocks of a training belong to. */
export interface BlockOwners {
  readonly program: Program;
  /** The moving average of the parameters, one of the program's slots. @default {there is none} */
  readonly average?: Floats;
  readonly weights: BestWeights;
}

/**
 * The blocks of a training, as views: `parameters`, the optimizer's `slot0`, `slot1`, the `average` of the parameters, and the weights
 * `best` and `before`.
 */
export function blocksOf({ program, average, weights }: BlockOwners): SnapshotBlock[] {
  return [
    { name: "parameters", data: program.parameters },
    ...program.slots.map((data, slot) => ({ name: data === average ? "average" : `slot${slot}`, data })),
    ...Object.entries(weights.blocks()).map(([name, data]) => ({ name, data })),
  ];
}

/**
 * Copies the blocks of a snapshot back into a training.
 *
 * @throws {RangeError} When a block is missing or has another length: the snapshot is of another model or optimizer.
 */
export function restoreBlocks(snapshot: TrainingSnapshot, owners: BlockOwners): void {
  owners.weights.restore(snapshot.state.bestWeights);
  const found = new Map(snapshot.blocks.map(({ name, data }) => [name, data]));
  for (const { name, data } of blocksOf(owners)) {
    const kept = found.get(name);
    if (kept === undefined || kept.length !== data.length) {
      throw new RangeError(
        `the checkpoint's "${name}" must have ${data.length} numbers, got ${kept?.length ?? "none"}`,
      );
    }
    data.set(kept);
  }
}
