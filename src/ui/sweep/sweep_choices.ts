/** Handles the keys of a sweep's screen: the selection and a key give the next selection and, for some keys, a command. @module */
import type { TrialView } from "../../sweep/view.ts";

/** What the user selected. */
export interface SweepChoices {
  /** The id of the selected trial; `null` before one is selected. */
  readonly id: string | null;
  /** The question that is shown: how to stop the selected trial, or the whole sweep. */
  readonly asking: "trial" | "sweep" | null;
  readonly help: boolean;
  /** Whether trials are listed by their rank and not in the order of the plan. */
  readonly byRank: boolean;
  /** Whether the sweep is stopping. */
  readonly stopping: boolean;
}

/** The selection at the start. */
export const NO_SWEEP_CHOICES: SweepChoices = {
  id: null,
  asking: null,
  help: false,
  byRank: false,
  stopping: false,
};

/** A command that a key triggers. */
export type SweepCommand =
  | "open"
  | "stop-trial-epoch"
  | "stop-trial-batch"
  | "stop-sweep"
  | "abort-sweep"
  | "detach"
  | "quit";

/** The state that keys depend on. */
export interface SweepKeyContext {
  /** The trials in the order of the table. */
  readonly trials: readonly TrialView[];
  /** The rows of the table. */
  readonly page: number;
  /** Whether the screen did not start the sweep: leaving it then does not stop the sweep. */
  readonly attached: boolean;
  readonly canDetach: boolean;
  /** Whether all trials have ended. */
  readonly ended: boolean;
}

/** The result of a key; the command is for the selected trial or the sweep. */
export interface SweepKeyResult {
  readonly choices: SweepChoices;
  readonly command?: SweepCommand;
}

/** The place of the selected trial; before any is selected, of the first that is running. */
export function chosenTrial(trials: readonly TrialView[], { id }: Pick<SweepChoices, "id">): number {
  return Math.max(0, trials.findIndex((trial) => id === null ? trial.state === "running" : trial.id === id));
}

/** Handles a key, given by its character or as `escape`, `up`, `pagedown`, `return`, `ctrl-c`. */
export function handleSweepKey(choices: SweepChoices, key: string, context: SweepKeyContext): SweepKeyResult {
  if (key === "ctrl-c") return interrupt(choices, context);
  if (choices.asking !== null) return answer(choices, key, context);
  const moved = MOVES[key]?.(context);
  if (moved !== undefined) return { choices: step(choices, moved, context.trials) };
  return KEYS[key]?.(choices, context) ?? { choices };
}

/** By how many rows a key moves the selection. */
const MOVES: Readonly<Record<string, (context: SweepKeyContext) => number>> = {
  "up": () => -1,
  "k": () => -1,
  "down": () => 1,
  "j": () => 1,
  "pageup": ({ page }) => -Math.max(1, page - 1),
  "pagedown": ({ page }) => Math.max(1, page - 1),
  "home": () => -Infinity,
  "end": () => Infinity,
};

const KEYS: Readonly<Record<string, (choices: SweepChoices, context: SweepKeyContext) => SweepKeyResult>> = {
  "?": (choices) => ({ choices: { ...choices, help: !choices.help } }),
  "o": (choices) => ({ choices: { ...choices, byRank: !choices.byRank } }),
  "escape": (choices) => ({ choices: { ...choices, help: false } }),
  "return": (choices, { trials }) => {
    const trial = trials[chosenTrial(trials, choices)];
    return trial?.folder == null
      ? { choices }
      : { choices: { ...choices, id: trial.id, help: false }, command: "open" };
  },
  "s": (choices, { trials }) => {
    const trial = trials[chosenTrial(trials, choices)];
    // The question is about this trial, even if another one takes its place in the table.
    return trial?.state === "running"
      ? { choices: { ...choices, id: trial.id, asking: "trial" } }
      : { choices };
  },
  "S": askSweep,
  "q": (choices, context) =>
    context.attached || context.ended ? { choices, command: "quit" } : askSweep(choices, context),
  "d": (choices, { canDetach, ended }) => canDetach && !ended ? { choices, command: "detach" } : { choices },
};

function askSweep(choices: SweepChoices, { ended }: SweepKeyContext): SweepKeyResult {
  return ended ? { choices } : { choices: { ...choices, asking: "sweep" } };
}

/** Ctrl-C leaves a screen that did not start the sweep; else it stops the sweep, and a second one aborts it. */
function interrupt(choices: SweepChoices, { attached, ended }: SweepKeyContext): SweepKeyResult {
  if (attached || ended) return { choices, command: "quit" };
  return {
    choices: { ...choices, asking: null, stopping: true },
    command: choices.stopping ? "abort-sweep" : "stop-sweep",
  };
}

function answer(choices: SweepChoices, key: string, context: SweepKeyContext): SweepKeyResult {
  const closed = { ...choices, asking: null };
  if (choices.asking === "sweep") {
    if (key === "d" && context.canDetach) return { choices: closed, command: "detach" };
    return key === "s" && !context.ended
      ? { choices: { ...closed, stopping: true }, command: "stop-sweep" }
      : { choices: closed };
  }
  const command = ({ s: "stop-trial-epoch", b: "stop-trial-batch" } as const)[key];
  const isRunning = context.trials[chosenTrial(context.trials, choices)]?.state === "running";
  return { choices: closed, ...(command !== undefined && isRunning ? { command } : {}) };
}

function step(choices: SweepChoices, rows: number, trials: readonly TrialView[]): SweepChoices {
  const place = Math.max(0, Math.min(trials.length - 1, chosenTrial(trials, choices) + rows));
  return { ...choices, id: trials[place]?.id ?? null };
}
