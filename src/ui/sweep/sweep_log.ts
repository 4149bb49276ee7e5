/** The plain log of a sweep, for cron, CI and pipes: a line for each trial that ends, none per epoch. @module */
import { countText, plural } from "../../core/amounts.ts";
import {
  bestTrial,
  hasEnded,
  metricOf,
  stateCounts,
  type SweepView,
  type TrialView,
} from "../../sweep/view.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import { harmlessJson } from "../text/json.ts";
import { number, safe, took } from "../text/text.ts";
import { STATES } from "./trials_table.ts";

/** The log. */
export interface SweepLog {
  /** Writes a line for each trial that has ended since the last call. */
  take(view: SweepView): void;
  /** Writes what has not ended of a sweep that no process runs; `isShard`: other folders may have the other trials. */
  left(view: SweepView, isShard?: boolean): void;
}

/** Starts the log. The lines of trials that ended before the first view are left out if `isResumed`: an earlier log has them. */
export function sweepLog(
  write: (text: string) => void,
  { color = 0, isResumed = false }: { readonly color?: ColorLevel; readonly isResumed?: boolean } = {},
): SweepLog {
  const known = new Set<string>();
  let isFirst = isResumed;
  return {
    take(view) {
      const ended = view.trials.filter(hasEnded), fresh = ended.filter(({ id }) => !known.has(id));
      const before = ended.length - fresh.length, best = bestTrial(view);
      fresh.forEach((trial, at) => {
        known.add(trial.id);
        if (!isFirst) write(`${trialLine(view, trial, { ended: before + at + 1, color, best })}\n`);
      });
      if (isFirst && fresh.length > 0) {
        write(`${countText(ended.length)}/${countText(view.planned)} had ended before\n`);
      }
      isFirst = false;
    },
    left: (view, isShard = false) => write(`${leftLine(view, isShard)}\n`),
  };
}

/** `no process runs the sweep: 2 of 4 trials have ended, 1 interrupted, 1 waiting (the same sweep command runs them)`. */
function leftLine(view: SweepView, isShard: boolean): string {
  const { interrupted, waiting } = stateCounts(view), ended = view.planned - interrupted - waiting;
  const parts = [
    `${countText(ended)} of ${plural(view.planned, "trial")} have ended`,
    ...(interrupted === 0 ? [] : [`${countText(interrupted)} ${STATES.interrupted[2]}`]),
    ...(waiting === 0 ? [] : [`${countText(waiting)} ${STATES.waiting[2]}`]),
  ];
  const who = isShard
    ? "the same sweep command runs them, or those of other shards do"
    : "the same sweep command runs them";
  return `no process runs the sweep: ${parts.join(", ")} (${who})`;
}

/** The same for programs: each trial that ends as one line of JSON; at last those that have not, with their state. */
export function trialJson(write: (text: string) => void): SweepLog {
  const known = new Set<string>();
  return {
    take({ trials }) {
      for (const trial of trials) {
        if (!hasEnded(trial) || known.has(trial.id)) continue;
        known.add(trial.id);
        write(jsonLine(trial));
      }
    },
    left: ({ trials }) =>
      trials.filter((trial) => !hasEnded(trial)).forEach((trial) => write(jsonLine(trial))),
  };
}

function jsonLine(
  { id, number, label, settings, seed, state, run, folder, reason, metrics, seconds }: TrialView,
): string {
  const shown = { id, number, label, settings, seed, state, run, folder, reason, metrics, seconds };
  return `${harmlessJson({ type: "trial", ...shown })}\n`;
}

/** `3/20  latent 2, seed 1: complete in 0:12, evaluate.mse 0.02358; best 0.02272 (latent 4, seed 2)  runs/x/20261129-...`. */
function trialLine(
  view: SweepView,
  trial: TrialView,
  { ended, color, best }: { readonly ended: number; readonly color: ColorLevel; readonly best?: TrialView },
): string {
  const { metric, planned } = view, [, role, word] = STATES[trial.state];
  const value = metric === null ? undefined : metricOf(trial, metric.address);
  const time = trial.seconds === null
    ? ""
    : `${trial.state === "complete" ? " in " : " after "}${took(trial.seconds)}`;
  const parts = [
    `${countText(ended)}/${countText(planned)}`,
    `${nameOf(trial)}: ${paint(color, role, word)}${time}` +
    (trial.reason === null ? "" : `: ${safe(trial.reason)}`) +
    (value === undefined ? "" : `, ${safe(metric!.address)} ${number(value)}`) +
    bestText(view, trial, best),
    ...(trial.folder === null ? [] : [safe(trial.folder)]),
  ];
  return parts.join("  ");
}

function bestText({ metric }: SweepView, trial: TrialView, best: TrialView | undefined): string {
  if (metric === null || best === undefined) return "";
  if (best === trial) return " (the best so far)";
  return `; best ${number(metricOf(best, metric.address)!)} (${nameOf(best)})`;
}

function nameOf({ label, seed }: TrialView): string {
  return `${safe(label)}, seed ${seed}`;
}
