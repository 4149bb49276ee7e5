/** What a sweep is run with. @module */
import type { SweepOptions } from "../../pipeline/sweep/sweep.ts";
import type { SweepPlan } from "../../sweep/plan.ts";
import type { Trial } from "../../sweep/trial.ts";
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
  & Partial<Pick<RunOptions, "dvc" | "report" | "ui">>
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
