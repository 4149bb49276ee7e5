/** What a sweep is run with. @module */
import type { Sweep, SweepOptions } from "../../pipeline/sweep/sweep.ts";
import type { NextWorker } from "../../run/start_worker.ts";
import type { SweepPlan } from "../../sweep/plan.ts";
import type { Proposals } from "../../sweep/proposals.ts";
import type { TrialResult } from "../../sweep/result.ts";
import type { Trial } from "../../sweep/trial.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import type { RunOptions } from "../run_options.ts";

/** How the runs of trials are started: options of `run` that a sweep has as well, and those of earlier runs where it has them. */
export type TrialRunOptions =
  & Pick<
    RunOptions,
    | "set"
    | "engine"
    | "threads"
    | "runs"
    | "force"
    | "cache"
    | "maxEpochs"
    | "failIf"
    | "tensorboard"
    | "debug"
  >
  & Partial<Pick<RunOptions, "announce" | "resume">>;

/** Options of a sweep's command, of `sweep` and of `run` with a sweep. */
export type SweepRunOptions =
  & TrialRunOptions
  & Pick<RunOptions, "seed" | "maxTime">
  & Partial<Pick<RunOptions, "dvc" | "exclusive" | "report" | "ui" | "webhook">>
  & {
    /** Trials side by side, each in a process of its own. @default {1: in this process, one after the other} */
    readonly jobs?: number;
    /** How often a trial that failed is run again. @default {0} */
    readonly retries?: number;
    /** Whether the first trial that failed for good stops the others. @default {false} */
    readonly failFast?: boolean;
    /** The part of the trials that is run: `2/4`, or `auto`. @default {all} */
    readonly shard?: string;
  };

/** What the processes that run trials know of their sweep: plain data. */
export interface TrialSetup {
  /** The folder of the sweep. */
  readonly folder: string;
  /** The pipeline file, as it was typed. */
  readonly file: string;
  readonly plan: Pick<SweepPlan, "sweep" | "pipeline" | "watched">;
  readonly options: TrialRunOptions;
  readonly retries: number;
  /** The options of early stopping as the sweep has them. @default {no trial is stopped early} */
  readonly earlyStop?: SweepOptions["earlyStop"];
  /** The most threads that a step may choose by its size, where none are set. @default {the cores of the machine} */
  readonly cores?: number;
}

/** What is run of a trial. */
export type TrialToRun = Pick<Trial, "id" | "overrides" | "seed">;

/** A sweep that runs. */
export interface RunningSweep {
  readonly sweep: Sweep;
  readonly plan: SweepPlan;
  /** The choices of a sweep that chooses its settings by results. */
  readonly proposals?: Proposals;
  readonly folder: string;
  readonly file: string;
  readonly options: SweepRunOptions;
  readonly env: Environment;
  /** The worker that is prepared for the first trial of this process. */
  readonly worker: NextWorker;
  /** All trials so far; those that are chosen later are added. */
  readonly trials: Trial[];
  /** How many there will be in the end; a setting that is chosen again makes them fewer. */
  total: number;
  /** By the trial's id; those of the trials that end are added. */
  readonly results: Map<string, TrialResult>;
}
