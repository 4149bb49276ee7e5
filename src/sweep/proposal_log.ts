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

/**
 * The trials of all settings that were chosen, each once; none where the sampler does not choose by results.
 *
 * @throws {RunError} When the log cannot be read; the message names it.
 */
export async function readProposals(folder: string): Promise<readonly ListedTrial[]> {
  const proposals = await readLog(proposalFile(folder), PROPOSALS);
  const byId = new Map(proposals.flatMap(({ trials }) => trials).map((trial) => [trial.id, trial]));
  return [...byId.values()];
}
