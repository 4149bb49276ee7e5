/** The messages between a run's main thread and its worker. @module */
import type { CheckpointMessage } from "./checkpoint_port.ts";
import type { RankReport } from "./ranks/processes.ts";
import type { EarlierProcesses, RunPlace, RunPlan } from "./run_plan.ts";

/** The message that starts the worker. */
export interface WorkerOrder {
  readonly plan: RunPlan;
  readonly place: RunPlace;
  readonly earlier?: EarlierProcesses;
  /** The key of the pipeline's own code before the worker loads it. */
  readonly code: string;
  readonly shared: SharedMemory;
  /** Whether the worker stays for another order. */
  readonly isKept: boolean;
}

/** The memory that both threads share. */
export interface SharedMemory {
  /** Of the stop flag. */
  readonly stop: SharedArrayBuffer;
  /** Of the checkpoint port. */
  readonly port: SharedArrayBuffer;
  /** Of the progress inside an epoch. */
  readonly progress: SharedArrayBuffer;
  /** Of rank 0's waits for other ranks. */
  readonly waits: SharedArrayBuffer;
  /** Of the box for a warning. */
  readonly warning: SharedArrayBuffer;
}

/** A message from the worker: lines of events as written to the file, a checkpoint to write, or why the worker itself failed. */
export type WorkerReport =
  | RankReport
  | { readonly lines: string }
  | { readonly checkpoint: CheckpointMessage }
  | { readonly broken: string }
  | { readonly idle: true };
