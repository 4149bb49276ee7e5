/** Loads a pipeline file. @module */
import { pathToFileURL } from "node:url";
import { messageOf, shortened, UsageError } from "../core/errors.ts";
import { placeText, userFrames } from "../core/user_frames.ts";
import { isPipeline, type Pipeline } from "../pipeline/pipeline.ts";
import { isSweep, type Sweep } from "../pipeline/sweep/sweep.ts";

/** The time limit for loading a file, including its own packages, in milliseconds. */
const TIMEOUT_MS = 30_000;
/** The maximum number of characters of a thrown message that are repeated. */
const MOST_LETTERS = 400;

/** The address of a file that is named relative to the working directory. */
export function fileUrl(file: string): string {
  return pathToFileURL(file).href;
}

/** Imports a pipeline file and returns its pipeline; for a sweep, the pipeline that it runs under several settings. */
export async function loadPipeline(file: string): Promise<Pipeline<object>> {
  const exported = await loadExport(file);
  return isSweep(exported) ? exported.pipeline : exported;
}

/**
 * Imports a pipeline file and returns its default export.
 *
 * @throws {UsageError} When there is no such file, it does not load, or its default export is neither a pipeline nor a sweep.
 */
export async function loadExport(file: string, timeoutMs = TIMEOUT_MS): Promise<Pipeline<object> | Sweep> {
  try {
    const { isFile } = await Deno.stat(file);
    if (!isFile) throw new UsageError(`${file} must be a file, got a folder`);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    throw new UsageError(`${file} must be a file, got a path that does not exist`);
  }
  const module = await importFile(file, timeoutMs);
  const found = module.default;
  if (isPipeline(found) || isSweep(found)) return found;
  const current = "default" in module ? `a ${typeof found}` : "none";
  throw new UsageError(
    `${file} must export a pipeline or a sweep by default, got ${current} (export default pipeline("name").pipe(...))`,
  );
}

async function importFile(
  file: string,
  timeoutMs: number,
): Promise<Record<string, unknown>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `must load within ${
      timeoutMs / 1000
    } s, got a timeout (does a top-level await never settle?)`;
    timer = setTimeout(() => reject(new UsageError(message)), timeoutMs);
  });
  try {
    return await Promise.race([import(fileUrl(file)), late]);
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      throw new UsageError(withPlace(`${file}: ${thrown.message}`, thrown, file));
    }
    throw new UsageError(
      `${file} must be a TypeScript module that loads, got: ${explained(firstLine(thrown, file))}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** A message of Deno with a remedy that works here: outside of a project, a file can import only what this program has. */
function explained(message: string): string {
  const isForeign = /^The lockfile is out of date|^Import "[^"]*" not a dependency/.test(message);
  const reason = message.replace(/^The lockfile is out of date.*/, "a package that deno.lock does not list");
  return isForeign
    ? `${reason} (packages of your own need a project, which the command "init FOLDER" makes)`
    : message;
}

/** The error message without the source excerpt that Deno adds, but with line and column. */
function firstLine(thrown: unknown, file: string): string {
  const message = thrown instanceof Error ? String(thrown.message) : messageOf(thrown);
  const place = /file:\S+?:(\d+):(\d+)/.exec(message);
  const line = shortened(message.split("\n")[0].trim(), MOST_LETTERS);
  return place === null ? withPlace(line, thrown, file) : `${line} (line ${place[1]}, column ${place[2]})`;
}

/** A message with the line of the user's code that caused the error, where the stack trace has one; its file unless it is the one that was named. */
function withPlace(message: string, thrown: unknown, file: string): string {
  const [frame] = userFrames(thrown);
  if (frame === undefined) return message;
  const { url, line, column } = frame;
  return url === fileUrl(file)
    ? `${message} (line ${line}, column ${column})`
    : `${message} (${placeText(frame)})`;
}
