/** The keys: what a person chose before, and a key, give what is chosen now, and at times something to do. @module */
import type { Choices, Situation } from "./choices.ts";

/** What a key asks for beyond the screen's own choices. */
export type Deed =
  | "stop-epoch"
  | "stop-batch"
  | "abort"
  | "detach"
  | "quit"
  /** Turns so many pages of samples. */
  | { readonly page: number }
  /** Goes so many moments through the past. */
  | { readonly step: number };

/** What came of a key. */
export interface Pressed {
  readonly choices: Choices;
  readonly deed?: Deed;
}

/** What the keys have to know of the run. */
export interface Ground extends Situation {
  readonly ended: boolean;
}

/** A key by its sign, or `escape`, `left`, `right`, `home`, `end`, `ctrl-c`. */
export function press(choices: Choices, key: string, ground: Ground): Pressed {
  if (key === "ctrl-c") return interrupt(choices, ground);
  if (choices.asking) return answer({ ...choices, asking: false }, key, ground);
  if (key === "escape") return { choices: closeTop(choices) };
  return KEYS[key]?.(choices, ground) ?? { choices };
}

const KEYS: Readonly<Record<string, (choices: Choices, ground: Ground) => Pressed>> = {
  "?": (choices) => ({ choices: { ...choices, help: !choices.help } }),
  "l": (choices) => ({ choices: { ...choices, log: !choices.log, health: false, help: false } }),
  "v": (choices) => ({ choices: { ...choices, health: !choices.health, log: false, help: false } }),
  "p": (choices) => ({ choices: { ...choices, panel: choices.panel === "latent" ? "pictures" : "latent" } }),
  "left": (choices) => ({ choices, deed: { page: -1 } }),
  "right": (choices) => ({ choices, deed: { page: 1 } }),
  "[": (choices) => ({ choices, deed: { step: -1 } }),
  "]": (choices) => ({ choices, deed: { step: 1 } }),
  "{": (choices) => ({ choices, deed: { step: -10 } }),
  "}": (choices) => ({ choices, deed: { step: 10 } }),
  "home": (choices) => ({ choices, deed: { step: -Infinity } }),
  "0": (choices) => ({ choices: { ...choices, past: null } }),
  "end": (choices) => ({ choices: { ...choices, past: null } }),
  "s": stopOrAsk,
  "d": detach,
  "q": (choices, { looksOn, ended }) =>
    looksOn ? { choices, deed: "quit" } : { choices: { ...choices, asking: !ended } },
};

/** Ctrl-C leaves a run alone that the screen only looks on; else it stops the run after the batch, and the second time at once. */
function interrupt(choices: Choices, { looksOn, ended }: Ground): Pressed {
  if (looksOn) return { choices, deed: "quit" };
  if (ended || choices.stopping === "abort") return { choices };
  const second = choices.stopping === "batch";
  return {
    choices: { ...choices, asking: false, stopping: second ? "abort" : "batch" },
    deed: second ? "abort" : "stop-batch",
  };
}

/** The answer to how the run is to stop; any other key lets it go on. */
function answer(choices: Choices, key: string, ground: Ground): Pressed {
  if (key === "s") return stopAfterEpoch(choices, ground);
  if (key === "d") return detach(choices, ground);
  // Only Ctrl-C aborts: an abort should not be one careless key away.
  if (key !== "b" || ground.ended || choices.stopping === "batch" || choices.stopping === "abort") {
    return { choices };
  }
  return { choices: { ...choices, stopping: "batch" }, deed: "stop-batch" };
}

/** A run that the screen only looks on may be somebody else's: it is not stopped by one key. */
function stopOrAsk(choices: Choices, ground: Ground): Pressed {
  if (!ground.looksOn || ground.ended || choices.stopping !== null) return stopAfterEpoch(choices, ground);
  return { choices: { ...choices, asking: true } };
}

function stopAfterEpoch(choices: Choices, { ended }: Ground): Pressed {
  if (ended || choices.stopping !== null) return { choices };
  return { choices: { ...choices, stopping: "epoch" }, deed: "stop-epoch" };
}

function detach(choices: Choices, { canDetach }: Ground): Pressed {
  return canDetach ? { choices, deed: "detach" } : { choices };
}

/** Closes what was opened last. */
function closeTop(choices: Choices): Choices {
  if (choices.help) return { ...choices, help: false };
  return choices.past === null ? { ...choices, log: false, health: false } : { ...choices, past: null };
}
