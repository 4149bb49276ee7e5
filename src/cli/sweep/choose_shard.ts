/** `--shard`: the part of a sweep that this process runs. @module */
import { plural } from "../../core/amounts.ts";
import { UsageError } from "../../core/errors.ts";
import { typed } from "../../core/typed_command.ts";
import { samplerOf, type Sweep } from "../../pipeline/sweep/sweep.ts";
import type { SweepPlan } from "../../sweep/plan.ts";
import { type FoundShard, shardOfEnvironment, type Variables } from "../../sweep/shards/environments.ts";
import { parseShard, type Shard, shardText, trialsOfShard } from "../../sweep/shards/shard.ts";
import type { Trial } from "../../sweep/trial.ts";

/** A part of a sweep's trials. */
export interface ChosenTrials {
  readonly shard: Shard;
  readonly trials: readonly Trial[];
  /** Which part it is: `shard 2/4 (Slurm array, SLURM_ARRAY_TASK_ID=2): 6 of 24 trials`. */
  readonly text: string;
}

/**
 * The trials of the shard that the command line names, or that the scheduler's variables do.
 *
 * @param text `2/4` or `auto`.
 * @throws {UsageError} When it names none.
 */
export function chooseShard(text: string, sweep: Sweep, { trials }: SweepPlan, env: Variables): ChosenTrials {
  refuseChosenTrials(sweep, "--shard");
  const shard: Shard & Partial<FoundShard> = text === "auto" ? shardOfEnvironment(env) : parseShard(text);
  const own = trialsOfShard(trials, shard), from = shard.from === undefined ? "" : ` (${shard.from})`;
  const part = own.length === 0
    ? `none of ${plural(trials.length, "trial")}, as there are more shards than trials`
    : `${own.length} of ${plural(trials.length, "trial")}`;
  return { shard, trials: own, text: `shard ${shardText(shard)}${from}: ${part}` };
}

/** @throws {UsageError} When trials depend on results, so that there is nothing to deal out. */
export function refuseChosenTrials(sweep: Sweep, option: string): void {
  if (samplerOf(sweep) !== "tpe") return;
  throw new UsageError(
    `${option} must not be used with the sampler tpe, which chooses trials by the results of others (start ${
      typed("sweep")
    } several times with one --runs folder)`,
  );
}
