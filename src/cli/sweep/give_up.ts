/** Gives up a trial whose process ends each time it runs. @module */
import { EXIT, readRecord } from "../../run/record.ts";
import { folderName } from "../../run/folder_name.ts";
import { claimTrial } from "../../sweep/claim.ts";
import type { TrialResult } from "../../sweep/result.ts";
import { measuredBy, NOTHING_MEASURED } from "../../sweep/run_result.ts";
import type { Trial } from "../../sweep/trial.ts";
import { thisProcess } from "./this_process.ts";
import type { TrialSetup } from "./sweep_run.ts";

/** Writes the result of a trial whose process has ended too often, and returns it; `undefined` where another process runs it now. */
export async function giveUpTrial(
  { id: trial }: Trial,
  { folder, plan: { sweep, pipeline }, options: { runs } }: TrialSetup,
  reason: string,
): Promise<TrialResult | undefined> {
  const claim = await claimTrial(folder, trial, thisProcess());
  if (claim === undefined) return undefined;
  if ("result" in claim) return claim.result;
  const { run } = claim, place = run === undefined ? undefined : `${folderName(pipeline)}/${run}`;
  const record = place === undefined ? undefined : await readRecord(`${runs}/${place}`);
  const result: TrialResult = {
    sweep,
    trial,
    state: "failed",
    exitCode: EXIT.failed,
    reason,
    attempts: claim.failures + 1,
    ...record === undefined ? {} : { run, folder: place },
    ...record === undefined ? NOTHING_MEASURED : await measuredBy(`${runs}/${place}`, record),
  };
  await claim.finish(result);
  return result;
}
