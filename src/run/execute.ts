/**
 * Runs the stages of a pipeline, one after the other, inside a run folder.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { writeFileAtomically } from "../core/files.ts";
import type { EventOf, RunEvent } from "../pipeline/events.ts";
import type { ResolvedPipeline, ResolvedStage } from "../pipeline/resolve.ts";
import type { EngineSetting, StageContext, StageResult } from "../pipeline/stage.ts";
import { EXIT } from "./record.ts";

/** What asks a run to stop: its reason is the exit code of the signal. */
export interface StopRequest {
  readonly aborted: boolean;
  readonly reason: number;
}

/** What an execution needs. */
export interface Execution {
  readonly pipeline: ResolvedPipeline;
  readonly id: string;
  readonly folder: string;
  readonly engine: EngineSetting;
  /** The engine in words: `native, 2 threads`. */
  readonly engineText: string;
  /** What is told at the beginning: why it is not another engine. */
  readonly notice?: string;
  readonly signal: StopRequest;
  /** Whether errors are told with their stack. */
  readonly debug: boolean;
  emit(event: RunEvent): void;
}

/** Runs all stages and tells of each; the last event says how it ended. Never throws. */
export async function execute(execution: Execution): Promise<void> {
  const { pipeline, engineText, notice, emit, folder, id, signal } = execution;
  const started = performance.now();
  const stages = pipeline.stages.map(({ name, kind }) => ({ name, kind }));
  emit({
    type: "run",
    t: Date.now(),
    schema: 1,
    run: id,
    pipeline: pipeline.name,
    seed: pipeline.seed,
    engine: engineText,
    folder,
    stages,
  });
  if (notice !== undefined) emit({ type: "log", t: Date.now(), message: notice });
  const metrics: Record<string, Readonly<Record<string, number>>> = {};
  let made: Record<string, unknown> = {}, failure: unknown;
  for (const stage of pipeline.stages) {
    if (signal.aborted) break;
    try {
      const result = await runStage(stage, made, metrics, execution);
      made = { ...made, ...result.adds };
    } catch (thrown) {
      failure = thrown ?? new Error("a stage threw nothing");
      break;
    }
  }
  emit({
    type: "end",
    t: Date.now(),
    seconds: (performance.now() - started) / 1000,
    ...endOf(failure, signal),
  });
}

function endOf(
  failure: unknown,
  signal: StopRequest,
): Pick<EventOf<"end">, "status" | "exitCode" | "reason"> {
  if (failure !== undefined) return { status: "failed", exitCode: EXIT.failed, reason: messageOf(failure) };
  if (!signal.aborted) return { status: "completed", exitCode: EXIT.completed, reason: "all stages done" };
  const name = signal.reason === EXIT.terminated ? "SIGTERM" : "SIGINT";
  return { status: "stopped", exitCode: signal.reason, reason: `stopped by ${name}` };
}

async function runStage(
  stage: ResolvedStage,
  made: Record<string, unknown>,
  metrics: Record<string, Readonly<Record<string, number>>>,
  execution: Execution,
): Promise<StageResult<Record<string, unknown>>> {
  const { emit, folder, signal, debug } = execution;
  const started = performance.now();
  const tell = (event: Omit<EventOf<"stage">, "type" | "t" | "stage" | "seconds">) =>
    emit({
      type: "stage",
      t: Date.now(),
      stage: stage.name,
      seconds: (performance.now() - started) / 1000,
      ...event,
    });
  emit({ type: "stage", t: Date.now(), stage: stage.name, state: "started" });
  try {
    const result = await stage.definition.run(made, stage.options, contextOf(stage, execution));
    if (result.metrics !== undefined) {
      metrics[stage.name] = result.metrics;
      await writeFileAtomically(`${folder}/artifacts/metrics.json`, JSON.stringify(metrics, null, 2) + "\n");
    }
    tell({ state: signal.aborted ? "stopped" : "finished", note: result.note, metrics: result.metrics });
    return result;
  } catch (thrown) {
    if (debug && thrown instanceof Error) {
      emit({ type: "log", t: Date.now(), stage: stage.name, message: thrown.stack ?? "" });
    }
    tell({ state: "failed", note: messageOf(thrown) });
    throw thrown;
  }
}

function contextOf(
  stage: ResolvedStage,
  { pipeline, engine, signal, emit, folder }: Execution,
): StageContext {
  return {
    name: stage.name,
    seed: pipeline.seed,
    engine,
    signal,
    emit: (event) => emit({ ...event, t: Date.now(), stage: stage.name } as RunEvent),
    async writeArtifact(file, title, content) {
      await Deno.mkdir(`${folder}/artifacts/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await writeFileAtomically(`${folder}/artifacts/${file}`, content);
      emit({ type: "artifact", t: Date.now(), stage: stage.name, file: `artifacts/${file}`, title });
    },
    async writeCheckpoint(file, content) {
      await writeFileAtomically(`${folder}/checkpoints/${file}`, content);
    },
  };
}
