/** `--ui json`: each event as one line, for programs. @module */
import type { RunEvent } from "../pipeline/events.ts";

/** Lines of JSON. All control characters are escaped, as a terminal may be at the other end. */
export function jsonLines(write: (text: string) => void): { event(event: RunEvent): void; finish(): void } {
  return {
    event: (event) => write(`${JSON.stringify(event).replace(/[\u007f-\u009f]/g, escaped)}\n`),
    finish() {},
  };
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
