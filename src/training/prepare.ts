/**
 * A training that is ready to run: its step compiled, its samples connected, its weights the initial ones or those of a checkpoint.
 *
 * @module
 */
import { feedSamples, sampleOptions } from "../data/feed.ts";
import type { Floats, Program, SampleOptions } from "../engine/engine.ts";
import { isDivisible } from "../graph/parts.ts";
import { trainingGraph } from "../models/loss_graphs.ts";
import { initialParameters } from "../models/initial.ts";
import { inputSize } from "../models/spec.ts";
import { type BestWeights, bestWeights } from "./best_weights.ts";
import { type Fit, isPaired, type StopSignal } from "./contract.ts";
import { codebookUpdate } from "./codebook.ts";
import type { Divergence } from "./divergence.ts";
import { type EpochResult, epochRunner } from "./epoch.ts";
import { freezeParameters, parameterRanges } from "./frozen.ts";
import { ruleOf } from "./optimizers.ts";
import { firstPlateau } from "./schedules.ts";
import { blocksOf, firstState, restoreBlocks, type TrainingState } from "./snapshot.ts";
import { partOptions, type Share, shareOf } from "./share.ts";
import { sharedStep } from "./shared_step.ts";
import { trainingStep } from "./step.ts";
import { trainingUpdates } from "./update.ts";
import { checkSameModel, epochsOfStep, shardSeed } from "./visit.ts";
import { type Validator, validator } from "./validate.ts";
import { varianceUpdate } from "./variance.ts";

/** A training that is ready to run. */
export interface Prepared {
  readonly program: Program;
  readonly weights: TrainingWeights;
  readonly validate?: Validator;
  readonly state: TrainingState;
  readonly epochs: { run(): EpochResult };
  /** Where it diverged. */
  divergence?: Divergence;
  /** The requests to stop, as all processes see them. */
  readonly signal: StopSignal;
  readonly share: Share;
  /** Gives the program all gradients of the last step. */
  gather(): void;
  /**
   * Between two epochs: counts the seconds so far in the state, those of the first process, and takes its word for whether the model is good
   * enough. Returns that.
   */
  agree(isReached: boolean): boolean;
  /** Passes the current state to the checkpointer. */
  save(): void;
  close(): void;
}

/** The weights of a training besides the parameters of its program. */
export interface TrainingWeights {
  /** Those that are evaluated and kept: the program's parameters or their average. */
  readonly evaluated: Floats;
  /** The moving average of the parameters, one of the program's slots. @default {there is none} */
  readonly average?: Floats;
  readonly best: BestWeights;
}

/** Compiles the training step, connects the samples, and sets the initial weights, or those of a checkpoint. */
export function prepare(what: Fit): Prepared {
  const { model, data, options, seed, freeze = [], progress } = what;
  const started = performance.now();
  const share = shareOfData(what), sizes = sizesOf(what, share), program = compileStep(what, sizes, share);
  const shards = share.isSharded ? share.collective : undefined;
  if (shards !== undefined) checkSameModel(shards, program.parameters.length);
  const drawSeed = shards === undefined ? seed : shardSeed(seed, shards);
  const weights = startingWeights(what, program), state = startingState(what), before = state.seconds;
  const feed = feedSamples(data.train, inputSize(model), program), validate = validator(what);
  const { samples, batchSize, block } = sizes;
  const readClock = () => void (state.seconds = before + (performance.now() - started) / 1000);
  // After a checkpoint is restored: its frozen numbers are the same.
  const frozen = freeze.length === 0
    ? undefined
    : freezeParameters(program, parameterRanges(model, freeze), weights.average);
  const codebook = codebookUpdate(program, model, { seed, freeze, average: weights.average, share });
  const stepEpochs = epochsOfStep({ samples, batchSize, shards });
  const variance = varianceUpdate(program, model, { freeze, average: weights.average });
  const ownUpdates = [codebook, variance].filter((own) => own !== undefined);
  // These need gradients or parameters outside of a process's range: each process then updates all parameters of its own.
  const isWhole = options.clipNorm !== null || frozen !== undefined || ownUpdates.length > 0;
  const { partRows, summed } = program, changed = isWhole ? undefined : program.state;
  const shared = sharedStep(share, { partRows, summed, state: changed }, what.signal);
  const { signal, range } = shared;
  const { save, pause } = saver({ ...what, signal }, { program, weights, state, readClock });
  const updates = trainingUpdates({ program, options, stepEpochs, range, frozen, ownUpdates });
  const step = trainingStep({ program, model, data, seed: drawSeed, shared, codebook }, updates);
  const visit = { feed, order: program.order, samples, block, batchSize, seed: drawSeed, shards };
  return {
    program,
    weights,
    validate,
    state,
    epochs: epochRunner(step, visit, state, { pause, batches: progress }),
    signal,
    share,
    gather: shared.gather,
    agree(isReached) {
      readClock();
      const verdict = shared.agree({ isReached, seconds: state.seconds });
      state.seconds = verdict.seconds;
      return verdict.isReached;
    },
    save,
    close() {
      readClock();
      shared.close();
      feed.close();
      validate?.close();
      program.dispose();
    },
  };
}

