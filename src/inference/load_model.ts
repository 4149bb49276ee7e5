// n = samples, K = latent size.

/**
 * A trained model for use in any program: `loadModel(runOrFile)`.
 *
 * @module
 */
import { type SampleScoreName, scoresOf } from "../analysis/anomaly/sample_scores.ts";
import { optionsOf } from "../core/arguments.ts";
import { RunError, UsageError } from "../core/errors.ts";
import { isPicture, type SampleShape, sampleSize } from "../core/shape.ts";
import type { Dataset, Split, SplitName } from "../data/dataset.ts";
import { openSource, type SourceInput, SourceSpec } from "../data/source.ts";
import { chooseEngine } from "../engine/choose.ts";
import type { Engine } from "../engine/engine.ts";
import { loadEngine } from "../engine/load.ts";
import { namedClassIndices } from "../models/condition.ts";
import { findModelFile, readModel } from "../models/model_file.ts";
import type { ModelSpec } from "../models/options.ts";
import type { TrainedModel } from "../models/trained.ts";
import type { ValueRange } from "./input_scale.ts";
import type { NumericInput } from "./numeric.ts";
import {
  decodeRows,
  encodeRows,
  encodingOf,
  pointColumns,
  pointsOf,
  reconstructRows,
  type Rows,
  sampleClassIndices,
  samplePoints,
  scoreRows,
} from "./operations.ts";
import type { Samples } from "./batches.ts";
import { joinInputs, numericInput, splitInput } from "./sample_input.ts";
import { type Threshold, thresholdOf } from "./threshold.ts";

/** Options for {@link loadModel}. */
export interface LoadModelOptions {
  /** What computes: `native` needs `--allow-ffi`. @default {"auto"} */
  engine?: "auto" | "native" | "wasm" | "reference" | "tfjs";
  /** Threads of the native engine. @default {by the size of the model} */
  threads?: number;
}

/** Samples for a model: numbers in memory, or a source, `mnist()`, as a pipeline loads it. */
export type ModelInput = NumericInput | SourceInput;

/** Options for {@link LoadedModel.encode} and all others that take samples. */
export interface InputOptions {
  /** The values of black and white, for numbers whose units are not those of the model's data: `[0, 1]`. @default {the same units} */
  range?: ValueRange;
  /** The split of a source that is used; `all`: train, test and validation, one after the other. @default {"test"} */
  split?: SplitName | "all";
  /** The seed of what a source draws (a test split, for example). @default {0} */
  seed?: number;
  /** For a conditional model: the class of all samples, or a list with the class of each. @default {the labels of a source} */
  classes?: string | readonly string[];
}

/** Options for {@link LoadedModel.score}. */
export interface ScoreInputOptions extends InputOptions {
  /** The score that verdicts go by. @default {"elbo" of a VAE, else "reconstruction"} */
  score?: SampleScoreName;
  /**
   * From where on a sample is an anomaly: a score, or a quantile of the scores of held-out samples, which the model's file has: `"p99"` is
   * exceeded by one in a hundred. @default {no verdicts}
   */
  threshold?: Threshold;
}

/** An array of results. */
export interface ModelArray {
  /** The numbers, row-major. */
  readonly data: Float32Array;
  /** The length of each dimension; the first counts samples. */
  readonly shape: readonly number[];
}

/** What {@link LoadedModel.score} gives; one entry for each sample. */
export interface ScoreResult {
  /** The score that verdicts go by; higher is more anomalous. */
  readonly score: Float64Array;
  /** All scores by name: `reconstruction` (sum of squared errors), for a VAE `elbo` (its negative, in nats) and `kl`, ... */
  readonly parts: Readonly<Record<string, Float64Array>>;
  /** The threshold as a number. */
  readonly threshold?: number;
  /** Whether the score is above the threshold. */
  readonly anomalous?: readonly boolean[];
  /** The name of each sample, where the source has names. */
  readonly names?: readonly string[];
}

