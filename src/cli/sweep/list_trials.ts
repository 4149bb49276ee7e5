/** `sweep FILE --list`: the trials of a sweep and their states. @module */
import { countText, plural } from "../../core/amounts.ts";
import { UsageError } from "../../core/errors.ts";
import type { Sweep } from "../../pipeline/sweep/sweep.ts";
import { isLocked } from "../../run/lock.ts";
import { sweepFolder, trialsFolder } from "../../sweep/folder.ts";
import { CLAIM, claimFile } from "../../sweep/claim.ts";
import { openPooledResults } from "../../sweep/pooled_results.ts";
import { readProposals } from "../../sweep/proposal_log.ts";
import { readStates } from "../../sweep/result.ts";
import { asBadInput } from "../bad_input.ts";
import { writeAll } from "../output.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import { chooseShard } from "./choose_shard.ts";
import { checkedPlan } from "./checked_plan.ts";
import type { SweepRunOptions } from "./sweep_run.ts";

/** Prints a line for each trial, and the counts of all states; returns the exit code. Nothing is written. */
export async function listTrials(
  sweep: Sweep,
  file: string,
  options: SweepRunOptions,
  env: Environment,
): Promise<number> {
  const { plan } = await checkedPlan(sweep, file, options), folder = sweepFolder(options.runs, plan);
  const part = options.shard === undefined ? undefined : chooseShard(options.shard, sweep, plan, env);
  const chosen = await asBadInput(() => readProposals(folder));
  const trials = [...part?.trials ?? plan.trials, ...chosen.trials];
  const states = await asBadInput(() => statesOf(folder, trials.map(({ id }) => id)));
  const lines = trials.map(({ id, label, seed }) =>
    `${id}  ${states.get(id)!.padEnd(13)}  ${label}, seed ${seed}`
  );
  const counts = [...Map.groupBy(states.values(), (state) => state)].map(([state, own]) =>
    `${countText(own.length)} ${state}`
  );
  writeAll(
    [
      ...part === undefined ? [] : [part.text],
      ...repeatedLines(plan.repeated),
      ...lines,
      `${plan.pipeline} ${plan.sweep}: ${[plural(lines.length, "trial"), ...counts].join(", ")}`,
      folder,
    ]
      .map((line) => `${line}\n`).join(""),
  );
  return 0;
}

/** How many settings are no trial of their own; none where each is one. */
export function repeatedLines(repeated: number): string[] {
  return repeated === 0 ? [] : [`${plural(repeated, "setting")} resolved to a trial that is listed already`];
}

/** The state of each trial, as text. */
async function statesOf(folder: string, trials: readonly string[]): Promise<Map<string, string>> {
  const claims = new Set<string>();
  let ended = new Map<string, keyof typeof STATES>();
  try {
    ended = await pooledStates(folder) ?? await readStates(folder, trials);
    for await (const { name } of Deno.readDir(trialsFolder(folder))) claims.add(name);
  } catch (thrown) {
    // The sweep was not started yet.
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
  const states = new Map<string, string>();
  for (const trial of trials) {
    const state = ended.get(trial);
    const isRunning = state === undefined && claims.has(trial + CLAIM) &&
      await isLocked(claimFile(folder, trial));
    states.set(trial, state === undefined ? isRunning ? "running" : "to do" : STATES[state]);
  }
  return states;
}

/** The states in the folder of a large merge; `undefined` where each result has a file. @throws {UsageError} When one cannot be used. */
async function pooledStates(folder: string): Promise<Map<string, keyof typeof STATES> | undefined> {
  const pooled = await openPooledResults(folder);
  if (pooled === undefined) return undefined;
  try {
    return new Map([...pooled.ids].map((id) => {
      const result = pooled.read(id);
      if (typeof result === "string") throw new UsageError(`${result} (merge the shards again)`);
      return [id, result.state];
    }));
  } finally {
    pooled.close();
  }
}

const STATES = { complete: "complete", failed: "failed", stoppedEarly: "stopped early" } as const;
