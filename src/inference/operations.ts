// n = samples, D = values of a sample, K = latent size.

/**
 * What a trained model does with samples and latent points: operations that yield their results batch after batch.
 *
 * @module
 */
import { checkScore, type SampleScores, scoreReader } from "../analysis/anomaly/sample_scores.ts";
import { drawPoints } from "../analysis/latent/latent_space.ts";
import { RunError, UsageError } from "../core/errors.ts";
import type { Scale } from "../core/scale.ts";
import { sampleSize } from "../core/shape.ts";
import type { Engine } from "../engine/engine.ts";
import { CODEBOOK, codePositions, hasCodebook, pointsOfCodes } from "../models/codebook.ts";
import { modelTensors } from "../models/tensors.ts";
import { classesOf, classIndexFiller, isConditional, namedClassIndices } from "../models/condition.ts";
import { decoderGraph, encoderGraph, evaluationGraph, NAMES, reconstructionGraph } from "../models/graphs.ts";
import type { TrainedModel } from "../models/trained.ts";
import { batchRows, type BatchRunner, batchRunner, runBatches, type Samples, turns } from "./batches.ts";

/** A model with the engine that runs it. */
export interface EngineModel {
  readonly engine: Engine;
  readonly model: TrainedModel;
}

/** Rows of results: the first is that of sample `start`. */
export interface Rows {
  readonly start: number;
  readonly rows: number;
  /** Views that hold until the next rows are asked for. Shape [rows, columns]. */
  readonly values: Float32Array;
}

/** What an encoder gives of a sample: points of the latent space, or of a VQ-VAE the numbers of its codes unless vectors are wanted. */
export function encodingOf(
  { spec }: TrainedModel,
  { vectors = false }: { readonly vectors?: boolean } = {},
): { readonly output: "latent" | "codes"; readonly columns: number; readonly letter: "z" | "code" } {
  return hasCodebook(spec) && !vectors
    ? { output: "codes", columns: codePositions(spec), letter: "code" }
    : { output: "latent", columns: spec.latent, letter: "z" };
}

/** The latent points of samples, a VAE's posterior means: rows of K numbers; of a VQ-VAE the numbers of its codes, or their vectors. */
export async function* encodeRows(
  { engine, model }: EngineModel,
  samples: Samples,
  options: { readonly vectors?: boolean } = {},
): AsyncGenerator<Rows> {
  const { output, columns } = encodingOf(model, options);
  for await (
    const { program, start, rows } of runBatches({ engine, model, graph: encoderGraph(model.spec) }, samples)
  ) {
    yield { start, rows, values: floats(program.output(output), rows * columns) };
  }
}

/** The reconstructions of samples in the units of the input, a VAE's through its posterior mean: rows of D values. */
export async function* reconstructRows(
  { engine, model }: EngineModel,
  samples: Samples,
): AsyncGenerator<Rows> {
  const runner = batchRunner({ engine, model, graph: reconstructionGraph(model.spec) }, samples.input.count);
  try {
    yield* reconstructionsBy(runner, model, samples);
  } finally {
    runner.dispose();
  }
}

/** The same by a runner of a reconstruction graph, which takes one input after the other. */
export async function* reconstructionsBy(
  runner: BatchRunner,
  { shape }: TrainedModel,
  samples: Samples,
): AsyncGenerator<Rows> {
  const size = sampleSize(shape);
  let values = new Float32Array();
  for await (const { program, start, rows, scale } of runner.run(samples)) {
    if (values.length < rows * size) values = new Float32Array(rows * size);
    unscaleInto(values, program.output("output"), rows * size, scale);
    yield { start, rows, values: values.subarray(0, rows * size) };
  }
}

/** The scores of samples. */
export interface ScoredRows {
  readonly start: number;
  readonly rows: number;
  /** The scores of a row. */
  scores(row: number): SampleScores;
  /** What the model saw, and what it made of it: views that hold until the next rows are asked for. Shape [rows, D]. */
  readonly seen: ArrayLike<number>;
  readonly output: ArrayLike<number>;
}

/** The scores of samples; see {@link SampleScores}. */
export async function* scoreRows(
  { engine, model }: EngineModel,
  samples: Samples,
): AsyncGenerator<ScoredRows> {
  const { names } = samples.input, graph = evaluationGraph(model.spec);
  for await (const { program, start, rows } of runBatches({ engine, model, graph }, samples)) {
    const read = scoreReader(program, model.spec);
    yield {
      start,
      rows,
      scores(row) {
        const scores = read(row);
        for (const [name, value] of Object.entries(scores)) {
          checkScore(value, name, `sample ${names?.[start + row] ?? start + row}`);
        }
        return scores;
      },
      seen: program.input(NAMES.input),
      output: program.output("output"),
    };
  }
}

/**
 * What a decoder makes of latent points [n, K], in the units of the model's data: rows of D values.
 *
 * @param indices Of a conditional model: the indices of the classes; points beyond them are of the same classes again.
 */
