/**
 * What to run and how, as plain data: the command makes it, the run folder records it, and the worker receives it whole.
 *
 * @module
 */
import type { RankPlace } from "../engine/mpi/launcher.ts";
import type { Gate } from "../pipeline/gates.ts";
import type { EngineConfig } from "../pipeline/stage.ts";

/** How results of earlier runs are used. */
export interface CacheUse {
  /** The folder of runs that contains the cache. */
  readonly root: string;
  /** Stages that are run even if their result is cached. */
  readonly forced: readonly string[];
  /** Whether other runs compute the same stages at the same time, so that one of them does and the others wait. @default {false} */
  readonly isShared?: boolean;
}

/** A run as the command line describes it. Survives JSON and `postMessage`. */
export interface RunPlan {
  /** The pipeline file, which the worker loads itself. */
  readonly file: string;
  readonly overrides: readonly string[];
  readonly seed: number;
  readonly engine: EngineConfig;
  /** The engine as text: `native, 2 threads`. */
  readonly engineText: string;
  /** The class of engines whose results are the same bits. */
  readonly engineClass: string;
  /** A message logged at the start: why another engine is not used. */
  readonly notice?: string;
  /** @default {none: every stage runs} */
  readonly cache?: CacheUse;
  /** The place of this process, rank 0, among those that train together. @default {it trains alone} */
  readonly ranks?: RankPlace;
  /** At most how many seconds rank 0 waits for the other ranks. @default {no limit} */
  readonly rankTimeout?: number;
  /** Conditions on metrics that fail a completed run. */
  readonly gates: readonly Gate[];
  /** Whether the run fails when another run of the pipeline is running. */
  readonly isExclusive: boolean;
  /** Milliseconds after which to stop; `null`: no limit. */
  readonly maxMilliseconds: number | null;
  /** Epochs of this process after which to stop; `null`: no limit. */
  readonly maxEpochs: number | null;
  /** Whether errors are logged with their stack. */
  readonly debug: boolean;
  /** The folder of runs. */
  readonly root: string;
  readonly argv: readonly string[];
  /** Of this program. */
  readonly version: string;
}

/** Where a run is. */
export interface RunPlace {
  readonly id: string;
  readonly folder: string;
}

/** What earlier processes did of a run that is resumed. */
export interface EarlierProcesses {
  /**
   * The stage from whose checkpoint the run resumes: earlier events are in `events.jsonl` already, and stages before it only recompute
   * their outputs. @default {none: the run starts over}
   */
  readonly stage?: string;
  /** Their active time, in seconds. */
  readonly seconds: number;
  /** Warnings to emit first. */
  readonly warnings: readonly string[];
}
