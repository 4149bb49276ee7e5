/** Prepares a run from the command line: validates everything, without side effects. @module */
import { chooseEngine, describeEngine, engineClass } from "../engine/choose.ts";
import { parseGates } from "../pipeline/gates.ts";
import { runKey, stageKeys } from "../pipeline/keys.ts";
import { nameFault, resolvePipeline, specOf } from "../pipeline/resolve.ts";
import type { EngineConfig } from "../pipeline/stage.ts";
import { listRuns, type RunEntry } from "../run/list.ts";
import { loadPipeline } from "../run/load_pipeline.ts";
import { findResumption, type Resumption, resumptionText } from "../run/resume.ts";
import type { StartOptions } from "../run/start.ts";
import type { RunOptions } from "./run.ts";

/** What a run needs from the command line. */
type Prepared = Pick<
  StartOptions,
  | "pipeline"
  | "keys"
  | "engine"
  | "engineText"
  | "engineClass"
  | "notice"
  | "cache"
  | "gates"
  | "resumption"
>;

/**
 * Resolves the pipeline, chooses the engine and finds a run to resume.
 *
 * @returns What is needed to start, or why there is nothing to do.
 */
export async function prepareRun(
  file: string,
  options: RunOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Prepared | { readonly done: string; readonly run: string; readonly folder: string }> {
  const pipeline = resolvePipeline(await loadPipeline(file), { overrides: options.set, seed: options.seed });
  const names = pipeline.stages.map(({ name }) => name);
  const gates = parseGates(options.failIf, names);
  options.force.forEach((name) => nameFault("--force", name, names));
  const wantedEngine = options.engine ?? env.HOURGLASS_ENGINE;
  const { notice, ...chosen } = await chooseEngine({ name: wantedEngine, threads: options.threads });
  const keysOf = (engine: EngineConfig) => stageKeys(pipeline, engineClass(engine));
  const keys = await keysOf(chosen);
  if (options.needed) {
    const complete = await findComplete(options.runs, pipeline.name, runKey(keys));
    if (complete !== undefined) {
      const { id, folder } = complete;
      return { done: `nothing to do: identical run ${id} is complete`, run: id, folder };
    }
  }
  const resumption = options.resume === "none" ? undefined : await findResumption({
    root: options.runs,
    wanted: options.resume,
    spec: specOf(pipeline),
    engine: chosen,
    isEngineChosen: options.engine !== undefined || options.threads !== undefined,
    keysOf,
  });
  const found = resumption !== undefined && !("startOver" in resumption) ? resumption : undefined;
  const engine = found?.engine ?? chosen;
  const notices = [notice, resumption === undefined ? undefined : noticeOf(resumption)];
  return {
    pipeline,
    keys: found?.keys ?? keys,
    engine,
    engineText: describeEngine(engine, pipeline.threads),
    engineClass: engineClass(engine),
    notice: notices.filter((text) => text !== undefined).join("\n") || undefined,
    cache: options.cache ? { root: options.runs, forced: options.force } : undefined,
    gates,
    resumption: found,
  };
}

function noticeOf(resumption: Resumption | { readonly startOver: string }): string {
  return "startOver" in resumption ? `starting over: ${resumption.startOver}` : resumptionText(resumption);
}

/** A complete run with the same key that passed its gates. */
async function findComplete(root: string, pipeline: string, key: string): Promise<RunEntry | undefined> {
  const entries = await listRuns(root, pipeline);
  return entries.find(({ status, record }) =>
    status === "completed" && record?.exitCode === 0 && record.key === key
  );
}
