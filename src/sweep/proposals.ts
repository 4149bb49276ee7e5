/**
 * The trials of a sweep that chooses its settings by results (`tpe`): `proposals.jsonl` in its folder has them in the order in which they
 * were chosen. A setting is on the disk before it is run, so a resumed sweep runs the same ones.
 *
 * @module
 */
import type { SweepAxes } from "../pipeline/sweep/axes.ts";
import { EarlyStop } from "../pipeline/sweep/early_stop_schema.ts";
import type { Sweep } from "../pipeline/sweep/sweep.ts";
import { directionOf, observationOf, type ProposedSetting } from "./history.ts";
import { type PlanOptions, trialMaker } from "./plan.ts";
import { readResult, type TrialResult } from "./result.ts";
import { tpePoint } from "./samplers/tpe.ts";
import { membersAt, overridesOf, seedsOf, spaceOf } from "./settings.ts";
import { openProposalLog, type Proposal, readProposals, trialsInTheEnd } from "./proposal_log.ts";
import type { ListedTrial, Trial } from "./trial.ts";

/** The settings that were chosen so far. */
interface ChosenSettings {
  /** Their trials, each once. */
  readonly trials: readonly Trial[];
  /** How many trials there will be in the end, unless a setting is chosen again: then there are fewer. */
  readonly total: number;
}

/** Chooses the settings of a sweep, one after the other. */
export interface Proposals {
  /** What was chosen so far, by any process. @throws {RunError} */
  chosen(): Promise<ChosenSettings>;
  /** Chooses one more setting; its trials, or none where all settings are chosen. @throws {RunError} */
  next(): Promise<readonly Trial[]>;
}

/** Opens the choices of a sweep whose sampler is `tpe`. */
export function openProposals(folder: string, sweep: Sweep, options: PlanOptions): Proposals {
  const log = openProposalLog(folder), make = trialMaker(sweep, options);
  const resultOf = resultReader(folder), seed = options.seed ?? sweep.pipeline.seed;
  async function proposed(before: readonly Proposal[]): Promise<Proposal | undefined> {
    if (before.length >= sweep.options.trials!) return undefined;
    const settings = await Promise.all(before.map(async ({ point, trials }) => ({
      point,
      results: await Promise.all(trials.map(({ id }) => resultOf(id))),
    })));
    const point = pointAfter(settings, sweep, seed);
    const made = await Promise.all(membersAt(sweep, point, seed).map(make));
    return { point, trials: made.map(({ overrides: _, ...trial }) => trial) };
  }
  const { trials: settings = 0 } = sweep.options;
  return {
    async chosen() {
      const { trials, count } = await readProposals(folder);
      const total = trialsInTheEnd({ settings, count, seeds: seedsOf(sweep, seed).length }, trials.length);
      return { trials: trials.map(runnable), total };
    },
    async next() {
      let added: Proposal | undefined;
      await log.append(async (before) => added = await proposed(before));
      return added?.trials.map(runnable) ?? [];
    },
  };
}

function runnable(trial: ListedTrial): Trial {
  return { ...trial, overrides: overridesOf(trial.settings) };
}

/** The point that TPE chooses after others. */
function pointAfter(settings: readonly ProposedSetting[], sweep: Sweep, seed: number): readonly number[] {
  const { axes, options: { metric, earlyStop } } = sweep;
  const results = settings.flatMap(({ results }) => results).filter((result) => result !== undefined);
  return tpePoint(
    spaceOf(axes as SweepAxes),
    seed,
    settings.length,
    settings.map((setting) => observationOf(setting, metric!)),
    {
      complete: directionOf(results, metric!),
      stoppedEarly: earlyStop == null ? undefined : EarlyStop.parse(earlyStop).direction,
    },
  );
}

/** Reads results; those that cannot change are kept. A trial that failed may be run again by `--retries`. */
function resultReader(folder: string): (trial: string) => Promise<TrialResult | undefined> {
  const known = new Map<string, TrialResult>();
  return async (trial) => {
    const found = known.get(trial) ?? await readResult(folder, trial);
    if (typeof found !== "object") return undefined;
    if (found.state !== "failed") known.set(trial, found);
    return found;
  };
}
