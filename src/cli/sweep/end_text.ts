/** How a trial ended, as text. @module */
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
  if (end.kind === "stopped") return `${end.reason} (exit code ${end.exitCode})`;
  const { state, reason, exitCode, metrics, folder } = end.result;
  const place = folder === undefined ? "" : `  ${runs}/${folder}`;
  if (state === "stoppedEarly") return `${reason}${best}${place}`;
  if (state !== "complete") return `${reason} (exit code ${exitCode})${best}${place}`;
  const { seconds } = Object.values(metrics).find((stage) => "seconds" in stage) ?? {};
  return `done${seconds == null ? "" : ` (${seconds.toFixed(1)} s of training)`}${best}${place}`;
}
