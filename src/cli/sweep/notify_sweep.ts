/** Posts how a sweep ended to a webhook. @module */
import { messageOf, UsageError } from "../../core/errors.ts";
import { redactDeep } from "../../core/secrets.ts";
import { EXIT, PART_FAILED } from "../../run/record.ts";
import { postOutcome } from "../notify_end.ts";
import { bestSoFar } from "./best_so_far.ts";
import type { SweepEnd } from "./run_missing.ts";
import type { RunningSweep } from "./sweep_run.ts";

/** Runs a sweep to its end, posts how it ended, an error included, where there is a webhook, and returns its exit code. */
export async function notifyingEnd(
  running: RunningSweep,
  webhook: string | undefined,
  run: () => Promise<SweepEnd>,
): Promise<number> {
  let end: SweepEnd;
  try {
    end = await run();
  } catch (thrown) {
    const reason = thrown instanceof UsageError ? thrown.message : messageOf(thrown);
    await post(running, { exitCode: EXIT.failed, reason }, webhook);
    throw thrown;
  }
  await post(running, end, webhook);
  return end.exitCode;
}

async function post(running: RunningSweep, end: SweepEnd, webhook: string | undefined): Promise<void> {
  if (webhook !== undefined) await postOutcome(redactDeep(outcomeOf(running, end)), webhook);
}

/** The status of a sweep by its exit code; any other says that it was stopped. */
const STATUS: Readonly<Record<number, string>> = {
  [EXIT.completed]: "completed",
  [EXIT.failed]: "failed",
  [PART_FAILED]: "failed",
};

/** What is posted: as of a run, with the numbers of trials and the best one in place of its metrics. */
function outcomeOf(
  { sweep, plan, folder, trials, total, results }: RunningSweep,
  { exitCode, reason }: SweepEnd,
): object {
  const count = (wanted: string) => results.values().filter(({ state }) => state === wanted).toArray().length;
  return {
    id: plan.sweep,
    folder,
    status: STATUS[exitCode] ?? "stopped",
    exitCode,
    reason,
    pipeline: plan.pipeline,
    trials: {
      planned: total,
      complete: count("complete"),
      failed: count("failed"),
      stoppedEarly: count("stoppedEarly"),
    },
    best: bestOf(bestSoFar(sweep.options, trials, results).best(), results),
  };
}

function bestOf(
  best: ReturnType<ReturnType<typeof bestSoFar>["best"]>,
  results: RunningSweep["results"],
): object | null {
  if (best === undefined) return null;
  const { trial: { id, label, seed }, metric, value } = best;
  return { trial: id, label, seed, run: results.get(id)?.run ?? null, metric, value };
}
