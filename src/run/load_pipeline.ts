/** Loads a pipeline file. @module */
import { pathToFileURL } from "node:url";
import { UsageError } from "../core/errors.ts";
import { isPipeline, type Pipeline } from "../pipeline/pipeline.ts";
import { isSweep, type Sweep } from "../pipeline/sweep.ts";

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
export async function loadExport(file: string): Promise<Pipeline<object> | Sweep> {
  const cannot = `Cannot load ${file}`;
  try {
    const { isFile } = await Deno.stat(file);
    if (!isFile) throw new UsageError(`${cannot} as it must be a file: current path is a folder`);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    throw new UsageError(`${cannot} as the file must exist: nothing is there`);
  }
  const module = await importFile(file, cannot);
  const found = module.default;
  if (isPipeline(found) || isSweep(found)) return found;
  const current = "default" in module ? `a ${typeof found}` : "none";
  throw new UsageError(
    `${cannot} as its default export must be a pipeline (export default pipeline("name").pipe(...)): current export is ${current}`,
  );
}

async function importFile(file: string, cannot: string): Promise<Record<string, unknown>> {
  try {
    return await import(fileUrl(file));
  } catch (thrown) {
    throw new UsageError(`${cannot} as it must be a TypeScript module that loads: ${firstLine(thrown)}`);
  }
}

/** What went wrong, without the excerpt of the source that Deno adds, but with the place. */
function firstLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const place = /file:\S+?:(\d+):(\d+)/.exec(message);
  const line = message.split("\n")[0].trim();
  return place === null ? line : `${line} (line ${place[1]}, column ${place[2]})`;
}
