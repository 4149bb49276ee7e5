/**
 * Runs a pipeline in the calling program: no run folder, no worker, no screen, nothing on the disk.
 *
 * @module
 */
import { optionsOf } from "../core/arguments.ts";
import { messageOf, RunError } from "../core/errors.ts";
import { chooseEngine } from "../engine/choose.ts";
import { endKeptThread } from "../engine/threads/helper_thread.ts";
import type { RunEvent } from "../pipeline/events.ts";
import { inputsOf } from "../pipeline/keys.ts";
import { isFiniteMetric, type Metrics } from "../pipeline/metric.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { type ResolvedPipeline, type ResolvedStage, resolvePipeline } from "../pipeline/resolve.ts";
import type { EngineConfig, StageContext, StageResult } from "../pipeline/stage.ts";
import { NO_PORT } from "./checkpoint_port.ts";

/** What a pipeline reports while it runs. */
export type PipelineEvent =
  | {
    readonly type: "stage";
    readonly stage: string;
    readonly state: "started" | "finished";
    /** A short result: `60,000 + 10,000 images of 28x28`. */
    readonly note?: string;
  }
  | {
    readonly type: "epoch";
    readonly stage: string;
    /** Counted from 1. */
    readonly epoch: number;
    /** `null`: not finite. */
    readonly loss: number | null;
    /** The validation loss, where there is a validation split. */
    readonly validation?: number | null;
    /** Epochs since the best one. */
    readonly epochsWithoutImprovement: number;
  }
  | { readonly type: "log" | "warning"; readonly stage?: string; readonly message: string };

/** Options for {@link runPipeline}. */
export interface RunPipelineOptions {
  /** Settings as `--set` takes them: `["train.epochs=5"]`. @default {[]} */
  set?: readonly string[];
  /** The seed of all random numbers. @default {the pipeline's} */
  seed?: number;
  /** The engine; `auto` is native where it is available, which needs `--allow-ffi`, else wasm. @default {"auto"} */
  engine?: "auto" | "native" | "wasm" | "reference" | "tfjs";
  /** Threads of the native engine. @default {chosen from the size of a step} */
  threads?: number;
  /** Called with every event. @default {nothing} */
  onEvent?(event: PipelineEvent): void;
  /** Called with each file that a run would keep in its `artifacts/`, by its name. @default {the files are dropped} */
  onArtifact?(name: string, content: Uint8Array | string): void | Promise<void>;
  /**
   * Stops it after the current batch; the promise is rejected with the signal's reason. A training is not interrupted by timers of the
   * same thread: abort it in {@link RunPipelineOptions.onEvent}, or run it in a worker.
   */
  signal?: AbortSignal;
}

/** A metric of a stage. */
export interface PipelineMetric {
  /** What was measured. */
  readonly value: number;
  /** Its unit: `squared error/pixel`. */
  readonly unit: string;
  /** Which values are better; `none` for metrics that only describe. */
  readonly direction: "lower" | "higher" | "none";
  /** Its 95 % confidence interval, where one is known. */
  readonly interval?: { readonly low: number; readonly high: number };
}

/** The result of {@link runPipeline}. */
export interface PipelineResult<Outputs extends object> {
  /** The outputs of all stages by their names: `dataset`, `model`, ... */
  readonly outputs: Outputs;
  /** The metrics of each stage: `metrics.evaluate.mse.value`. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, PipelineMetric>>>>;
}

/**
 * Runs a pipeline in this program and returns what its stages made. Nothing is written; for run folders, checkpoints, the cache and screens
 * run the file by `deno task run`. It computes on the calling thread, so other code waits between batches.
 *
 * Needs `--allow-read`, and `--allow-ffi` for the native engine.
 *
 * @example Train, and keep the model
 * ```ts
 * import { ae, glyphs, load, pipeline, runPipeline, train } from "@hourglass/hourglass";
 *
 * const letters = pipeline("letters")
 *   .pipe(load(glyphs()))
 *   .pipe(train(ae({ encoder: [35, 20], latent: 2 }), { epochs: 20 }));
 * const { outputs } = await runPipeline(letters, { engine: "wasm" });
 * const weights: Float32Array = outputs.model.parameters;
 * if (weights.length === 0) throw new Error("there must be weights");
 * ```
 *
 * @throws {UsageError} With all faults of the pipeline's options at once.
 * @throws {RunError} When a stage fails, with its name.
 */
export async function runPipeline<Outputs extends object>(
  pipeline: Pipeline<Outputs>,
  options: RunPipelineOptions = {},
): Promise<PipelineResult<Outputs>> {
  const { set = [], seed, engine: name = "auto", threads, onEvent } = optionsOf("runPipeline", options);
  const resolved = resolvePipeline(pipeline, { overrides: set, seed });
  const { notice, ...engine } = await chooseEngine({ name, threads });
  if (notice !== undefined) onEvent?.({ type: "log", message: notice });
  try {
    return await runStages<Outputs>(resolved, { seed: resolved.seed, engine, options });
  } finally {
    endKeptThread();
  }
}

async function runStages<Outputs extends object>(
  { stages }: ResolvedPipeline,
  surroundings: Surroundings,
): Promise<PipelineResult<Outputs>> {
  const { onEvent, signal } = surroundings.options, metrics: Record<string, Metrics> = {};
  let outputs: Record<string, unknown> = {};
  for (const stage of stages) {
    signal?.throwIfAborted();
    onEvent?.({ type: "stage", stage: stage.name, state: "started" });
    const result = await runStage(stage, outputs, surroundings);
    signal?.throwIfAborted();
    outputs = { ...outputs, ...result.outputs };
    if (result.metrics !== undefined) metrics[stage.name] = finite(result.metrics);
    onEvent?.({ type: "stage", stage: stage.name, state: "finished", note: result.note });
  }
  return { outputs: outputs as Outputs, metrics };
}

/** What a stage needs from the pipeline around it. */
interface Surroundings {
  readonly seed: number;
  readonly engine: EngineConfig;
  readonly options: RunPipelineOptions;
}

async function runStage(
  { name, definition, options: own }: ResolvedStage,
  available: Readonly<Record<string, unknown>>,
  { seed, engine, options: { onEvent, onArtifact, signal = NEVER } }: Surroundings,
): Promise<StageResult<Record<string, unknown>>> {
  const context: StageContext = {
    name,
    seed,
    engine,
    signal,
    emit: (event) => {
      if (isShown(event.type)) onEvent?.({ ...event, stage: name } as PipelineEvent);
    },
    writeArtifact: async (file, _title, content) => await onArtifact?.(file, content),
    writeCheckpoint: () => Promise.resolve(),
    checkpoints: (policy) => NO_PORT.of({ name, key: "" }, policy),
  };
  const inputs = Object.fromEntries(
    inputsOf(definition, available).map((input) => [input, available[input]]),
  );
  try {
    return await definition.run(inputs, own, context);
  } catch (thrown) {
    throw new RunError(`${name}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** As in `metrics.json`: without those that could not be measured. */
function finite(metrics: Metrics): Metrics {
  return Object.fromEntries(Object.entries(metrics).filter(([, metric]) => isFiniteMetric(metric)));
}

const NEVER = new AbortController().signal;

/** The types of {@link PipelineEvent} that stages emit. */
function isShown(type: RunEvent["type"]): boolean {
  return type === "epoch" || type === "log" || type === "warning";
}
