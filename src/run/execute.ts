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
  /** The folder beside whose runs the cache lies. */
  readonly root: string;
  /** Stages that are run whatever the cache holds. */
  readonly forced: readonly string[];
}

/** What an execution needs. */
export interface Execution {
  readonly pipeline: ResolvedPipeline;
  readonly keys: ReadonlyMap<string, StageKeys>;
  readonly id: string;
  readonly folder: string;
  readonly engine: EngineConfig;
  /** The engine in words: `native, 2 threads`. */
  readonly engineText: string;
  /** What is told at the beginning: why it is not another engine. */
  readonly notice?: string;
  /** What is told first, when a run goes on. @default {[]} */
  readonly warnings?: readonly string[];
  readonly signal: Pick<StopFlag, "aborted" | "ending" | "reason" | "cause">;
  /** Whether errors are told with their stack. */
  readonly debug: boolean;
  readonly port: CheckpointPort;
  /** Takes how far an epoch of the stage at this place is. @default {nothing} */
  progressOf?(position: number): BatchProgress;
  /** @default {none: every stage runs} */
  readonly cache?: CacheUse;
  /**
   * The stage with whose checkpoint the run goes on: what was told until then stands in `events.jsonl`, and stages before it only make
   * again what it needs.
   */
  readonly resumed?: string;
  /** What earlier processes of the run worked, in seconds. @default {0} */
  readonly secondsBefore?: number;
  /** Conditions under which a run that is done fails. */
  readonly gates: readonly Gate[];
  /** Tells an event; one from the cache was told by the run that computed the stage. */
  emit(event: RunEvent, from?: "cache"): void;
  /** Writes events that wait. */
  flushEvents(): number;
}

/** Runs all stages and tells of each; the last event says how it ended. Throws only when it cannot even tell. */
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
      const told = index < position ? "not" : index === position ? "from its checkpoint" : "whole";
      const { outputs } = await oneStage(stage, { available, metrics, conditions, told, execution });
      available = { ...available, ...outputs };
    } catch (thrown) {
      failure = thrown ?? new Error("a stage threw nothing");
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

/** Runs one stage between the events that say so. */
async function oneStage(stage: ResolvedStage, turn: Omit<StageTurn, "emit">): Promise<StageOutcome> {
  const { told, execution } = turn, { debug, signal } = execution;
  const emit = told === "not" ? () => {} : execution.emit;
  const started = performance.now();
  const tell = (event: Omit<EventOf<"stage">, "type" | "t" | "stage" | "seconds">) =>
    emit({
      type: "stage",
      t: Date.now(),
      stage: stage.name,
      seconds: (performance.now() - started) / 1000,
      ...event,
    });
  if (told === "whole") emit({ type: "stage", t: Date.now(), stage: stage.name, state: "started" });
  try {
    const outcome = await runStage(stage, { ...turn, emit });
    const { note, metrics, cached } = outcome;
    tell({ state: signal.aborted || outcome.isUnfinished ? "stopped" : "finished", note, metrics, cached });
    return outcome;
  } catch (thrown) {
    if (debug && thrown instanceof Error) {
      emit({ type: "log", t: Date.now(), stage: stage.name, message: thrown.stack ?? "" });
    }
    tell({ state: "failed", note: messageOf(thrown) });
    throw thrown;
  }
}
