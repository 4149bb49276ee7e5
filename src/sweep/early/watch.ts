/**
 * Watches the epochs of a trial's training, and decides whether the trial is stopped.
 *
 * @module
 */
import type { EventOf, RunEvent } from "../../pipeline/events.ts";
import type { EarlyStop } from "../../pipeline/sweep/early_stop_schema.ts";
import type { SharedLog } from "../shared_log.ts";
import { type CourseSoFar, followCourse } from "./course.ts";
import type { Course, Decision, LogEntry } from "./decision.ts";
import { completedTrials, decisionOf, isDecided } from "./rules.ts";

/** What is watched. */
export interface TrialWatchOptions {
  readonly log: SharedLog<LogEntry>;
  readonly options: EarlyStop;
  /** The id of the trial. */
  readonly trial: string;
  /** The name of the training's stage. */
  readonly stage: string;
  /** Called once, when the run should stop: that was decided and is on the disk, or the decision failed. */
  onStop(): void;
}

/** A trial that is watched. */
export interface TrialWatch {
  /** Takes the next event of its run; those of earlier processes of the run come first. */
  observe(event: RunEvent): void;
  /**
   * Waits for what is being decided. The others are compared with a complete trial that was not stopped.
   *
   * @returns The decision to stop it, if there is one: the trial then counts as stopped, even if its run was faster.
   * @throws {RunError} When the log cannot be used, or the epochs do not have the metric.
   */
  ended(isComplete: boolean): Promise<Decision | undefined>;
}

/** Watches a trial from the first event of its run. */
export function watchTrial({ log, options, trial, stage, onStop }: TrialWatchOptions): TrialWatch {
  let training: EventOf<"training"> | undefined, add: CourseSoFar | undefined;
  let deciding: Promise<Decision | undefined> = Promise.resolve(undefined);
  function observeEpoch(epoch: EventOf<"epoch">): void {
    if (training === undefined || add === undefined) return;
    const now = add(epoch);
    if (!isDecided(now.epoch, options, training.epochs)) return;
    deciding = deciding.then(async (stopped) => {
      if (stopped !== undefined) return stopped;
      const decision = await decide(log, options, trial, now);
      return decision.decision === "stop" ? decision : undefined;
    });
    deciding.then((stopped) => stopped && stopOnce(), stopOnce);
  }
  let isStopping = false;
  function stopOnce(): void {
    if (!isStopping) onStop();
    isStopping = true;
  }
  return {
    observe(event) {
      if (event.type === "training" && event.stage === stage) {
        training = event;
        add = followCourse(event, options);
      }
      if (event.type !== "epoch" || event.stage !== stage || isStopping) return;
      try {
        observeEpoch(event);
      } catch (thrown) {
        deciding = Promise.reject(thrown);
        deciding.catch(stopOnce);
      }
    },
    async ended(isComplete) {
      const stopped = await deciding;
      if (isComplete && stopped === undefined) {
        await log.append((entries) =>
          completedTrials(entries).has(trial) ? undefined : { trial, complete: true }
        );
      }
      return stopped;
    },
  };
}

/** Decides after an epoch, or repeats what was decided. */
async function decide(
  log: SharedLog<LogEntry>,
  options: EarlyStop,
  trial: string,
  now: Course,
): Promise<Decision> {
  let decision: Decision | undefined;
  await log.append((entries) => {
    decision = entries.find((entry): entry is Decision =>
      "epoch" in entry && entry.trial === trial && entry.epoch === now.epoch
    );
    if (decision !== undefined) return undefined;
    return decision = decisionOf(trial, now, entries, options);
  });
  return decision!;
}
