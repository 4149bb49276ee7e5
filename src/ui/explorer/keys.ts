/**
 * Maps keys to commands.
 *
 * @module
 */
import type { Action, ExplorerState } from "./state.ts";

/** A key as reported by Ink. */
export interface ExplorerKey {
  readonly upArrow?: boolean;
  readonly downArrow?: boolean;
  readonly leftArrow?: boolean;
  readonly rightArrow?: boolean;
  readonly return?: boolean;
  readonly escape?: boolean;
  readonly tab?: boolean;
  readonly home?: boolean;
  readonly backspace?: boolean;
  readonly delete?: boolean;
  readonly shift?: boolean;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

/** A command of a key: an action, or one that writes a file or quits. */
export type ExplorerCommand =
  | Action
  | { readonly type: "write"; readonly what: "picture" | "animation" }
  | { readonly type: "quit" };

/** Steps of an arrow key with Shift. */
const LEAP = 5;

const LETTERS: Readonly<Record<string, ExplorerCommand>> = {
  "+": { type: "step", by: 1 },
  "=": { type: "step", by: 1 },
  "-": { type: "step", by: -1 },
  x: { type: "axis", axis: 0, by: 1 },
  X: { type: "axis", axis: 0, by: -1 },
  y: { type: "axis", axis: 1, by: 1 },
  Y: { type: "axis", axis: 1, by: -1 },
  o: { type: "origin" },
  n: { type: "next", what: "sample", by: 1 },
  p: { type: "next", what: "sample", by: -1 },
  r: { type: "next", what: "draw", by: 1 },
  R: { type: "next", what: "draw", by: -1 },
  a: { type: "mark", which: "a" },
  b: { type: "mark", which: "b" },
  s: { type: "path" },
  m: { type: "morph" },
  " ": { type: "morph" },
  g: { type: "ask", what: "sample" },
  l: { type: "ask", what: "label" },
  c: { type: "toggle", what: "coordinates" },
  "?": { type: "toggle", what: "help" },
  w: { type: "write", what: "picture" },
  v: { type: "write", what: "animation" },
  q: { type: "quit" },
};

/** The commands of one key. */
export function commandsOf(state: ExplorerState, input: string, key: ExplorerKey): ExplorerCommand[] {
  if (key.ctrl && input === "c") return [{ type: "quit" }];
  if (key.escape) return [{ type: "escape" }];
  if (key.return || input === "\r" || input === "\n") return [{ type: "submit" }];
  if (key.backspace || key.delete) return [{ type: "erase" }];
  const far = key.shift ? LEAP : 1;
  if (key.leftArrow) return [{ type: "move", across: -far, up: 0 }];
  if (key.rightArrow) return [{ type: "move", across: far, up: 0 }];
  if (key.upArrow) return [{ type: "move", across: 0, up: far }];
  if (key.downArrow) return [{ type: "move", across: 0, up: -far }];
  if (key.tab) return [{ type: "next", what: "label", by: key.shift ? -1 : 1 }];
  if (key.home) return [{ type: "origin" }];
  if (key.ctrl || key.meta || input === "") return [];
  if (state.entry !== null) return [{ type: "text", text: input }];
  // A digit starts the number of an image.
  if (/^\d$/.test(input)) return [{ type: "ask", what: "sample" }, { type: "text", text: input }];
  return Object.hasOwn(LETTERS, input) ? [LETTERS[input]] : [];
}