/** A trained model that is ready for use; all functions work in batches. */
export interface LoadedModel {
  /** Its topology. */
  readonly spec: ModelSpec;
  /** The shape of a sample. */
  readonly shape: SampleShape;
  /** Latent dimensions. */
  readonly latent: number;
  /** Its file. */
  readonly file: string;
  /** The names of the classes of its data, where they had labels. */
  readonly labelNames?: readonly string[];
  /**
   * The latent points of samples (a VAE's posterior means). Shape [n, K]. Of a VQ-VAE the numbers of its codes [n, positions], or with
   * `vectors` the codes themselves [n, K].
   */
  encode(input: ModelInput, options?: InputOptions & { vectors?: boolean }): Promise<ModelArray>;
  /**
   * What the decoder makes of latent points [n, K], in the units of the model's data; a conditional model needs the class of all, or of each.
   * Shape [n, ...shape].
   */
  decode(points: NumericInput, options?: { classes?: string | readonly string[] }): Promise<ModelArray>;
  /** Samples through encoder and decoder, in the units of the input. Shape [n, ...shape]. */
  reconstruct(input: ModelInput, options?: InputOptions): Promise<ModelArray>;
  /** How anomalous samples are. */
  score(input: ModelInput, options?: ScoreInputOptions): Promise<ScoreResult>;
  /**
   * New samples, in the units of the model's data; of a conditional model of the given class or classes, else of one class after the other.
   * Shape [count, ...shape].
   */
  sample(
    count: number,
    options?: { seed?: number; classes?: string | readonly string[] },
  ): Promise<ModelArray>;
}

/**
 * Loads a trained model: from the folder of a run, from that of a cached result, or from a `.safetensors` file that `exportRun` or a train
 * stage wrote, which is complete in itself.
 *
 * @example Latent points of new samples
 * ```ts
 * import { ae, exportRun, glyphs, load, loadModel, pipeline, runPipeline, train } from "@hourglass/hourglass";
 *
 * const letters = pipeline("letters")
 *   .pipe(load(glyphs()))
 *   .pipe(train(ae({ encoder: [35, 20], latent: 2 }), { epochs: 5 }))
 *   .pipe(exportRun({ formats: ["safetensors"] }));
 * const file = await Deno.makeTempFile({ suffix: ".safetensors" });
 * await runPipeline(letters, {
 *   engine: "wasm",
 *   async onArtifact(name, content) {
 *     if (name === "model/model.safetensors") await Deno.writeFile(file, content as Uint8Array);
 *   },
 * });
 *
 * const model = await loadModel(file, { engine: "wasm" });
 * const { shape } = await model.encode(new Uint8Array(3 * 35));
 * if (shape.join() !== "3,2") throw new Error("there must be two latent dimensions for each of three samples");
 * await Deno.remove(file);
 * ```
 *
 * @throws {UsageError} When there is no model.
 * @throws {RunError} When its file is damaged, or of another version.
 */
export async function loadModel(runOrFile: string, options: LoadModelOptions = {}): Promise<LoadedModel> {
  const { engine: name, threads } = optionsOf("loadModel", options) as LoadModelOptions;
  const file = findModelFile(runOrFile), model = readModel(file);
  const chosen = await chooseEngine({ name, threads });
  return useModel(model, await loadEngine(chosen.name, { threads: chosen.threads }), file);
}

/** A model in memory, ready for use by an engine. */
export function useModel(model: TrainedModel, engine: Engine, file: string): LoadedModel {
  const { spec, shape } = model, known = { engine, model };
  const decode = (points: ArrayLike<number>, indices?: ArrayLike<number>) =>
    gather(decodeRows(known, points, indices), points.length / spec.latent, shape);
  return {
    spec,
    shape,
    latent: spec.latent,
    file,
    labelNames: model.use?.labelNames,
    async encode(input, options = {}) {
      const samples = await openInput(input, model, options);
      const { columns } = encodingOf(model, options);
      return await gather(encodeRows(known, samples, options), samples.input.count, [columns]);
    },
    async decode(points, { classes } = {}) {
      const { values, count } = await readPoints(model, points);
      return await decode(values, namedClassIndices(spec, classes, count));
    },
    async reconstruct(input, options = {}) {
      const samples = await openInput(input, model, options);
      return await gather(reconstructRows(known, samples), samples.input.count, shape);
    },
    async score(input, options = {}) {
      const samples = await openInput(input, model, options);
      return await scoreAll(known, samples, options);
    },
    async sample(count, { seed = 0, classes } = {}) {
      if (!Number.isSafeInteger(count) || count < 1) {
        throw new UsageError(`count must be a whole number from 1, got ${count}`);
      }
      return await decode(samplePoints(model, count, seed), sampleClassIndices(spec, classes));
    },
  };
}