/** How the samples of an epoch are visited. */
interface Sizes {
  /** Visits of an epoch. */
  readonly samples: number;
  readonly batchSize: number;
  /** Samples that are shuffled among themselves. */
  readonly block: number;
  readonly held: SampleOptions;
}

/** The share of a process, which is one of its own samples where these are a shard. */
function shareOfData({ options, collective, data: { train } }: Fit): Share {
  const share = shareOf(options.parts, collective), { parts = 1 } = share;
  if (train.shard === undefined || share.collective.size === 1) return share;
  if (options.batchSize % parts === 0) return { ...share, isSharded: true };
  throw new RangeError(
    `batchSize must be a multiple of the ${parts} parts with shards, of which each part takes as many rows, got ${options.batchSize}`,
  );
}

function sizesOf({ model, data: { train }, options }: Fit, { isSharded, collective }: Share): Sizes {
  const samples = train.count * options.repeats, held = sampleOptions(train, inputSize(model));
  const isStreamed = train.file !== undefined || train.targets?.file !== undefined;
  return {
    samples,
    batchSize: isSharded ? options.batchSize / collective.size : Math.min(options.batchSize, samples),
    block: Math.min(samples, options.shuffleBlock ?? samples, isStreamed ? held.capacity : samples),
    held,
  };
}

function compileStep(
  { engine, model, data, options }: Fit,
  { batchSize, block, held }: Sizes,
  share: Share,
): Program {
  const graph = trainingGraph(model, { paired: isPaired(data) });
  if (share.parts !== undefined && !isDivisible(graph)) {
    throw new RangeError("parts must be left out for a loss that is no sum over samples");
  }
  return engine.compile(graph, {
    ...partOptions(share, share.isSharded ? batchSize * share.collective.size : batchSize),
    rule: ruleOf(options.optimizer, options.ema !== undefined),
    samples: held,
    orderLength: block,
  });
}

/** Sets the parameters (and their average) of a program to the initial ones, or all to those of a checkpoint. */
function startingWeights(
  { model, options, seed, initial, checkpoints }: Fit,
  program: Program,
): TrainingWeights {
  const { parameters } = program;
  parameters.set(initial ?? initialParameters(model, seed));
  const average = options.ema === undefined ? undefined : program.slots.at(-1)!;
  average?.set(parameters);
  const evaluated = average ?? parameters, best = bestWeights(parameters, evaluated);
  if (checkpoints?.found !== undefined) restoreBlocks(checkpoints.found, { program, average, weights: best });
  return { evaluated, average, best };
}

function startingState({ options, checkpoints }: Fit): TrainingState {
  const plateau = firstPlateau(options.schedule, options.optimizer.learningRate);
  return structuredClone(checkpoints?.found?.state ?? { ...firstState(), plateau });
}

/** What is saved of a training. */
interface Saved extends Pick<Prepared, "program" | "weights" | "state"> {
  /** Counts the seconds so far in the state. */
  readClock(): void;
}

/** Passes the state of a training to its checkpointer: at once, or after a batch when it is due. */
function saver(
  { signal, checkpoints }: Fit,
  { program, weights: { average, best }, state, readClock }: Saved,
): { save(): void; pause(): boolean } {
  function save(): void {
    state.bestWeights = best.patience();
    readClock();
    checkpoints?.save(state, blocksOf({ program, average, weights: best }));
  }
  function pause(): boolean {
    if (signal.aborted) return true;
    if (checkpoints?.due() === true) save();
    return false;
  }
  return { save, pause };
}
