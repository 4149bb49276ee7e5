/**
 * The plan of a sweep: all of its trials, checked before any work. It is a function of the sweep and the settings of the command line
 * alone, so every machine makes the same one.
 *
 * @module
 */
import { UsageError } from "../core/errors.ts";
import { stageCodeReader } from "../pipeline/keys.ts";
import { type ResolvedPipeline, resolveInspected, resolveMemo } from "../pipeline/resolve.ts";
import { EarlyStop } from "../pipeline/sweep/early_stop_schema.ts";
import type { SweepAxes } from "../pipeline/sweep/axes.ts";
import { samplerOf, type Sweep } from "../pipeline/sweep/sweep.ts";
import { checkWatchedMetric, watchedStage } from "./early/early_stopping.ts";
import { endPoints } from "./samplers/space.ts";
import { membersAt, spaceOf, type SweepMember, sweepMembers } from "./settings.ts";
import { shortId, type Trial, trialId } from "./trial.ts";

/** What the command line adds to a sweep. */
export interface PlanOptions {
  /** The address of the pipeline file, for the code that it brings. */
  readonly file: string;
  /** Settings of all trials, which come before their own. */
  readonly set: readonly string[];
  /** The first seed. @default {the pipeline's} */
  readonly seed?: number;
}

/** A sweep that is checked. */
export interface SweepPlan {
  /** Its id: names its folder. */
  readonly sweep: string;
  /** The name of its pipeline. */
  readonly pipeline: string;
  /** The names of its stages. */
  readonly stages: readonly string[];
  /** In the order of the sweep, each once. */
  readonly trials: readonly Trial[];
  /** How many settings resolve to a trial that is listed already. */
  readonly repeated: number;
  /** The training that early stopping watches, by the name of its stage. @default {none: no trial is stopped early} */
  readonly watched?: string;
}

/** Options of a sweep that decide what is shown of it, not what is run. */
const SHOWN = ["metric", "success", "metrics", "baseline", "each"];

/**
 * Plans a sweep.
 *
 * @throws {UsageError} When the sweep is none, or the pipeline does not work under one of its settings, which the message names.
 */
export async function planSweep(sweep: Sweep, options: PlanOptions): Promise<SweepPlan> {
  const { pipeline, axes } = sweep,
    trials = new Map<string, Trial>(),
    resolve = trialResolver(sweep, options);
  const resolved = await resolve.base(), base = await resolve.idOf(resolved);
  const members = sweepMembers(sweep, options.seed ?? pipeline.seed);
  for (const member of members) {
    const trial = await resolve.trial(member), first = trials.get(trial.id);
    trials.set(trial.id, first === undefined ? trial : withAlias(first, trial.label));
  }
  if (samplerOf(sweep) === "tpe") await checkEnds(sweep, resolve.trial, options);
  const earlyStop = sweep.options.earlyStop == null ? undefined : EarlyStop.parse(sweep.options.earlyStop);
  // What TPE draws depends on the metric.
  const { metric } = sweep.options, isDecided = (name: string) => !SHOWN.includes(name);
  const ofRuns = Object.fromEntries([
    ...Object.entries({ ...sweep.options, earlyStop }).filter(([name]) => isDecided(name)),
    ...samplerOf(sweep) === "tpe" ? [["metric", metric]] : [],
  ]);
  return {
    sweep: shortId({ pipeline: pipeline.name, base, axes, options: ofRuns, trials: [...trials.keys()] }),
    pipeline: pipeline.name,
    stages: resolved.stages.map(({ name }) => name),
    trials: [...trials.values()],
    repeated: members.length - trials.size,
    ...earlyStop === undefined ? {} : { watched: watchedStage(resolved.stages, earlyStop) },
  };
}

/** Makes trials of members that are chosen later. @throws {UsageError} From a call, when the pipeline does not work under a setting. */
export function trialMaker(sweep: Sweep, options: PlanOptions): (member: SweepMember) => Promise<Trial> {
  return trialResolver(sweep, options).trial;
}

/** Checks settings that are chosen by results as far as that is possible before: both ends of every range, each value of a choice. */
async function checkEnds(
  sweep: Sweep,
  trial: (member: SweepMember) => Promise<Trial>,
  { seed = sweep.pipeline.seed }: PlanOptions,
): Promise<void> {
  for (const point of endPoints(spaceOf(sweep.axes as SweepAxes))) {
    for (const member of membersAt(sweep, point, seed).slice(0, 1)) await trial(member);
  }
}

/** Makes trials of the members of a sweep, and checks only what differs between them. */
function trialResolver(sweep: Sweep, { set, file, seed: first }: PlanOptions) {
  const { pipeline } = sweep, memo = resolveMemo(), codeOf = stageCodeReader(file);
  const idOf = async (resolved: ResolvedPipeline) => trialId(resolved, await codeOf(resolved.stages));
  return {
    idOf,
    /** The pipeline without the settings of the sweep. */
    base: () => resolveInspected(pipeline, { overrides: set, seed: first }, memo),
    async trial({ label, settings, seed, overrides }: SweepMember): Promise<Trial> {
      try {
        const all = { overrides: [...set, ...overrides], seed, called: "sweep" };
        const resolved = await resolveInspected(pipeline, all, memo);
        const { earlyStop } = sweep.options;
        if (earlyStop != null) checkWatchedMetric(resolved.stages, earlyStop);
        return { id: await idOf(resolved), label, settings, seed, cost: resolved.cost, overrides };
      } catch (thrown) {
        if (!(thrown instanceof UsageError)) throw thrown;
        throw new UsageError(`${thrown.message}\n    in the sweep's setting "${label}"`);
      }
    },
  };
}

/** The same trial under one more label. */
function withAlias(trial: Trial, label: string): Trial {
  const { aliases = [] } = trial;
  return label === trial.label || aliases.includes(label)
    ? trial
    : { ...trial, aliases: [...aliases, label] };
}
