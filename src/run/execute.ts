/**
 * Runs the stages of a pipeline, one after the other, inside a run folder.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { SCHEMA } from "../core/schema_version.ts";
import type { EventOf } from "../pipeline/events.ts";
import { failedGates } from "../pipeline/gates.ts";
import { unknownImportsText } from "../pipeline/keys.ts";
import type { ResolvedStage } from "../pipeline/resolve.ts";
import type { RunOutcome } from "./end_event.ts";
import type { Execution } from "./execution.ts";
import { EXIT } from "./record.ts";
import type { Conditions, StageMetrics } from "./metrics_file.ts";
import { runStage, type StageOutcome, type StageTurn } from "./run_stage.ts";
import { stopReason } from "./stop.ts";

/** Runs all stages and emits their events; the last event is the end of the run. Throws only when events cannot be written. */
export async function execute(execution: Execution): Promise<void> {
  const { pipeline, signal, emit, earlier } = execution;
  const started = performance.now();
  const position = pipeline.stages.findIndex(({ name }) => name === earlier?.stage);
  if (position < 0) begin(execution);
  for (const message of earlier?.warnings ?? []) emit({ type: "warning", t: Date.now(), message });
  const metrics: StageMetrics = {}, conditions: Conditions = {};
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
  execution.ranks?.close();
  const seconds = (earlier?.seconds ?? 0) + (performance.now() - started) / 1000;
  emit({ type: "end", t: Date.now(), seconds, ...endOf(execution, failure, metrics) });
}

function begin({ pipeline, plan: { engineText, notice }, emit, place: { id, folder } }: Execution): void {
  emit({
    type: "run",
    t: Date.now(),
    schema: SCHEMA.events,
    run: id,
    pipeline: pipeline.name,
    seed: pipeline.seed,
    engine: engineText,
    folder,
    stages: pipeline.stages.map(({ name, kind }) => ({ name, kind })),
  });
  if (notice !== undefined) emit({ type: "log", t: Date.now(), message: notice });
}

function endOf({ signal, plan: { gates } }: Execution, failure: unknown, metrics: StageMetrics): RunOutcome {
  if (failure !== undefined) return { status: "failed", exitCode: EXIT.failed, reason: messageOf(failure) };
  if (signal.ending) return { status: "stopped", exitCode: signal.reason, reason: stopReason(signal.cause) };
  const failed = failedGates(gates, metrics);
  return failed === undefined
    ? { status: "completed", exitCode: EXIT.completed, reason: "all stages done" }
    : { status: "completed", exitCode: EXIT.gate, reason: failed };
}

/** Runs one stage between its start and end events. */
async function oneStage(stage: ResolvedStage, turn: Omit<StageTurn, "emit">): Promise<StageOutcome> {
  const { emitted, execution } = turn, { plan, signal } = execution;
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
  if (emitted === "all") {
    emit({ type: "stage", t: Date.now(), stage: stage.name, state: "started" });
    const message = unknownImportsText(execution.keys.get(stage.name)!);
    // Without the stage's name, so that it is not cached as one of the stage's own events.
    if (message !== undefined) emit({ type: "warning", t: Date.now(), message: `${stage.name}: ${message}` });
  }
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
    if (plan.debug && thrown instanceof Error) {
      emit({ type: "log", t: Date.now(), stage: stage.name, message: thrown.stack ?? "" });
    }
    emitState({ state: "failed", note: messageOf(thrown) });
    throw thrown;
  }
}
