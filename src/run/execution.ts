/** What an execution of a pipeline needs of the run around it. @module */
import type { RunEvent } from "../pipeline/events.ts";
import type { StageKeys } from "../pipeline/keys.ts";
import type { ResolvedPipeline } from "../pipeline/resolve.ts";
import type { BatchProgress } from "../pipeline/stage.ts";
import type { CheckpointPort } from "./checkpoint_port.ts";
import type { Leader } from "./ranks/lead.ts";
import type { EarlierProcesses, RunPlace, RunPlan } from "./run_plan.ts";
import type { StopFlag } from "./stop.ts";

/** A pipeline in its run folder, and the ways out of it. */
export interface Execution {
  readonly plan: Pick<RunPlan, "engine" | "engineText" | "ranks" | "notice" | "cache" | "gates" | "debug">;
  readonly pipeline: ResolvedPipeline;
  readonly keys: ReadonlyMap<string, StageKeys>;
  readonly place: RunPlace;
  /** @default {a new run} */
  readonly earlier?: EarlierProcesses;
  readonly signal: Pick<StopFlag, "aborted" | "ending" | "reason" | "cause">;
  readonly port: CheckpointPort;
  /** The other ranks of the run. @default {there are none} */
  readonly ranks?: Leader;
  /** The progress reporter of the stage at this position. @default {none} */
  progressOf?(position: number): BatchProgress;
  /** Emits an event; one from the cache was first emitted by the run that computed the stage. */
  emit(event: RunEvent, from?: "cache"): void;
  /** Writes buffered events. */
  flushEvents(): number;
}
