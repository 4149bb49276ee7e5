/** Prepares a run from the command line: validates everything, without side effects. @module */
import { chooseEngine, describeEngine, engineClass } from "../engine/choose.ts";
import type { RankPlace } from "../engine/mpi/launcher.ts";
import { parseGates } from "../pipeline/gates.ts";
import { runKey, stageKeys } from "../pipeline/keys.ts";
import { nameFault, type ResolvedPipeline, resolveInspected, specOf } from "../pipeline/resolve.ts";
import type { EngineConfig } from "../pipeline/stage.ts";
import { listRuns } from "../run/list.ts";
import { fileUrl, loadPipeline } from "../run/load_pipeline.ts";
import { findResumption, type Resumption, resumptionText } from "../run/resume.ts";
import type { RunWork } from "../run/open_run.ts";
import type { RunPlace, RunPlan } from "../run/run_plan.ts";
import type { RunOptions } from "./run_options.ts";
import { rankTimeout, settingsForRanks } from "./run_ranks.ts";
import { version } from "./version.ts";

/** What a run is prepared from: those options of the command that concern the run itself. */
type PrepareOptions =
  & Pick<
    RunOptions,
    "set" | "engine" | "threads" | "runs" | "force" | "cache" | "maxEpochs" | "failIf" | "debug" | "resume"
  >
  & Partial<Pick<RunOptions, "seed" | "needed" | "exclusive" | "maxTime" | "announce">>
  & {
    /** The most threads that a step may choose by its size, where none are set. @default {the cores of the machine} */
    readonly cores?: number;
    /** Finds a complete run by its key, which is then used instead. @default {with `needed`, all runs are searched} */
    readonly complete?: (key: string) => Promise<RunPlace | undefined>;
  };

/** A run that can start. */
interface Prepared extends RunWork {
  readonly plan: RunPlan;
}

/** A run that need not start. */
interface NothingToDo extends RunPlace {
  /** Why. */
  readonly done: string;
}

/**
 * Resolves the pipeline, chooses the engine and finds a run to resume.
 *
 * @returns What is needed to start, or why there is nothing to do.
 */
export async function prepareRun(
  file: string,
  options: PrepareOptions,
  env: Readonly<Record<string, string | undefined>>,
  ranks?: RankPlace,
): Promise<Prepared | NothingToDo> {
  const { pipeline, overrides } = await resolveFor(file, options, ranks);
  const names = pipeline.stages.map(({ name }) => name);
  const gates = parseGates(options.failIf, names);
  options.force.forEach((name) => nameFault("--force", name, names));
  const wantedEngine = options.engine ?? env.HOURGLASS_ENGINE;
  const { threads, cores } = options;
  const { notice, ...chosen } = await chooseEngine({ name: wantedEngine, threads, cores });
  const keysOf = (engine: EngineConfig) => stageKeys(pipeline, engineClass(engine), fileUrl(file));
  const keys = await keysOf(chosen);
  const find = options.complete ?? (options.needed ? searchIn(options.runs, pipeline.name) : undefined);
  const complete = await find?.(runKey(keys));
  if (complete !== undefined) {
    return { done: `nothing to do: identical run ${complete.id} is complete`, ...complete };
  }
  const resumption = await resumptionFor(pipeline, options, chosen, keysOf);
  const found = resumption !== undefined && !("startOver" in resumption) ? resumption : undefined;
  const engine = found?.engine ?? chosen;
  const notices = [notice, resumption === undefined ? undefined : noticeOf(resumption)];
  return {
    pipeline,
    keys: found?.keys ?? keys,
    resumption: found,
    plan: {
      ...planOf(file, options),
      overrides,
      ranks,
      rankTimeout: ranks && rankTimeout(env),
      seed: pipeline.seed,
      engine,
      engineText: describeEngine(engine, pipeline.threads) +
        (ranks === undefined ? "" : `, ${ranks.size} ranks`),
      engineClass: engineClass(engine),
      notice: notices.filter((text) => text !== undefined).join("\n") || undefined,
      gates,
    },
  };
}

/** Resolves the pipeline of a file; with ranks, in as many parts unless it says how many. */
async function resolveFor(
  file: string,
  { set, seed }: PrepareOptions,
  ranks: RankPlace | undefined,
): Promise<{ readonly pipeline: ResolvedPipeline; readonly overrides: readonly string[] }> {
  const loaded = await loadPipeline(file),
    pipeline = await resolveInspected(loaded, { overrides: set, seed });
  if (ranks === undefined) return { pipeline, overrides: set };
  const missing = settingsForRanks(pipeline, ranks), overrides = [...set, ...missing];
  return missing.length === 0
    ? { pipeline, overrides }
    : { pipeline: await resolveInspected(loaded, { overrides, seed }), overrides };
}

/** The run to resume, or why its pipeline starts over; `undefined`: a new run. */
async function resumptionFor(
  pipeline: ResolvedPipeline,
  { resume, runs, engine, threads }: PrepareOptions,
  chosen: EngineConfig,
  keysOf: (engine: EngineConfig) => ReturnType<typeof stageKeys>,
): Promise<Resumption | { readonly startOver: string } | undefined> {
  if (resume === "none") return undefined;
  return await findResumption({
    root: runs,
    wanted: resume,
    spec: specOf(pipeline),
    engine: chosen,
    isEngineChosen: engine !== undefined || threads !== undefined,
    keysOf,
  });
}

/** What the command line alone decides of a run. */
function planOf(
  file: string,
  options: PrepareOptions,
): Omit<RunPlan, "overrides" | "seed" | "engine" | "engineText" | "engineClass" | "notice" | "gates"> {
  return {
    file,
    cache: options.cache
      ? { root: options.runs, forced: options.force, ...options.complete && { isShared: true } }
      : undefined,
    isExclusive: options.exclusive ?? false,
    maxMilliseconds: options.maxTime ?? null,
    maxEpochs: options.maxEpochs ?? null,
    debug: options.debug ?? false,
    root: options.runs,
    argv: options.announce ?? Deno.args,
    version,
  };
}

function noticeOf(resumption: Resumption | { readonly startOver: string }): string {
  return "startOver" in resumption ? `starting over: ${resumption.startOver}` : resumptionText(resumption);
}

/** Searches all runs of a pipeline for a complete one with a key that passed its gates. */
function searchIn(root: string, pipeline: string): (key: string) => Promise<RunPlace | undefined> {
  return async (key) => {
    const entries = await listRuns(root, pipeline);
    const complete = entries.find(({ status, record }) =>
      status === "completed" && record?.exitCode === 0 && record.key === key
    );
    return complete && { id: complete.id, folder: complete.folder };
  };
}
