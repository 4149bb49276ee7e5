/** Keys by their names. @module */
import { type Key, useInput } from "ink";
import { isAnswer } from "../terminal_theme.ts";

/** Calls back for each key by its sign, or `escape`, `left`, `right`, `up`, `down`, `home`, `end`, `return`, `ctrl-c`. */
export function useKeys(onKey: (key: string) => void, isActive: boolean): void {
  useInput((input, key) => namesOf(input, key).forEach(onKey), { isActive });
}

/** Keys that are held down, or come over a slow line, arrive together. */
function namesOf(input: string, key: Key): string[] {
  // No run may be stopped by a colour.
  if (isAnswer(input)) return [];
  if (key.ctrl) return input === "c" ? ["ctrl-c"] : [];
  for (const [is, name] of NAMED) {
    if (key[is]) return [name];
  }
  // Alt and a sign are no key of ours.
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
  ["return", "return"],
] as const satisfies readonly (readonly [keyof Key, string])[];
