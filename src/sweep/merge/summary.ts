/**
 * `merged.json`: what came of the trials of a merged sweep, and which is the best. It is written last, so a folder with it is whole.
 *
 * @module
 */
import { z } from "zod";
import { readSmallText } from "../../core/files.ts";
import { SCHEMA } from "../../core/schema_version.ts";
import type { PooledSweep } from "../tables/trial_summary.ts";
import type { ListedTrial } from "../trial.ts";
import type { BestTrial } from "./best.ts";

/** The name of the file. */
export const SUMMARY_FILE = "merged.json";

/** The schema of what is read back of the file. */
const Summary = z.object({
  schema: z.literal(SCHEMA.merged),
  /** The best trial, whose model is beside the file. */
  best: z.object({
    trial: z.string(),
    /** The id of its run. */
    run: z.string().nullable(),
  }).nullable(),
});

/** The best trial of a merge, and its run. */
type MergedBest = NonNullable<z.infer<typeof Summary>["best"]>;

/** The content of the file. */
export function summaryText(
  { plan, results }: PooledSweep,
  { missing, best }: { readonly missing: readonly ListedTrial[]; readonly best?: BestTrial },
): string {
  const count = (wanted: string) => [...results.values()].filter(({ state }) => state === wanted).length;
  const content = {
    schema: SCHEMA.merged,
    sweep: plan.sweep,
    pipeline: plan.pipeline,
    trials: plan.trials.length,
    complete: count("complete"),
    failed: count("failed"),
    stoppedEarly: count("stoppedEarly"),
    missing: missing.map(({ id }) => id),
    best: best === undefined ? null : { ...best, run: results.get(best.trial)?.run ?? null },
  };
  return JSON.stringify(content, null, 2) + "\n";
}

/** The best trial of the merge in a folder; `undefined` where there is no merge of this version, or none is the best. */
export async function bestOfMerge(folder: string): Promise<MergedBest | undefined> {
  try {
    return Summary.parse(JSON.parse(await readSmallText(`${folder}/${SUMMARY_FILE}`))).best ?? undefined;
  } catch {
    return undefined;
  }
}