export async function* decodeRows(
  { engine, model }: EngineModel,
  points: ArrayLike<number>,
  indices?: ArrayLike<number>,
): AsyncGenerator<Rows> {
  const { latent } = model.spec, size = sampleSize(model.shape), count = points.length / latent;
  if (!Number.isInteger(count)) {
    throw new RunError(`latent points must have ${latent} values each, got ${points.length} values in all`);
  }
  if (count === 0) return;
  const capacity = batchRows(size, count);
  const program = engine.compile(decoderGraph(model.spec), { capacity, orderLength: capacity });
  const fillCondition = isConditional(model.spec)
    ? classIndexFiller(program, model.spec, indices!)
    : undefined;
  const values = new Float32Array(capacity * size), turn = turns();
  try {
    program.parameters.set(model.parameters.subarray(model.parameters.length - program.parameters.length));
    const input = program.input(NAMES.latent), output = program.output("output");
    for (let start = 0, rows = 0; start < count; start += rows) {
      rows = Math.min(capacity, count - start);
      for (let at = 0; at < rows * latent; at++) {
        input[at] = points[start * latent + at];
        if (Number.isFinite(input[at])) continue;
        const place = `point ${start + Math.floor(at / latent)}, dimension ${at % latent}`;
        throw new RunError(`latent points must be finite numbers, got ${input[at]} in ${place}`);
      }
      for (let row = 0; row < rows; row++) program.order[row] = start + row;
      fillCondition?.(0, rows);
      program.run(rows);
      unscaleInto(values, output, rows * size, model.scale);
      yield { start, rows, values: values.subarray(0, rows * size) };
      await turn();
    }
  } finally {
    program.dispose();
  }
}

/**
 * Latent points to sample from: those of the prior of a VAE, or of a Gaussian fitted to the train latents of an autoencoder, as in the stage
 * `generate`. Shape [count, K].
 *
 * @throws {RunError} When an autoencoder's file does not have the moments of its latents.
 */
export function samplePoints({ spec, use }: TrainedModel, count: number, seed: number): Float32Array {
  if (hasCodebook(spec)) {
    throw new UsageError(
      "model must have a prior to sample from, got a vqvae, which has none over its codes " +
        "(reconstruct shows what it makes of samples, encode writes their codes, a vae can be sampled from)",
    );
  }
  const key = { seed, stream: "generation", epoch: 0 } as const, { latent } = spec;
  const fill = (value: number) => new Array<number>(latent).fill(value);
  const fitted = spec.kind === "vae" ? { mean: fill(0), std: fill(1) } : use?.latents;
  if (fitted === undefined) {
    throw new RunError(
      `model must be a vae or have the moments of its latents to sample from, got an ${spec.kind} without (train it again)`,
    );
  }
  return drawPoints(count, { mean: [...fitted.mean], std: [...fitted.std] }, key);
}

/**
 * Latent points of what was read for a decoder: of a VQ-VAE also the numbers of codes, as `encode` writes them.
 *
 * @throws {RunError} When a number is not that of a code.
 */
export function pointsOf(model: TrainedModel, values: Float32Array, columns: number): Float32Array {
  const { spec } = model;
  if (!hasCodebook(spec) || columns === spec.latent) return values;
  const wrong = values.findIndex((code) => !Number.isInteger(code) || code < 0 || code >= spec.codes);
  if (wrong >= 0) {
    throw new RunError(`codes must be whole numbers below ${spec.codes}, got ${values[wrong]}`);
  }
  const codes = modelTensors(model).find(({ name }) => name === CODEBOOK.codes)!.data;
  return pointsOfCodes(spec, codes, values);
}

/** How many columns points for a decoder may have: latent values, or of a VQ-VAE codes. */
export function pointColumns({ spec }: TrainedModel): number[] {
  return hasCodebook(spec) ? [codePositions(spec), spec.latent] : [spec.latent];
}

/**
 * The indices of the classes of new samples: the named ones in turn, else all classes of the model in turn; `undefined` for a model without.
 *
 * @throws {UsageError} When the model has no such class.
 */
export function sampleClassIndices(
  spec: TrainedModel["spec"],
  classes: string | readonly string[] | undefined,
): ArrayLike<number> | undefined {
  if (classes !== undefined) return namedClassIndices(spec, classes, classes.length);
  return isConditional(spec) ? Array.from(classesOf(spec).keys()) : undefined;
}

function floats(view: ArrayLike<number>, length: number): Float32Array {
  return view instanceof Float32Array
    ? view.subarray(0, length)
    : Float32Array.from({ length }, (_, at) => view[at]);
}

function unscaleInto(
  values: Float32Array,
  made: ArrayLike<number>,
  length: number,
  { shift, divisor }: Scale,
): void {
  const features = shift.length;
  for (let at = 0; at < length; at++) values[at] = made[at] * divisor[at % features] + shift[at % features];
}
