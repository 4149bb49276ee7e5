// N = rows of a batch, D = values of a sample, K = latent size.

/**
 * Runs samples through a graph of a trained model, batch after batch.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import type { DrawKey } from "../core/random.ts";
import { BYTES_SCALE, isBrightness, type Scale } from "../core/scale.ts";
import { sampleSize, type SampleValues, type ValueKind } from "../core/shape.ts";
import { evaluationDraw, gatherSampled } from "../engine/batch.ts";
import type { Engine, Program } from "../engine/engine.ts";
import type { Graph } from "../graph/graph.ts";
import { classIndexFiller, isConditional, namedClassIndices } from "../models/condition.ts";
import { NAMES } from "../models/graphs.ts";
import type { TrainedModel } from "../models/trained.ts";
import { checkShape, checkUnits, inputScale, type ValueRange } from "./input_scale.ts";
import type { SampleInput } from "./sample_input.ts";

/** Some samples that a program has just computed: its outputs hold them. */
export interface Batch {
  readonly program: Program;
  /** The first sample, counted from 0. */
  readonly start: number;
  readonly rows: number;
  /** How the values of the input became what the model sees. */
  readonly scale: Scale;
}

/** What is computed, with what. */
export interface RunnerOptions {
  readonly engine: Engine;
  readonly model: TrainedModel;
  /** A graph whose inputs are among `input`, `target` and `epsilon`, and whose parameters are the first of the model. */
  readonly graph: Graph;
}

/** Samples to compute. */
export interface Samples {
  readonly input: SampleInput;
  /** The values of black and white in an input that has other units than the model's data. */
  readonly range?: ValueRange;
  /** What the samples are called in messages. @default {"the input"} */
  readonly what?: string;
  /** Of a conditional model: the class of all samples, or of each. @default {those that the input has} */
  readonly classes?: string | readonly string[];
}

/** A compiled graph for one input after the other. */
export interface BatchRunner {
  /**
   * Computes batch after batch. The caller reads the outputs of each before it asks for the next.
   *
   * @throws {RunError} When the samples do not fit the model, or a value is not a finite number.
   */
  run(samples: Samples): AsyncGenerator<Batch>;
  dispose(): void;
}

/** Rows of a batch at most, and values of its samples at most. */
const ROWS = 1024, VALUES = 1 << 21;

/** At most how many rows a batch has. */
export function batchRows(size: number, count: number): number {
  return Math.max(1, Math.min(ROWS, count, Math.floor(VALUES / size)));
}

/** Milliseconds after which timers, signals and other work get a turn. */
const TURN_MS = 50;

/** Gives other work of this thread a turn from time to time: a signal cannot be received otherwise. */
export function turns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}

/** Prepares batches of at most `count` rows; the graph is compiled again only for another kind or scale of values. */
export function batchRunner(options: RunnerOptions, count = ROWS): BatchRunner {
  const { model, graph } = options, { spec } = model, size = sampleSize(model.shape);
  const capacity = batchRows(size, count), programs = programFor(options, capacity), turn = turns();
  const binarised = model.use?.binarised;
  const draw = evaluationDraw(typeof binarised === "object" ? binarised.seed : undefined);

  async function* run({ input, range, what = "the input", classes }: Samples): AsyncGenerator<Batch> {
    const { count, kind, shape } = input;
    checkShape(shape, model, what);
    // Classes that an input happens to have are of use to a conditional model alone.
    const indices = namedClassIndices(
      spec,
      classes ?? (isConditional(spec) ? input.classes : undefined),
      count,
    );
    if (count === 0) return;
    const scale = inputScale(model, kind, range), program = programs.of(kind, scale);
    const fillCondition = isConditional(spec) ? classIndexFiller(program, spec, indices!) : undefined;
    for (let start = 0, rows = 0; start < count; start += rows) {
      rows = Math.min(capacity, count - start);
      await readBatch(program.samples.subarray(0, rows * size), start, { input, model, scale, what });
      gatherBatch(program, { graph, draw, start, rows });
      fillCondition?.(0, rows);
      program.run(rows);
      yield { program, start, rows, scale };
      await turn();
    }
  }
  return { run, dispose: programs.dispose };
}

