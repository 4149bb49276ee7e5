/** How a trial ended, as text. @module */
import { plural } from "../../core/amounts.ts";
import { RESUME_HINT } from "../../run/stop.ts";
import type { HostEnd } from "./trial_host.ts";

/**
 * How a trial ended, as text.
 *
 * @param runs The folder of runs.
 * @param best The metric by which the sweep is ranked, of this trial and of the best so far; may be empty.
 */
export function endText(end: HostEnd, runs: string, best: string): string {
  if (end.kind === "taken") return "another process runs it";
  if (end.kind === "died") return `${end.reason}; it is resumed`;
  // A sweep resumes its trials itself.
  if (end.kind === "stopped") return `${end.reason.replace(RESUME_HINT, "")} (exit code ${end.exitCode})`;
  const { state, reason, exitCode, metrics, folder } = end.result;
  const place = folder === undefined ? "" : `  ${runs}/${folder}`;
  if (state === "stoppedEarly") return `${reason}${best}${place}`;
  if (state !== "complete") return `${reason} (exit code ${exitCode})${best}${place}`;
  const seconds = Object.values(metrics).flatMap(({ seconds }) => seconds ?? []);
  const training = seconds.reduce((sum, own) => sum + own, 0).toFixed(1);
  return `done${seconds.length === 0 ? "" : ` (${training} s of training)`}${best}${place}`;
}

/** How a sweep ended that did not run all of its trials, as text; `ended` of `total` trials have their result. */
export function stoppedText(
  { isFailed, ended, total }: { readonly isFailed: boolean; readonly ended: number; readonly total: number },
): string {
  const what = isFailed ? "stopped after a trial failed (--fail-fast)" : "stopped";
  return `${what}: ${ended} of ${plural(total, "trial")} have ended, the same command runs the others`;
}
