/** `stop` with the folder of a sweep: stops all processes that run its trials. @module */
import { RunError, UsageError } from "../core/errors.ts";
import { isLocked } from "../run/lock.ts";
import { CLAIM } from "../sweep/claim.ts";
import { trialsFolder } from "../sweep/folder.ts";
import { requestSweepStop, type SweepStop } from "../sweep/stop_request.ts";
import { writeAll } from "./output.ts";

/** Milliseconds between two checks, and how many must find no running trial: between two trials there is none for a moment. */
const POLL_MS = 200, IDLE_CHECKS = 6;

/**
 * Asks the processes that run trials of a sweep to stop, and waits for their end.
 *
 * @param wait How many milliseconds to wait.
 * @throws {UsageError} When no trial of it is running.
 * @throws {RunError} When some still run after the time.
 */
export async function stopSweep(folder: string, stop: SweepStop, wait: number): Promise<void> {
  if (await isIdle(folder)) {
    throw new UsageError(`Sweep ${folder} must be running to be stopped, got: none of its trials is running`);
  }
  await requestSweepStop(folder, stop);
  writeAll(`${folder}: stop requested\n`);
  const until = performance.now() + wait;
  while (!await isIdle(folder)) {
    if (performance.now() <= until) {
      await pause();
      continue;
    }
    throw new RunError(
      `Sweep ${folder} must stop within the time of --wait, got: trials are still running (--now aborts them)`,
    );
  }
  writeAll(`${folder}: stopped\n`);
}

/** Whether no trial is running, nor begins to within a second. */
async function isIdle(folder: string): Promise<boolean> {
  for (let check = 0; check < IDLE_CHECKS; check++) {
    if (await hasRunningTrial(folder)) return false;
    await pause();
  }
  return true;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));

async function hasRunningTrial(folder: string): Promise<boolean> {
  const trials = trialsFolder(folder);
  for await (const { name } of Deno.readDir(trials)) {
    if (name.endsWith(CLAIM) && await isLocked(`${trials}/${name}`)) return true;
  }
  return false;
}
