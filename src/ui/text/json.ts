/** JSON that is safe to show on a terminal: `--ui json`, `runs --json`, `plan --json`. @module */
import type { RunEvent } from "../../pipeline/events.ts";

// Characters that JSON does not escape but a terminal may interpret: C1 controls, invisible format characters, line separators.
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A value as JSON with all control and format characters escaped; it parses to the same value. */
export function harmlessJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, escaped);
}

function escaped(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}

/** `--ui json`: each event as one line, for programs. */
export function jsonLines(write: (text: string) => void): { event(event: RunEvent): void; finish(): void } {
  return {
    event: (event) => write(`${harmlessJson(event)}\n`),
    finish() {},
  };
}
