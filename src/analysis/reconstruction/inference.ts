// n = samples, D = pixels, K = latent size; every block is row-major.

/**
 * A trained model put to work: images to latent points, points to images.
 *
 * @module
 */
import type { DrawKey } from "../../core/random.ts";
import type { Split } from "../../data/dataset.ts";
import { bufferCapacity, feedImages } from "../../data/feed.ts";
import { binariseRows } from "../../engine/binarise.ts";
import type { Corruption, Engine, Program } from "../../engine/engine.ts";
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
  const { program, forEachBatch } = imageEncoder(engine, model.spec, split);
  program.parameters.set(model.parameters.subarray(0, program.parameters.length));
  const points = new Float32Array(split.count * latent);
  forEachBatch(
    split.count,
    (start, rows) => points.set(program.output("latent").subarray(0, rows * latent), start * latent),
  );
  program.dispose();
  return points;
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
  const { program, forEachBatch } = imageEncoder(engine, model.spec, split);
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
 * Compiles the encoder of a model over the images of a split; its outputs are described at {@link encoderGraph}, its parameters are the first
 * of the model. Call `program.dispose()` when done.
 */
export function imageEncoder(engine: Engine, spec: ModelSpec, split: Split): {
  readonly program: Program;
  forEachBatch(samples: number, visit: (start: number, rows: number) => void): void;
} {
  const program = engine.compile(encoderGraph(spec), programOptions(spec, split));
  return {
    program,
    forEachBatch(samples, visit) {
      eachBatch(program, split, samples, (start, rows) => {
        program.gather(NAMES.input, 0, rows);
        binariseRows(program, split.resampled, NAMES.input, 0, rows);
        program.run(rows);
        visit(start, rows);
      });
    },
  };
}

/** The images that a decoder makes of latent points [n, K]. Shape [n, D]. */
export function decodePoints(engine: Engine, model: TrainedModel, points: ArrayLike<number>): Float32Array {
  const { latent } = model.spec, pixels = inputSize(model.spec);
  const count = points.length / latent;
  const program = engine.compile(decoderGraph(model.spec), { capacity: Math.min(CAPACITY, count) });
  program.parameters.set(model.parameters.subarray(model.parameters.length - program.parameters.length));
  const input = program.input(NAMES.latent), images = new Float32Array(count * pixels);
  for (let start = 0; start < count; start += CAPACITY) {
    const rows = Math.min(CAPACITY, count - start);
    for (let at = 0; at < rows * latent; at++) input[at] = points[start * latent + at];
    program.run(rows);
    images.set(program.output("output").subarray(0, rows * pixels), start * pixels);
  }
  program.dispose();
  return images;
}

/** A model compiled for evaluation, over the images of a split. */
export interface Evaluator {
  readonly program: Program;
  /** Pixels of an image. */
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
  const program = engine.compile(evaluationGraph(model.spec), programOptions(model.spec, split, copies));
  program.parameters.set(model.parameters);
  return {
    program,
    pixels: inputSize(model.spec),
    forEachBatch({ samples, noise, sampled }, visit) {
      if (model.spec.kind === "vae") program.input(NAMES.epsilon).fill(0);
      eachBatch(program, split, samples, (start, rows) => {
        program.gather(NAMES.target, 0, rows);
        binariseRows(program, split.resampled, NAMES.target, 0, rows);
        if (noise === undefined) {
          program.gather(NAMES.input, 0, rows);
          binariseRows(program, split.resampled, NAMES.input, 0, rows);
        } else program.corrupt(NAMES.target, NAMES.input, noise.corruption, noise.key, 0, rows);
        if (sampled !== undefined) program.drawNormal(NAMES.epsilon, sampled, 0, rows);
        program.run(rows);
        visit(start, rows);
      });
    },
  };
}

/** Images in three stages, each [n, D]: the targets, the inputs, and the reconstructions. */
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

/** The capacity of a program that reads a split batch by batch: it holds the images of one batch, however many there are. */
export function programOptions(spec: ModelSpec, split: Split, copies = 1) {
  const capacity = Math.min(CAPACITY, split.count * copies);
  return { capacity, images: { count: bufferCapacity(split, capacity), pixels: inputSize(spec) } };
}

/** Runs through samples from the first to the last; a batch's samples are the first of the program's order. */
export function eachBatch(
  program: Program,
  split: Split,
  samples: number,
  visit: (start: number, rows: number) => void,
): void {
  const places = bufferCapacity(split, program.order.length);
  const feed = feedImages(split, program.images.length / places, program.images);
  for (let start = 0, rows = 0; start < samples; start += rows) {
    rows = Math.min(places, samples - start, program.order.length);
    for (let row = 0; row < rows; row++) program.order[row] = start + row;
    feed.load(start, rows);
    visit(start, rows);
  }
  feed.close();
}
