/**
 * `events.jsonl`: one event a line, only ever appended to, by one writer.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import { redact } from "../core/secrets.ts";
import type { RunEvent } from "../pipeline/events.ts";

/** How long epochs may wait for company before they are written, in milliseconds. */
const PATIENCE_MS = 100;

/** A log that gathers events and passes them on in batches of whole lines. */
export interface EventLog {
  /** Takes an event. Epochs may wait for up to 100 ms for the next one; all others go on at once, and take them along. */
  add(event: RunEvent): void;
  /** Passes on what waits; gives how long the file is then, in bytes. */
  flush(): number;
  close(): void;
}

/**
 * Opens the log of a run. `listen` gets the very lines that were written, for the screens.
 *
 * @throws {RunError} From `add` and `flush` when a line cannot be written: what stood in the file before stays whole.
 */
export function openEventLog(folder: string, listen: (lines: string) => void): EventLog {
  const path = `${folder}/events.jsonl`;
  const file = Deno.openSync(path, { append: true, create: true });
  const encoder = new TextEncoder();
  let waiting = "", last = -Infinity, length = file.statSync().size;

  function append(bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
      length += bytes.length;
    } catch (thrown) {
      // Part of a line may stand there now.
      try {
        file.truncateSync(length);
      } catch {
        // A cut last line is legal.
      }
      throw new RunError(
        `Cannot write "${path}": ${messageOf(thrown)}; go on with --resume auto when it can be written`,
        {
          cause: thrown,
        },
      );
    }
  }
  function flush(): number {
    last = performance.now();
    if (waiting === "") return length;
    const lines = waiting;
    waiting = "";
    append(encoder.encode(lines));
    listen(lines);
    return length;
  }
  return {
    add(event) {
      waiting += redact(JSON.stringify(event)) + "\n";
      if (event.type !== "epoch" || performance.now() - last >= PATIENCE_MS) flush();
    },
    flush,
    close() {
      try {
        flush();
      } finally {
        file.close();
      }
    },
  };
}
