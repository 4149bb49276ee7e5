/** Runs the trials of a sweep that have not ended. @module */
import { plural } from "../../core/amounts.ts";
import { alarm } from "../../run/alarm.ts";
import { EXIT, PART_FAILED } from "../../run/record.ts";
import { readResults } from "../../sweep/result.ts";
import { watchSweepStop } from "../../sweep/stop_request.ts";
import type { Trial } from "../../sweep/trial.ts";
import { writeAll } from "../output.ts";
import { bestSoFar } from "./best_so_far.ts";
import { endText, stoppedText } from "./end_text.ts";
import { giveUpTrial } from "./give_up.ts";
import { hostsFor, trialSetup } from "./sweep_hosts.ts";
import type { RunningSweep } from "./sweep_run.ts";
import { sweepStops } from "./sweep_stops.ts";
import { runTrials } from "./trial_loop.ts";

/** How a sweep ended. */
export interface SweepEnd {
  readonly exitCode: number;
  readonly reason: string;
}

/** Runs the trials that have not ended; returns how a sweep ended that was stopped, or whose trials were, before all had. */
export async function runMissing(running: RunningSweep): Promise<SweepEnd | undefined> {
  const { sweep, folder, options, results } = running, stops = sweepStops(), setup = trialSetup(running);
  const missing = running.trials.filter(({ id }) => !results.has(id));
  const limit = options.maxTime === undefined
    ? undefined
    : alarm(options.maxTime, () => stops.ask({ exitCode: EXIT.budget, cause: "time" }));
  const control = watchSweepStop(
    folder,
    (stop) =>
      stop === "now"
        ? stops.abort({ exitCode: EXIT.interrupted, reason: "aborted on request" })
        : stops.ask({ exitCode: EXIT.interrupted, cause: "request" }),
  );
  const best = bestSoFar(sweep.options, running.trials, results), paused = new Set<string>();
  const hosts = hostsFor(
    running,
    setup,
    stops,
    running.proposals === undefined ? missing.length : running.total,
  );
  try {
    await runTrials({
      trials: missing,
      propose: () => proposedTrials(running),
      hosts,
      stops,
      failFast: options.failFast ?? false,
      onEnd(trial, end) {
        if (end.kind === "ended") results.set(trial.id, end.result);
        if (end.kind === "stopped" && end.isOwnLimit) paused.add(trial.id);
        const place = end.kind === "ended" ? results.size : "-", { label, seed } = trial;
        const text = `${label}, seed ${seed}: ${endText(end, options.runs, best.after(trial, end))}`;
        // A screen shows the trials of a sweep in the background.
        if (options.ui !== "off") writeAll(`${place}/${running.total}  ${text}\n`);
      },
      onWaiting: (count) => writeAll(`waiting for ${plural(count, "trial")} that other processes run\n`),
      giveUp: (trial, reason) => giveUpTrial(trial, setup, reason),
    });
  } finally {
    limit?.cancel();
    control.close();
    await Promise.all(hosts.map((host) => host.close()));
  }
  const isFailed = (options.failFast ?? false) && results.values().some(({ state }) => state === "failed");
  const stopCode = stops.requested()?.exitCode ?? (paused.size > 0 ? EXIT.budget : undefined);
  const exitCode = isFailed ? PART_FAILED : stopCode;
  if (exitCode === undefined) return undefined;
  const reason = stoppedText({ isFailed, ended: results.size, total: running.total });
  if (options.ui !== "off") writeAll(`${reason}\n`);
  return { exitCode, reason };
}

/** Those trials of one more setting that have not ended, of this process's choice or another's; `undefined` where all are chosen. */
async function proposedTrials(running: RunningSweep): Promise<readonly Trial[] | undefined> {
  const { proposals, folder, trials, results } = running;
  if (proposals === undefined) return undefined;
  const next = await proposals.next(), chosen = await proposals.chosen();
  // Nothing is awaited until they are listed, so that no other host adds them, too.
  const known = new Set(trials.map(({ id }) => id)), added = chosen.trials.filter(({ id }) => !known.has(id));
  trials.push(...added);
  running.total = Math.min(running.total, chosen.total);
  // A setting that resolves to listed trials adds none, and others follow it.
  if (next.length === 0 && added.length === 0) return undefined;
  const ended = await readResults(folder, added.map(({ id }) => id));
  ended.forEach((result, id) => results.set(id, result));
  return added.filter(({ id }) => !results.has(id));
}
