// n = samples, D = pixels, K = latent size; every block is row-major.

/**
 * A trained model put to work: images to latent points, points to images.
 *
 * @module
 */
import type { DrawKey } from "../../core/random.ts";
import type { Split } from "../../data/dataset.ts";
import { bufferCapacity, feedSamples, sampleOptions } from "../../data/feed.ts";
import { evaluationDraw, gatherSampled, pairFiller } from "../../engine/batch.ts";
import type { Corruption, Engine, Program } from "../../engine/engine.ts";
import {
  classIndices,
  conditionFiller,
  conditionSize,
  conditionsOf,
  isConditional,
} from "../../models/condition.ts";
import { decoderGraph, encoderGraph, evaluationGraph, NAMES } from "../../models/graphs.ts";
import { inputSize, type ModelSpec } from "../../models/spec.ts";
import type { TrainedModel } from "../../models/trained.ts";

/** Rows of a batch outside training. */
const CAPACITY = 256;

/** How the inputs of an evaluation are corrupted. */
export interface InputNoise {
  readonly corruption: Corruption;
  readonly key: DrawKey;
}

/** The posterior means (an AE's latents) of images. Shape [n, K]. */
export function encodeImages(engine: Engine, model: TrainedModel, split: Split): Float32Array {
  const { latent } = model.spec;
  const { program, forEachBatch } = imageEncoder(engine, model.spec, splitFor(model, split));
  program.parameters.set(model.parameters.subarray(0, program.parameters.length));
  const points = new Float32Array(split.count * latent);
  forEachBatch(
    split.count,
    (start, rows) => points.set(program.output("latent").subarray(0, rows * latent), start * latent),
  );
  program.dispose();
  return points;
}

/** A split as a model sees it: under the scale of what the model was trained on. */
export function splitFor({ scale }: Pick<TrainedModel, "scale">, split: Split): Split {
  return { ...split, scale };
}

/** The Gaussians that a VAE's encoder gives. */
export interface Posteriors {
  /** Their means [n, K]. */
  readonly mean: Float32Array;
  /** The logarithms of their variances [n, K]. */
  readonly logVariance: Float32Array;
}

/** The posteriors of images under a VAE. */
export function encodePosteriors(engine: Engine, model: TrainedModel, split: Split): Posteriors {
  const { latent } = model.spec;
  const { program, forEachBatch } = imageEncoder(engine, model.spec, splitFor(model, split));
  program.parameters.set(model.parameters.subarray(0, program.parameters.length));
  const [mean, logVariance] = [0, 1].map(() => new Float32Array(split.count * latent));
  forEachBatch(split.count, (start, rows) => {
    mean.set(program.output("latent").subarray(0, rows * latent), start * latent);
    logVariance.set(program.output("logVariance").subarray(0, rows * latent), start * latent);
  });
  program.dispose();
  return { mean, logVariance };
}

/**
 * Compiles the encoder of a model over the samples of a split, under the split's own scale; its outputs are described at
 * {@link encoderGraph}, its parameters are the first
 * of the model. Call `program.dispose()` when done.
 */
export function imageEncoder(engine: Engine, spec: ModelSpec, split: Split): {
  readonly program: Program;
  forEachBatch(samples: number, visit: (start: number, rows: number) => void): void;
} {
  const inputs = { ...split, targets: undefined }, draw = evaluationDraw(split.resampled);
  const program = engine.compile(encoderGraph(spec), programOptions(spec, inputs));
  const fillCondition = conditionFiller(program, spec, split.labels);
  return {
    program,
    forEachBatch(samples, visit) {
      eachBatch(program, inputs, samples, (start, rows) => {
        gatherSampled(program, NAMES.input, draw, 0, rows);
        fillCondition(0, rows);
        program.run(rows);
        visit(start, rows);
      });
    },
  };
}

/**
 * The images that a decoder makes of latent points [n, K]. Shape [n, D].
 *
 * @param conditions Of a conditional model: the class of each image, one-hot or between two classes [n, C].
 */
export function decodePoints(
  engine: Engine,
  model: TrainedModel,
  points: ArrayLike<number>,
  conditions?: ArrayLike<number>,
): Float32Array {
  const { latent } = model.spec, pixels = inputSize(model.spec), columns = conditionSize(model.spec);
  const count = points.length / latent;
  if ((conditions?.length ?? 0) !== count * columns) {
    throw new TypeError(
      `conditions must have ${columns} columns for each of ${count} points, got ${
        conditions?.length ?? 0
      } numbers`,
    );
  }
  const program = engine.compile(decoderGraph(model.spec), { capacity: Math.min(CAPACITY, count) });
  program.parameters.set(model.parameters.subarray(model.parameters.length - program.parameters.length));
  const input = program.input(NAMES.latent), images = new Float32Array(count * pixels);
  const condition = columns === 0 ? undefined : program.input(NAMES.condition);
  for (let start = 0; start < count; start += CAPACITY) {
    const rows = Math.min(CAPACITY, count - start);
    for (let at = 0; at < rows * latent; at++) input[at] = points[start * latent + at];
    for (let at = 0; at < rows * columns; at++) condition![at] = conditions![start * columns + at];
    program.run(rows);
    images.set(program.output("output").subarray(0, rows * pixels), start * pixels);
  }
  program.dispose();
  return images;
}

