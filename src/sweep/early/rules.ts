/**
 * The rules of early stopping: after which epochs they compare, and what they decide from the log so far.
 *
 * @module
 */
import type { EarlyStop } from "../../pipeline/sweep/early_stop_schema.ts";
import { isBehindRung, isRung } from "./asha.ts";
import type { Course, Decision, LogEntry } from "./decision.ts";
import { isBelowMedian, isCompared } from "./median.ts";

/** Whether a trial is compared after an epoch of a training that has at most `epochs`; never after the last one. */
export function isDecided(epoch: number, options: EarlyStop, epochs: number): boolean {
  if (epoch >= epochs) return false;
  return options.kind === "asha" ? isRung(epoch, options) : isCompared(epoch, options);
}

/** What is decided of a trial after an epoch: a function of the entries so far. */
export function decisionOf(
  trial: string,
  course: Course,
  entries: readonly LogEntry[],
  options: EarlyStop,
): Decision {
  const isBehind = options.kind === "asha"
    ? isBehindRung(course, entries.filter(isDecision), options)
    : isBelowMedian(course, averagesUpTo(course.epoch, entries), options);
  const { epoch, metric, value, average } = course;
  return { trial, epoch, metric, value, average, decision: isBehind ? "stop" : "continue" };
}

/** The trials that are complete. */
export function completedTrials(entries: readonly LogEntry[]): ReadonlySet<string> {
  return new Set(entries.filter((entry) => !isDecision(entry)).map(({ trial }) => trial));
}

/** The decision to stop a trial; `undefined` when there is none. */
export function stopOf(trial: string, entries: readonly LogEntry[]): Decision | undefined {
  return entries.filter(isDecision).find((entry) => entry.trial === trial && entry.decision === "stop");
}

function isDecision(entry: LogEntry): entry is Decision {
  return "decision" in entry;
}

/** The mean of each complete trial up to an epoch, as it was when it was last compared. */
function averagesUpTo(epoch: number, entries: readonly LogEntry[]): (number | null)[] {
  const complete = completedTrials(entries), averages = new Map<string, number | null>();
  for (const entry of entries) {
    if (isDecision(entry) && entry.epoch <= epoch && complete.has(entry.trial)) {
      averages.set(entry.trial, entry.average);
    }
  }
  return [...averages.values()];
}
