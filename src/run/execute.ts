/**
 * Runs the stages of a pipeline, one after the other, inside a run folder.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import type { EventOf, RunEvent } from "../pipeline/events.ts";
import { failedGates, type Gate } from "../pipeline/gates.ts";
import type { StageKeys } from "../pipeline/keys.ts";
import type { ResolvedPipeline, ResolvedStage } from "../pipeline/resolve.ts";
import type { BatchProgress, EngineConfig } from "../pipeline/stage.ts";
import type { CheckpointPort } from "./checkpoint_port.ts";
import { EXIT } from "./record.ts";
import type { Conditions, Metrics } from "./metrics_file.ts";
import { runStage, type StageOutcome, type StageTurn } from "./run_stage.ts";
import type { EndEvent } from "./start_worker.ts";
import { type StopFlag, stopReason } from "./stop.ts";

/** How results of earlier runs are used. */
export interface CacheUse {
  /** The folder of runs that contains the cache. */
  readonly root: string;
  /** Stages that are run even if their result is cached. */
  readonly forced: readonly string[];
}

/** What an execution needs. */
export interface Execution {
  readonly pipeline: ResolvedPipeline;
  readonly keys: ReadonlyMap<string, StageKeys>;
  readonly id: string;
  readonly folder: string;
  readonly engine: EngineConfig;
  /** The engine as text: `native, 2 threads`. */
  readonly engineText: string;
  /** A message logged at the start: why another engine is not used. */
  readonly notice?: string;
  /** Warnings to emit first when a run is resumed. @default {[]} */
  readonly warnings?: readonly string[];
  readonly signal: Pick<StopFlag, "aborted" | "ending" | "reason" | "cause">;
  /** Whether errors are logged with their stack. */
  readonly debug: boolean;
  readonly port: CheckpointPort;
  /** The progress reporter of the stage at this position. @default {none} */
  progressOf?(position: number): BatchProgress;
  /** @default {none: every stage runs} */
  readonly cache?: CacheUse;
  /**
   * The stage from whose checkpoint the run resumes: earlier events are in `events.jsonl` already, and stages before it only recompute
   * their outputs.
   */
  readonly resumed?: string;
  /** The active time of earlier processes of the run, in seconds. @default {0} */
  readonly secondsBefore?: number;
  /** Conditions on metrics that fail a completed run. */
  readonly gates: readonly Gate[];
  /** Emits an event; one from the cache was first emitted by the run that computed the stage. */
  emit(event: RunEvent, from?: "cache"): void;
  /** Writes buffered events. */
  flushEvents(): number;
}

/** Runs all stages and emits their events; the last event is the end of the run. Throws only when events cannot be written. */
export async function execute(execution: Execution): Promise<void> {
  const { pipeline, signal, emit, resumed, warnings = [] } = execution;
  const started = performance.now();
  const position = pipeline.stages.findIndex(({ name }) => name === resumed);
  if (position < 0) begin(execution);
  for (const message of warnings) emit({ type: "warning", t: Date.now(), message });
  const metrics: Metrics = {}, conditions: Conditions = {};
  let available: Record<string, unknown> = {}, failure: unknown;
  for (const [index, stage] of pipeline.stages.entries()) {
    if (signal.ending) break;
    try {
      const emitted = index < position ? "none" : index === position ? "from its checkpoint" : "all";
      const { outputs } = await oneStage(stage, { available, metrics, conditions, emitted, execution });
      available = { ...available, ...outputs };
    } catch (thrown) {
      failure = thrown ?? new Error("a stage threw undefined");
      break;
    }
  }
  const seconds = (execution.secondsBefore ?? 0) + (performance.now() - started) / 1000;
  emit({ type: "end", t: Date.now(), seconds, ...endOf(execution, failure, metrics) });
}

function begin({ pipeline, engineText, notice, emit, folder, id }: Execution): void {
  emit({
    type: "run",
    t: Date.now(),
    schema: 1,
    run: id,
    pipeline: pipeline.name,
    seed: pipeline.seed,
    engine: engineText,
    folder,
    stages: pipeline.stages.map(({ name, kind }) => ({ name, kind })),
  });
  if (notice !== undefined) emit({ type: "log", t: Date.now(), message: notice });
}

function endOf(
  { signal, gates }: Execution,
  failure: unknown,
  metrics: Metrics,
): Pick<EndEvent, "status" | "exitCode" | "reason"> {
  if (failure !== undefined) return { status: "failed", exitCode: EXIT.failed, reason: messageOf(failure) };
  if (signal.ending) return { status: "stopped", exitCode: signal.reason, reason: stopReason(signal.cause) };
  const failed = failedGates(gates, metrics);
  return failed === undefined
    ? { status: "completed", exitCode: EXIT.completed, reason: "all stages done" }
    : { status: "completed", exitCode: EXIT.gate, reason: failed };
}

/** Runs one stage between its start and end events. */
async function oneStage(stage: ResolvedStage, turn: Omit<StageTurn, "emit">): Promise<StageOutcome> {
  const { emitted, execution } = turn, { debug, signal } = execution;
  const emit = emitted === "none" ? () => {} : execution.emit;
  const started = performance.now();
  const emitState = (event: Omit<EventOf<"stage">, "type" | "t" | "stage" | "seconds">) =>
    emit({
      type: "stage",
      t: Date.now(),
      stage: stage.name,
      seconds: (performance.now() - started) / 1000,
      ...event,
    });
  if (emitted === "all") emit({ type: "stage", t: Date.now(), stage: stage.name, state: "started" });
  try {
    const outcome = await runStage(stage, { ...turn, emit });
    const { note, metrics, cached } = outcome;
    emitState({
      state: signal.aborted || outcome.isUnfinished ? "stopped" : "finished",
      note,
      metrics,
      cached,
    });
    return outcome;
  } catch (thrown) {
    if (debug && thrown instanceof Error) {
      emit({ type: "log", t: Date.now(), stage: stage.name, message: thrown.stack ?? "" });
    }
    emitState({ state: "failed", note: messageOf(thrown) });
    throw thrown;
  }
}
