/** A sweep in sentences, for a screen reader. @module */
import { countText, plural } from "../../core/amounts.ts";
import { metricOf, type SweepView, type TrialView } from "../../sweep/view.ts";
import { age } from "../text/amounts.ts";
import { number, safe } from "../text/text.ts";
import { chosenTrial } from "./sweep_choices.ts";
import { type SweepFrameProps, sweepLines } from "./sweep_lines.ts";
import { STATES, tableOrder } from "./trials_table.ts";

/** The most trials that are read: those around the selected one. */
const MOST_READ = 10;

/** What the sweep has come to, the trials around the selected one, and the keys. */
export function sweepSentences(props: SweepFrameProps): string[] {
  const { view, choices } = props,
    trials = tableOrder(view, choices.byRank),
    place = chosenTrial(trials, choices);
  const lines = sweepLines({
    ...props,
    curves: [],
    columns: Math.max(202, props.columns),
    lines: 10,
    color: 0,
  });
  const from = Math.max(0, Math.min(place - (MOST_READ >> 1), trials.length - MOST_READ));
  const near = trials.slice(from, from + MOST_READ).map((trial, at) =>
    `${from + at === place ? "Chosen: " : ""}${trialSentence(view, trial)}.`
  );
  const rest = trials.length - near.length;
  return [
    ...lines.slice(0, 2),
    ...near,
    ...(rest > 0 ? [`${plural(rest, "more trial")}.`] : []),
    lines.at(-1)!,
  ];
}

function trialSentence({ metric }: SweepView, trial: TrialView): string {
  const { training } = trial, value = metric === null ? undefined : metricOf(trial, metric.address);
  return [
    `trial ${countText(trial.number)} ${STATES[trial.state][2]}`,
    `${safe(trial.label)}, seed ${trial.seed}`,
    ...(training === null ? [] : [
      `epoch ${countText(training.epoch)}${training.epochs > 0 ? ` of ${countText(training.epochs)}` : ""}`,
    ]),
    ...(value === undefined ? [] : [`${safe(metric!.address)} ${number(value)}`]),
    ...(training?.secondsLeft == null || trial.state !== "running"
      ? []
      : [`ETA ${age(training.secondsLeft)}`]),
    ...(trial.reason === null ? [] : [safe(trial.reason)]),
  ].join(", ");
}
