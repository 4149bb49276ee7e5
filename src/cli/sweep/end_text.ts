/** How a trial ended, as text. @module */
import type { HostEnd } from "./trial_host.ts";

/** How a trial ended, as text; `runs` is the folder of runs. */
export function endText(end: HostEnd, runs: string): string {
  if (end.kind === "taken") return "another process runs it";
  if (end.kind === "died") return `${end.reason}; it is resumed`;
  if (end.kind === "stopped") return `${end.reason} (exit code ${end.exitCode})`;
  const { state, reason, exitCode, metrics, folder } = end.result;
  const place = folder === undefined ? "" : `  ${runs}/${folder}`;
  if (state === "stoppedEarly") return `${reason}${place}`;
  if (state !== "complete") return `${reason} (exit code ${exitCode})${place}`;
  const { seconds } = Object.values(metrics).find((stage) => "seconds" in stage) ?? {};
  return `done${seconds == null ? "" : ` (${seconds.toFixed(1)} s of training)`}${place}`;
}