/** The program of a graph for samples of a kind and scale: the last one, or a new one in its place. */
function programFor({ engine, model, graph }: RunnerOptions, capacity: number) {
  let compiled: { readonly program: Program; readonly key: string } | undefined;
  function of(kind: ValueKind, scale: Scale): Program {
    const key = `${kind} ${JSON.stringify(scale)}`;
    if (compiled?.key === key) return compiled.program;
    compiled?.program.dispose();
    const isDefault = kind === "bytes" && isBrightness(scale) && scale.divisor[0] === BYTES_SCALE.divisor[0];
    const size = sampleSize(model.shape);
    const samples = { capacity, size, kind, scale: isDefault ? undefined : scale };
    const program = engine.compile(graph, { capacity, samples });
    compiled = { program, key };
    program.parameters.set(model.parameters.subarray(0, program.parameters.length));
    if (graph.inputs.has(NAMES.epsilon)) program.input(NAMES.epsilon).fill(0);
    return program;
  }
  return { of, dispose: () => compiled?.program.dispose() };
}

/** What the samples of a batch are, and what they are read for. */
interface BatchSource {
  readonly input: SampleInput;
  readonly model: TrainedModel;
  readonly scale: Scale;
  readonly what: string;
}

/** Reads samples from sample `start` on into `values`, checked and prepared as those of the training were. */
async function readBatch(
  values: SampleValues,
  start: number,
  { input, model, scale, what }: BatchSource,
): Promise<void> {
  const { binarised, preparation: { fills } = {} } = model.use ?? {};
  await input.read(start, values);
  if (fills !== undefined) fillMissing(values, fills);
  checkFinite(values, sampleSize(model.shape), start, input, what);
  if (start === 0 && input.isInUnits !== true) checkUnits(values, input.kind, model, scale, what);
  if (binarised === "threshold") threshold(values, scale);
}

/** Rows of a batch to gather. */
interface GatheredRows {
  readonly graph: Graph;
  /** The draws that sample the pixels of a model of binary pixels. */
  readonly draw: DrawKey | undefined;
  readonly start: number;
  readonly rows: number;
}

/** Fills the inputs of a program's graph with the samples that have been read. */
function gatherBatch(program: Program, { graph, draw, start, rows }: GatheredRows): void {
  for (let row = 0; row < rows; row++) program.order[row] = start + row;
  for (const name of [NAMES.input, NAMES.target]) {
    if (graph.inputs.has(name)) gatherSampled(program, name, draw, 0, rows);
  }
}

/** Computes the samples of one input, batch after batch; see {@link BatchRunner.run}. */
export async function* runBatches(options: RunnerOptions, samples: Samples): AsyncGenerator<Batch> {
  const runner = batchRunner(options, samples.input.count);
  try {
    yield* runner.run(samples);
  } finally {
    runner.dispose();
  }
}

function threshold(values: SampleValues, { drawn: [black, white] }: Scale): void {
  const half = (black + white) / 2;
  for (let at = 0; at < values.length; at++) values[at] = values[at] >= half ? white : black;
}

/** Missing values become what they became in the model's data. */
function fillMissing(values: SampleValues, fills: readonly number[]): void {
  for (let at = 0; at < values.length; at++) {
    if (Number.isNaN(values[at])) values[at] = fills[at % fills.length];
  }
}

function checkFinite(
  values: SampleValues,
  size: number,
  start: number,
  { names }: SampleInput,
  what: string,
): void {
  if (values instanceof Uint8Array) return;
  // 0 times a number that is not finite is NaN, and so is any sum with it.
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += 0 * values[at];
  if (sum === 0) return;
  const at = values.findIndex((value) => !Number.isFinite(value)), row = start + Math.floor(at / size);
  throw new RunError(
    `values of ${what} must be finite numbers, got ${values[at]} in sample ${row}${
      names === undefined ? "" : ` (${names[row]})`
    }, value ${at % size} (fill or remove it)`,
  );
}
