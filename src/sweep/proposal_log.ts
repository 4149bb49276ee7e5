/**
 * `proposals.jsonl` in the folder of a sweep: the settings that a sampler chose by results, in the order in which they were chosen.
 *
 * @module
 */
import { z } from "zod";
import { type LogKind, openLog, readLog, type SharedLog } from "./shared_log.ts";
import { type ListedTrial, ListedTrialSchema } from "./trial.ts";

/** A setting that was chosen, and its trials, one for each seed. */
export interface Proposal {
  readonly point: readonly number[];
  readonly trials: readonly ListedTrial[];
}

const PROPOSALS: LogKind<Proposal> = {
  schema: "proposals",
  content: "the settings that a sampler chose",
  entry: z.strictObject({ point: z.array(z.number()), trials: z.array(ListedTrialSchema).min(1) }),
};

/** The file of the log in the folder of a sweep. */
export const proposalFile = (folder: string) => `${folder}/proposals.jsonl`;

/** The log in the folder of a sweep. */
export function openProposalLog(folder: string): SharedLog<Proposal> {
  return openLog(proposalFile(folder), PROPOSALS);
}

/** What a log holds. */
interface Proposals {
  /** The trials of all settings, each once. */
  readonly trials: readonly ListedTrial[];
  /** How many settings were chosen; of those that resolve to the same trials, each counts. */
  readonly count: number;
}

/**
 * Reads the settings that were chosen; none where the sampler does not choose by results.
 *
 * @throws {RunError} When the log cannot be read; the message names it.
 */
export async function readProposals(folder: string): Promise<Proposals> {
  const proposals = await readLog(proposalFile(folder), PROPOSALS);
  const byId = new Map(proposals.flatMap(({ trials }) => trials).map((trial) => [trial.id, trial]));
  return { trials: [...byId.values()], count: proposals.length };
}

/**
 * How many trials a sweep has in the end, if every setting that is still to be chosen is a new one.
 *
 * @param listed The trials of the settings that were chosen.
 */
export function trialsInTheEnd(
  { settings, count, seeds }: {
    /** How many settings are chosen in all. */
    readonly settings: number;
    /** How many were chosen so far. */
    readonly count: number;
    readonly seeds: number;
  },
  listed: number,
): number {
  return listed + Math.max(0, settings - count) * seeds;
}
