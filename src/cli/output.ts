/**
 * The standard output and the standard error, and the only module that writes to them: all text becomes harmless here, so that no caller
 * can forget it. What cannot be written is remembered for the exit code.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { redact } from "../core/secrets.ts";
import { harmlessJson } from "../ui/json.ts";
import { forTerminal, safeLines } from "../ui/text.ts";

/** Milliseconds before a pipe that is full and does not block is tried again. */
const RETRY_MS = 5;

let hasColors = false;

/** Whether lines may have colours: not before a terminal was found that shows them. */
export function allowColors(areAllowed: boolean): void {
  hasColors = areAllowed;
}

let failure: { readonly isClosed: boolean; readonly reason: string } | undefined;

/**
 * Writes to the standard output. What cannot be written ends no run: {@link exitCodeAfterOutput} reports it at the end. After the first
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

/** Writes to the standard error, without colours; nothing more can be done where that fails. */
export function writeError(text: string): void {
  try {
    writeSync(Deno.stderr, forTerminal(text, false));
  } catch {
    // There is nowhere left to report it.
  }
}

/** A function that writes each warning to the standard error, the same one once. */
export function warnOnce(): (warning: string) => void {
  const written = new Set<string>();
  return (warning) => {
    if (!written.has(warning)) writeError(`warning: ${safeLines(warning)}\n`);
    written.add(warning);
  };
}

/** Whether the standard output still takes what is written: a command that only follows a run ends when it does not. */
export function isOutputOpen(): boolean {
  return failure === undefined;
}

/**
 * The exit code of a command that would end with `code`: 1 instead of 0 where its output is incomplete, as on a full disk. A reader that
 * has closed its pipe (`| head -1`) or a terminal that is gone has read what it wanted.
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

/** Whether the standard output is a file, where EIO means a damaged disk and not a terminal that is gone. */
function isFileOutput(): boolean {
  try {
    return Deno.statSync("/dev/stdout").isFile;
  } catch {
    return false;
  }
}
