/**
 * `events.jsonl`: one event per line, append-only, with a single writer.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import { redact } from "../core/secrets.ts";
import type { RunEvent } from "../pipeline/events.ts";

/** How long epoch events are buffered before they are written, in milliseconds. */
const FLUSH_MS = 100;

/** A log that buffers events and writes them in batches of whole lines. */
export interface EventLog {
  /** Adds an event. Epochs are buffered for up to 100 ms; any other event is written at once, together with the buffer. */
  add(event: RunEvent): void;
  /** Writes the buffer; returns the length of the file in bytes. */
  flush(): number;
  close(): void;
}

/** The end of a file, to which whole lines are added. @throws {RunError} When they cannot be written; earlier ones stay intact. */
function lineAppender(path: string) {
  const file = Deno.openSync(path, { append: true, create: true });
  let length = file.statSync().size;
  return {
    length: () => length,
    append(bytes: Uint8Array): void {
      try {
        for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
        length += bytes.length;
      } catch (thrown) {
        // Part of a line may have been written.
        try {
          file.truncateSync(length);
        } catch {
          // Readers ignore an incomplete last line.
        }
        throw new RunError(
          `Cannot write "${path}": ${messageOf(thrown)}; resume with --resume auto when it can be written`,
          { cause: thrown },
        );
      }
    },
    close: () => file.close(),
  };
}

/**
 * Opens the log of a run. `listen` is called with the lines exactly as written, for the screens.
 *
 * @throws {RunError} From `add` and `flush` when a line cannot be written; earlier lines stay intact.
 */
export function openEventLog(folder: string, listen: (lines: string) => void): EventLog {
  const file = lineAppender(`${folder}/events.jsonl`), encoder = new TextEncoder();
  let buffered = "", last = -Infinity;

  function flush(): number {
    last = performance.now();
    if (buffered === "") return file.length();
    const lines = buffered;
    buffered = "";
    file.append(encoder.encode(lines));
    listen(lines);
    return file.length();
  }
  return {
    add(event) {
      buffered += redact(JSON.stringify(event)) + "\n";
      if (event.type !== "epoch" || performance.now() - last >= FLUSH_MS) flush();
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
