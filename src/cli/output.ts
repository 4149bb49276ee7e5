/**
 * Standard output and standard error. This is the only module that writes to them: it escapes all text, so that no caller can forget to.
 * Failed writes are recorded for the exit code.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { redact } from "../core/secrets.ts";
import { harmlessJson } from "../ui/text/json.ts";
import { forTerminal, safeLines } from "../ui/text/text.ts";

/** Milliseconds before writing to a full non-blocking pipe is retried. */
const RETRY_MS = 5;

let hasColors = false;

/** Sets whether lines may have colours; initially they may not. */
export function allowColors(areAllowed: boolean): void {
  hasColors = areAllowed;
}

let failure: { readonly isClosed: boolean; readonly reason: string } | undefined;

/**
 * Writes to the standard output. A failed write does not end a run: {@link exitCodeAfterOutput} reports it at the end. After the first
 * failure nothing more is written.
 */
export function writeAll(text: string): void {
  if (failure !== undefined) return;
  try {
    writeSync(Deno.stdout, forTerminal(text, hasColors));
  } catch (thrown) {
    failure = { isClosed: isClosed(thrown), reason: messageOf(thrown) };
  }
}

/** Writes a value as JSON to the standard output. */
export function writeJson(value: unknown, indent?: number): void {
  writeAll(`${harmlessJson(value, indent)}\n`);
}

/** Writes to the standard error, without colours; a failure is ignored. */
export function writeError(text: string): void {
  try {
    writeSync(Deno.stderr, forTerminal(text, false));
  } catch {
    // There is no other place to report it.
  }
}

/** Returns a function that writes warnings to the standard error, each text only once. */
export function warnOnce(): (warning: string) => void {
  const written = new Set<string>();
  return (warning) => {
    if (!written.has(warning)) writeError(`warning: ${safeLines(warning)}\n`);
    written.add(warning);
  };
}

/** Whether the standard output can still be written: a command that only follows a run ends when it cannot. */
export function isOutputOpen(): boolean {
  return failure === undefined;
}

/**
 * The exit code of a command that would end with `code`: 1 instead of 0 where its output is incomplete, as on a full disk. A closed pipe
 * (`| head -1`) or terminal is not an error.
 */
export function exitCodeAfterOutput(code: number): number {
  if (failure === undefined || failure.isClosed) return code;
  writeError(`error: the standard output must be writable, got: ${failure.reason}\n`);
  return code === 0 ? 1 : code;
}

function writeSync(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  const bytes = new TextEncoder().encode(redact(text));
  for (let written = 0; written < bytes.length;) {
    try {
      written += stream.writeSync(bytes.subarray(written));
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.WouldBlock)) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

/** EPIPE and ECONNRESET of a pipe or socket, EIO of a terminal that was closed. */
function isClosed(thrown: unknown): boolean {
  const { code } = thrown as { code?: unknown };
  return thrown instanceof Deno.errors.BrokenPipe || thrown instanceof Deno.errors.ConnectionReset ||
    (code === "EIO" && !isFileOutput());
}

/** Whether the standard output is a file, where EIO means a damaged disk and not a closed terminal. */
function isFileOutput(): boolean {
  try {
    return Deno.statSync("/dev/stdout").isFile;
  } catch {
    return false;
  }
}
