/** JSON that a terminal may show: `--ui json`, `runs --json`, `plan --json`. @module */
import type { RunEvent } from "../pipeline/events.ts";

// What JSON leaves as it is and a terminal may obey: C1 controls, invisible format characters, line separators.
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A value as JSON in which all control and format characters are escaped: the same value to a program. */
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