/** Collects rows in one array. Shape [count, ...sample]. */
async function gather(rows: AsyncIterable<Rows>, count: number, sample: SampleShape): Promise<ModelArray> {
  const size = sampleSize(sample), data = new Float32Array(count * size);
  for await (const { start, values } of rows) data.set(values, start * size);
  return { data, shape: [count, ...sample] };
}

/** The latent points [n, K] that are to be decoded. @throws {RunError} When they have another number of values. */
async function readPoints(
  model: TrainedModel,
  points: NumericInput,
): Promise<{ readonly values: ArrayLike<number>; readonly count: number }> {
  const possible = pointColumns(model), input = numericInput(points, [possible[0]], "points");
  const columns = sampleSize(input.shape);
  if (!possible.includes(columns)) {
    throw new RunError(`points must have ${possible.join(" or ")} values each, got ${columns}`);
  }
  const read = new Float32Array(input.count * columns);
  await input.read(0, read);
  return { values: pointsOf(model, read, columns), count: input.count };
}

async function scoreAll(
  known: { readonly engine: Engine; readonly model: TrainedModel },
  samples: Samples,
  { score: chosen, threshold }: ScoreInputOptions,
): Promise<ScoreResult> {
  const { input } = samples;
  const { spec } = known.model, names = scoresOf(spec), score = chosenScore(spec, chosen);
  const limit = threshold === undefined ? undefined : thresholdOf(known.model, score, threshold);
  const parts = Object.fromEntries(names.map((name) => [name, new Float64Array(input.count)]));
  for await (const { start, rows, scores } of scoreRows(known, samples)) {
    for (let row = 0; row < rows; row++) {
      const found = scores(row);
      for (const name of names) parts[name][start + row] = found[name]!;
    }
  }
  const verdicts = limit === undefined
    ? {}
    : { threshold: limit, anomalous: Array.from(parts[score], (value) => value > limit) };
  return { score: parts[score], parts, ...verdicts, names: input.names };
}

/** The score by which verdicts go. @throws {UsageError} When the model has no such score. */
export function chosenScore(spec: ModelSpec, wanted: string | undefined): SampleScoreName {
  const names = scoresOf(spec),
    found = wanted === undefined ? names[0] : names.find((name) => name === wanted);
  if (found !== undefined) return found;
  throw new UsageError(`score must be one of ${names.join(", ")} for this model, got "${wanted}"`);
}

const isSource = (input: ModelInput): input is SourceInput => Object.hasOwn(input, "source");

/** Refuses pictures in the units of their files, where each of the model's data had a range of its own. */
function checkOwnRange({ name, preparation }: Dataset, { use }: TrainedModel): void {
  if (use?.preparation?.pictures?.ownRange !== true || preparation?.pictures?.ownRange === true) return;
  throw new RunError(
    `values of ${name} must go from 0 to 1 in each picture, as in the model's data, got those of its files ` +
      '(images(folder, { range: "file" }))',
  );
}

async function openInput(
  input: ModelInput,
  model: TrainedModel,
  { range, split = "test", seed = 0, classes }: InputOptions,
): Promise<Samples> {
  if (!isSource(input)) {
    const samples = numericInput(input, model.shape);
    // Bytes of a model of vectors are numbers like others.
    const isPlain = samples.kind === "bytes" && model.use?.values === "floats" && !isPicture(model.shape);
    return { input: isPlain ? { ...samples, kind: "floats" } : samples, range, classes };
  }
  const dataset = await openSource(SourceSpec.parse(input), { seed, log() {} });
  checkOwnRange(dataset, model);
  const { train, test, validation } = dataset;
  const all = [train, ...(test === train ? [] : [test]), ...(validation === undefined ? [] : [validation])];
  const splits: (Split | undefined)[] = split === "all" ? all : [{ train, test, validation }[split]];
  if (splits[0] === undefined) throw new UsageError(`${dataset.name} must have a ${split} split, got none`);
  const { shape, labelNames } = dataset;
  return { input: joinInputs(splits.map((one) => splitInput(one!, shape, labelNames))), range, classes };
}
