/** Handles the keys of the dashboard: the selection and a key give the next selection and, for some keys, a command. @module */
import type { Choices, Situation } from "../view/choices.ts";

/** A command that a key triggers, besides changing the selection. */
export type DashboardCommand =
  | "stop-epoch"
  | "stop-batch"
  | "abort"
  | "detach"
  | "quit"
  /** Turns pages of samples. */
  | { readonly page: number }
  /** Steps through the past, by a number of moments. */
  | { readonly step: number };

/** The result of a key. */
export interface KeyResult {
  readonly choices: Choices;
  readonly command?: DashboardCommand;
}

/** The state of the run that keys depend on. */
export interface KeyContext extends Situation {
  readonly ended: boolean;
}

/** Handles a key, given by its character or as `escape`, `left`, `right`, `home`, `end`, `ctrl-c`. */
export function handleKey(choices: Choices, key: string, context: KeyContext): KeyResult {
  if (key === "ctrl-c") return interrupt(choices, context);
  if (choices.asking) return answer({ ...choices, asking: false }, key, context);
  if (key === "escape") return { choices: closeTop(choices) };
  return KEYS[key]?.(choices, context) ?? { choices };
}

const KEYS: Readonly<Record<string, (choices: Choices, context: KeyContext) => KeyResult>> = {
  "?": (choices) => ({ choices: { ...choices, help: !choices.help } }),
  "l": (choices) => ({ choices: { ...choices, log: !choices.log, health: false, help: false } }),
  "v": (choices) => ({ choices: { ...choices, health: !choices.health, log: false, help: false } }),
  "p": (choices) => ({ choices: { ...choices, panel: choices.panel === "latent" ? "pictures" : "latent" } }),
  "left": (choices) => ({ choices, command: { page: -1 } }),
  "right": (choices) => ({ choices, command: { page: 1 } }),
  "[": (choices) => ({ choices, command: { step: -1 } }),
  "]": (choices) => ({ choices, command: { step: 1 } }),
  "{": (choices) => ({ choices, command: { step: -10 } }),
  "}": (choices) => ({ choices, command: { step: 10 } }),
  "home": (choices) => ({ choices, command: { step: -Infinity } }),
  "0": (choices) => ({ choices: { ...choices, past: null } }),
  "end": (choices) => ({ choices: { ...choices, past: null } }),
  "s": stopOrAsk,
  "d": detach,
  "q": (choices, { attached, ended }) =>
    attached ? { choices, command: "quit" } : { choices: { ...choices, asking: !ended } },
};

/** Ctrl-C closes an attached (read-only) screen. Otherwise it stops the run after the batch, and the second time aborts it. */
function interrupt(choices: Choices, { attached, ended }: KeyContext): KeyResult {
  if (attached) return { choices, command: "quit" };
  if (ended || choices.stopping === "abort") return { choices };
  const second = choices.stopping === "batch";
  return {
    choices: { ...choices, asking: false, stopping: second ? "abort" : "batch" },
    command: second ? "abort" : "stop-batch",
  };
}

/** Handles the answer to how to stop; any other key cancels. */
function answer(choices: Choices, key: string, context: KeyContext): KeyResult {
  if (key === "s") return stopAfterEpoch(choices, context);
  if (key === "d") return detach(choices, context);
  // Only Ctrl-C aborts, so that no single key aborts by mistake.
  if (key !== "b" || context.ended || choices.stopping === "batch" || choices.stopping === "abort") {
    return { choices };
  }
  return { choices: { ...choices, stopping: "batch" }, command: "stop-batch" };
}

/** Asks before stopping a run that this screen did not start: it may belong to someone else. */
function stopOrAsk(choices: Choices, context: KeyContext): KeyResult {
  if (!context.attached || context.ended || choices.stopping !== null) {
    return stopAfterEpoch(choices, context);
  }
  return { choices: { ...choices, asking: true } };
}

function stopAfterEpoch(choices: Choices, { ended }: KeyContext): KeyResult {
  if (ended || choices.stopping !== null) return { choices };
  return { choices: { ...choices, stopping: "epoch" }, command: "stop-epoch" };
}

function detach(choices: Choices, { canDetach }: KeyContext): KeyResult {
  return canDetach ? { choices, command: "detach" } : { choices };
}

/** Closes the topmost open part. */
function closeTop(choices: Choices): Choices {
  if (choices.help) return { ...choices, help: false };
  return choices.past === null ? { ...choices, log: false, health: false } : { ...choices, past: null };
}
