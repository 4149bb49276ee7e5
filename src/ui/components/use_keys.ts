/** Keys by their names. @module */
import { type Key, useInput } from "ink";
import { isAnswer } from "../terminal/terminal_theme.ts";

/** Calls back for each key, given by its character or as `escape`, `left`, `right`, `up`, `down`, `home`, `end`, `pageup`, `pagedown`, `return`, `ctrl-c`. */
export function useKeys(onKey: (key: string) => void, isActive: boolean): void {
  useInput((input, key) => namesOf(input, key).forEach(onKey), { isActive });
}

/** Splits input into keys: held keys, and keys over a slow connection, arrive together. */
function namesOf(input: string, key: Key): string[] {
  // An answer of the terminal (a colour) must not act as keys that stop a run.
  if (isAnswer(input)) return [];
  if (key.ctrl) return input === "c" ? ["ctrl-c"] : [];
  for (const [is, name] of NAMED) {
    if (key[is]) return [name];
  }
  // Alt combinations are not used.
  return key.meta ? [] : [...input].map((sign) => sign === "\r" || sign === "\n" ? "return" : sign);
}

const NAMED = [
  ["escape", "escape"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["home", "home"],
  ["end", "end"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["return", "return"],
] as const satisfies readonly (readonly [keyof Key, string])[];