/** The conditions [n, C] of the samples of a split under a conditional model; `undefined` under others. */
export function splitConditions(
  { spec }: Pick<TrainedModel, "spec">,
  { labels }: Split,
): Float32Array | undefined {
  return isConditional(spec) ? conditionsOf(spec, classIndices(spec, labels)) : undefined;
}

/** A model compiled for evaluation, over the images of a split. */
export interface Evaluator {
  readonly program: Program;
  /** Values of a sample. */
  readonly pixels: number;
  /**
   * Runs batch after batch; samples beyond the split's count are further copies of the same images, under noise of their own.
   *
   * @param sampled Draws the latent of a VAE from this key, instead of taking the posterior mean.
   */
  forEachBatch(
    options: { samples: number; noise?: InputNoise; sampled?: DrawKey },
    visit: (start: number, rows: number) => void,
  ): void;
}

/** Compiles a model for {@link Evaluator}; call `program.dispose()` when done. */
export function evaluator(
  engine: Engine,
  model: TrainedModel,
  split: Split,
  { copies = 1 }: { copies?: number } = {},
): Evaluator {
  const seen = splitFor(model, split), hasTargets = split.targets !== undefined;
  const program = engine.compile(evaluationGraph(model.spec), programOptions(model.spec, seen, copies));
  program.parameters.set(model.parameters);
  const fill = pairFiller(program, { target: NAMES.target, input: NAMES.input, hasTargets });
  const fillCondition = conditionFiller(program, model.spec, split.labels);
  const drawn = evaluationDraw(split.resampled);
  return {
    program,
    pixels: inputSize(model.spec),
    forEachBatch({ samples, noise, sampled }, visit) {
      if (model.spec.kind === "vae") program.input(NAMES.epsilon).fill(0);
      const draws = { sampled: drawn, corruption: noise?.corruption, noise: noise?.key };
      eachBatch(program, seen, samples, (start, rows) => {
        fill(draws, 0, rows);
        fillCondition(0, rows);
        if (sampled !== undefined) program.drawNormal(NAMES.epsilon, sampled, 0, rows);
        program.run(rows);
        visit(start, rows);
      });
    },
  };
}

/** Samples in three stages, each [n, D], scaled as the model sees them: the targets, the inputs, and the reconstructions. */
export interface Reconstructions {
  readonly targets: Float32Array;
  readonly inputs: Float32Array;
  readonly outputs: Float32Array;
}

/** Reconstructs the first `count` images of an evaluator's split; a VAE's through its posterior mean. */
export function reconstruct(
  { program, pixels, forEachBatch }: Evaluator,
  count: number,
  noise?: InputNoise,
): Reconstructions {
  const views = [program.input(NAMES.target), program.input(NAMES.input), program.output("output")];
  const blocks = views.map(() => new Float32Array(count * pixels));
  forEachBatch({ samples: count, noise }, (start, rows) => {
    blocks.forEach((block, stage) => block.set(views[stage].subarray(0, rows * pixels), start * pixels));
  });
  const [targets, inputs, outputs] = blocks;
  return { targets, inputs, outputs };
}

/** The capacity of a program that reads a split batch by batch: it holds the samples of one batch, however many there are. */
export function programOptions(spec: ModelSpec, split: Split, copies = 1) {
  const capacity = Math.min(CAPACITY, split.count * copies);
  return { capacity, samples: sampleOptions(split, inputSize(spec), capacity) };
}

/** Runs through samples from the first to the last; a batch's samples are the first of the program's order. */
export function eachBatch(
  program: Program,
  split: Split,
  samples: number,
  visit: (start: number, rows: number) => void,
): void {
  const places = bufferCapacity(split, program.order.length);
  const feed = feedSamples(split, program.samples.length / places, program);
  for (let start = 0, rows = 0; start < samples; start += rows) {
    rows = Math.min(places, samples - start, program.order.length);
    for (let row = 0; row < rows; row++) program.order[row] = start + row;
    feed.load(start, rows);
    visit(start, rows);
  }
  feed.close();
}
