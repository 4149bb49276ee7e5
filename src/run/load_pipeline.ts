/** Loads a pipeline file. @module */
import { pathToFileURL } from "node:url";
import { messageOf, shortened, UsageError } from "../core/errors.ts";
import { isPipeline, type Pipeline } from "../pipeline/pipeline.ts";
import { isSweep, type Sweep } from "../pipeline/sweep.ts";

/** Milliseconds that a file may take to load, packages of its own included. */
const LOAD_MS = 30_000;
/** The most characters of what a file throws that a message repeats. */
const MOST_LETTERS = 400;

/** The address of a file that is named relative to the working directory. */
export function fileUrl(file: string): string {
  return pathToFileURL(file).href;
}

/** Imports a pipeline file and gives its pipeline; that of a sweep is the one that is run under several settings. */
export async function loadPipeline(file: string): Promise<Pipeline<object>> {
  const exported = await loadExport(file);
  return isSweep(exported) ? exported.pipeline : exported;
}

/**
 * Imports a pipeline file and gives its default export.
 *
 * @throws {UsageError} When there is no such file, it does not load, or its default export is neither a pipeline nor a sweep.
 */
export async function loadExport(file: string, patienceMs = LOAD_MS): Promise<Pipeline<object> | Sweep> {
  const cannot = `Cannot load ${file}`;
  try {
    const { isFile } = await Deno.stat(file);
    if (!isFile) throw new UsageError(`${cannot} as it must be a file: current path is a folder`);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    throw new UsageError(`${cannot} as the file must exist: nothing is there`);
  }
  const module = await importFile(file, cannot, patienceMs);
  const found = module.default;
  if (isPipeline(found) || isSweep(found)) return found;
  const current = "default" in module ? `a ${typeof found}` : "none";
  throw new UsageError(
    `${cannot} as its default export must be a pipeline (export default pipeline("name").pipe(...)): current export is ${current}`,
  );
}

async function importFile(
  file: string,
  cannot: string,
  patienceMs: number,
): Promise<Record<string, unknown>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `must be loaded after ${
      patienceMs / 1000
    } s, got no end of it (does a top-level await never settle?)`;
    timer = setTimeout(() => reject(new UsageError(message)), patienceMs);
  });
  try {
    return await Promise.race([import(fileUrl(file)), late]);
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      throw new UsageError(withPlace(`${file}: ${thrown.message}`, thrown, file));
    }
    throw new UsageError(
      `${cannot} as it must be a TypeScript module that loads: ${firstLine(thrown, file)}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** What went wrong, without the excerpt of the source that Deno adds, but with the place. */
function firstLine(thrown: unknown, file: string): string {
  const message = thrown instanceof Error ? String(thrown.message) : messageOf(thrown);
  const place = /file:\S+?:(\d+):(\d+)/.exec(message);
  const line = shortened(message.split("\n")[0].trim(), MOST_LETTERS);
  return place === null ? withPlace(line, thrown, file) : `${line} (line ${place[1]}, column ${place[2]})`;
}

/** A message with the line of the file that led to the error, where its trace has one. */
function withPlace(message: string, thrown: unknown, file: string): string {
  const trace = thrown instanceof Error && typeof thrown.stack === "string" ? thrown.stack : "";
  const at = trace.indexOf(`${fileUrl(file)}:`);
  const place = at < 0 ? null : /^(\d+):(\d+)/.exec(trace.slice(at + fileUrl(file).length + 1));
  return place === null ? message : `${message} (line ${place[1]}, column ${place[2]})`;
}
