/**
 * `events.jsonl`: one event a line, only ever appended to, by one writer.
 *
 * @module
 */
import type { RunEvent } from "../pipeline/events.ts";

/** How long epochs may wait for company before they are written, in milliseconds. */
const PATIENCE_MS = 100;

/** A log that gathers events and passes them on in batches of whole lines. */
export interface EventLog {
  /** Takes an event. Epochs may wait for up to 100 ms for the next one; all others go on at once, and take them along. */
  add(event: RunEvent): void;
  /** Passes on what waits. */
  flush(): void;
  close(): void;
}

/** Opens the log of a run. `listen` gets the very lines that were written, for the screens. */
export function openEventLog(folder: string, listen: (lines: string) => void): EventLog {
  const file = Deno.openSync(`${folder}/events.jsonl`, { append: true, create: true });
  const encoder = new TextEncoder();
  let waiting = "", last = -Infinity;

  function flush(): void {
    last = performance.now();
    if (waiting === "") return;
    const bytes = encoder.encode(waiting);
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    listen(waiting);
    waiting = "";
  }
  return {
    add(event) {
      waiting += JSON.stringify(event) + "\n";
      if (event.type !== "epoch" || performance.now() - last >= PATIENCE_MS) flush();
    },
    flush,
    close() {
      flush();
      file.close();
    },
  };
}
