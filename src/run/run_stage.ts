/**
 * One stage of a run: computed, or taken from the cache.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { messageOf } from "../core/errors.ts";
import { linkFileAtomically, writeFileAtomically } from "../core/files.ts";
import { collectGarbage } from "../core/garbage.ts";
import { makeInnerFolders } from "../core/paths.ts";
import type { RunEvent } from "../pipeline/events.ts";
import { inputsOf, type StageKeys } from "../pipeline/keys.ts";
import type { ResolvedStage } from "../pipeline/resolve.ts";
import { isFiniteMetric } from "../pipeline/metric.ts";
import {
  runsEachTime,
  type StageCheckpoint,
  type StageContext,
  type StageResult,
} from "../pipeline/stage.ts";
import { findCheckpoint } from "./checkpoint_file.ts";
import { NO_PORT } from "./checkpoint_port.ts";
import type { Execution } from "./execution.ts";
import { type Conditions, type StageMetrics, writeMetrics } from "./metrics_file.ts";
import { findCached, storeCached } from "./stage_cache.ts";
import { lockFirstReading, lockStage, type StageLock } from "./stage_lock.ts";

/** The outcome of a stage. */
export interface StageOutcome extends StageResult<Record<string, unknown>> {
  /** The run that computed it, when it came from the cache. */
  readonly cached?: string;
}

/** What a stage needs from its run. */
export interface StageTurn {
  readonly available: Readonly<Record<string, unknown>>;
  readonly metrics: StageMetrics;
  readonly conditions: Conditions;
  readonly execution: Execution;
  /** Which of the stage's events are emitted: those before its checkpoint were emitted by an earlier process. */
  readonly emitted: "none" | "from its checkpoint" | "all";
  emit: Execution["emit"];
}

/** Runs a stage, or takes its result from the cache, and updates `metrics.json`. */
export async function runStage(stage: ResolvedStage, turn: StageTurn): Promise<StageOutcome> {
  const keys = turn.execution.keys.get(stage.name)!;
  const cached = await restored(stage, keys, turn);
  const lock = cached === undefined ? await lockOf(stage, keys, turn) : undefined;
  let hasFailed = true;
  try {
    // Another run may have computed it meanwhile.
    const found = cached ?? (lock && await restored(stage, keys, turn));
    const outcome = await finished(stage, keys, turn, found);
    hasFailed = false;
    return outcome;
  } finally {
    await lock?.release(hasFailed);
  }
}

/** A result from the cache. A stage that an earlier process started is completed: part of its events is written already. */
async function restored(
  stage: ResolvedStage,
  keys: StageKeys,
  turn: StageTurn,
): Promise<StageOutcome | undefined> {
  return turn.emitted === "from its checkpoint" ? undefined : await fromCache(stage, keys, turn);
}

/** Waits where another run computes the same; `undefined` where no other run does the same work. */
async function lockOf(
  stage: ResolvedStage,
  { key }: StageKeys,
  turn: StageTurn,
): Promise<StageLock | undefined> {
  const { execution: { plan: { cache }, signal }, emit } = turn;
  if (!cache?.isShared) return undefined;
  const options = {
    isStopped: () => signal.ending,
    // Without the stage's name, so that it is not cached as one of the stage's own events.
    onWait: () =>
      emit({
        type: "log",
        t: Date.now(),
        message: `${stage.name}: waiting for another run, which computes the same`,
      }),
  };
  if (isCached(stage, turn.execution)) return await lockStage(cache.root, key, options);
  return stage.definition.fingerprint === undefined
    ? undefined
    : await lockFirstReading(cache.root, key, options);
}

/** Computes a stage that is not cached, and updates `metrics.json`. */
async function finished(
  stage: ResolvedStage,
  keys: StageKeys,
  turn: StageTurn,
  cached: StageOutcome | undefined,
): Promise<StageOutcome> {
  const { execution, metrics, conditions } = turn;
  const outcome = measured(await outcomeOnRanks(stage, keys, turn, cached));
  if (outcome.metrics !== undefined) metrics[stage.name] = outcome.metrics;
  // Some are of all metrics that follow: what load() left out.
  if (outcome.conditions !== undefined) conditions[stage.name] = outcome.conditions;
  if (outcome.metrics !== undefined || outcome.conditions !== undefined) {
    await writeMetrics(execution.place.folder, metrics, conditions);
  }
  // Programs are disposed of by now, and the memory of data sources is free.
  if (cached === undefined) collectGarbage();
  return outcome;
}

/** Removes metrics that are not finite, which JSON cannot represent, and lists them in the note instead. */
function measured(outcome: StageOutcome): StageOutcome {
  const all = Object.entries(outcome.metrics ?? {});
  const missing = all.filter(([, metric]) => !isFiniteMetric(metric)).map(([name]) => name);
  if (missing.length === 0) return outcome;
  const shown = missing.slice(0, MOST_NAMED).join(", "), more = missing.length - MOST_NAMED;
  const words = `not finite, so not in metrics.json: ${shown}${more > 0 ? ` and ${more} more` : ""}`;
  return {
    ...outcome,
    note: outcome.note === undefined ? words : `${outcome.note}; ${words}`,
    metrics: Object.fromEntries(all.filter(([name]) => !missing.includes(name))),
  };
}

/** The maximum number of metrics that a note lists. */
const MOST_NAMED = 6;

/** Whether a stage's results are cached: stages that read their data again in each run are not. */
function isCached(stage: ResolvedStage, { plan: { cache } }: Execution): boolean {
  return cache !== undefined && !runsEachTime(stage.definition);
}

async function fromCache(
  stage: ResolvedStage,
  { key }: StageKeys,
  { execution, emit }: StageTurn,
): Promise<StageOutcome | undefined> {
  const { plan: { cache }, place: { id, folder } } = execution;
  if (cache === undefined || !isCached(stage, execution) || cache.forced.includes(stage.name)) {
    return undefined;
  }
  const found = await findCached(cache.root, key);
  if (typeof found === "string") {
    // Without the stage's name, so that it is not cached as one of the stage's own events.
    emit({ type: "warning", t: Date.now(), message: found });
    return undefined;
  }
  if (found === undefined) return undefined;
  await found.restore(folder);
  // As if it had just ended: paces are computed from the times between events.
  const later = Date.now() - (found.events.at(-1)?.t ?? 0);
  found.events.forEach((event) => emit({ ...event, t: event.t + later }, "cache"));
  const { run } = found.manifest, { note } = found.result;
  // A run that was interrupted after caching a result continues as if it had just computed it.
  if (run === id) return found.result;
  return { ...found.result, note: `cached from ${run}${note === undefined ? "" : `: ${note}`}`, cached: run };
}

/** The checkpoint from which a stage resumes. */
async function checkpointOf(
  { name }: ResolvedStage,
  { resumeKey: key }: StageKeys,
  { emitted, execution: { place: { folder } } }: StageTurn,
): Promise<StageCheckpoint | undefined> {
  if (emitted === "all") return undefined;
  const { found } = await findCheckpoint(folder, name, { key });
  return found && { state: found.state, blocks: found.blocks };
}

/** The outcome of a stage, cached or computed; agrees with the other ranks that it has failed on none. */
async function outcomeOnRanks(
  stage: ResolvedStage,
  keys: StageKeys,
  turn: StageTurn,
  cached: StageOutcome | undefined,
): Promise<StageOutcome> {
  const { ranks } = turn.execution;
  const found = cached === undefined ? await checkpointOf(stage, keys, turn) : undefined;
  ranks?.begin(stage, { outputs: cached?.outputs, found });
  let outcome: StageOutcome;
  try {
    outcome = cached ?? await compute(stage, keys, turn, found);
  } catch (thrown) {
    ranks?.end(stage, messageOf(thrown));
    throw thrown;
  }
  ranks?.end(stage);
  return outcome;
}

async function compute(
  stage: ResolvedStage,
  keys: StageKeys,
  turn: StageTurn,
  found: StageCheckpoint | undefined,
): Promise<StageOutcome> {
  const { execution, available, emitted, emit } = turn;
  const { plan, place: { folder }, port, signal, ranks } = execution;
  const written: string[] = [];
  const context: StageContext = {
    name: stage.name,
    seed: execution.pipeline.seed,
    engine: ranks?.engineOf(stage) ?? plan.engine,
    signal,
    collective: ranks?.collectiveOf(stage),
    ranks: plan.ranks,
    emit: (event) => emit({ ...event, t: Date.now(), stage: stage.name } as RunEvent),
    async writeArtifact(file, title, content) {
      const path = `artifacts/${file}`;
      await writeOnce(folder, path, content);
      written.push(path);
      emit({ type: "artifact", t: Date.now(), stage: stage.name, file: path, title });
    },
    async writeCheckpoint(file, content) {
      await writeFileAtomically(await makeInnerFolders(folder, `checkpoints/${file}`), content);
      written.push(`checkpoints/${file}`);
    },
    // When a stage only recomputes its outputs, its events are in events.jsonl already: a new checkpoint would not match them.
    progress: execution.progressOf?.(execution.pipeline.stages.indexOf(stage)),
    checkpoints: (policy) =>
      (emitted === "none" ? NO_PORT : port).of({ name: stage.name, key: keys.resumeKey, found }, policy),
  };
  const inputs = Object.fromEntries(
    inputsOf(stage.definition, available).map((name) => [name, available[name]]),
  );
  const result = await stage.definition.run(inputs, stage.options, context);
  port.settle();
  if (!signal.aborted && !result.isUnfinished) await store(stage, keys, result, written, turn);
  return result;
}

/** Minimum bytes of a file to be compared with weights that the run has already written. */
const LARGE = 65536;

/** Writes an artifact; one that is identical to a file under `checkpoints/` becomes a hard link to it. */
async function writeOnce(folder: string, path: string, content: Uint8Array | string): Promise<void> {
  const target = await makeInnerFolders(folder, path);
  if (typeof content !== "string" && content.length >= LARGE) {
    for await (const { name, isFile } of Deno.readDir(`${folder}/checkpoints`)) {
      const file = `${folder}/checkpoints/${name}`;
      if (!isFile || (await Deno.stat(file)).size !== content.length) continue;
      if (Buffer.compare(await Deno.readFile(file), content) === 0) {
        return await linkFileAtomically(file, target, content);
      }
    }
  }
  await writeFileAtomically(target, content);
}

/** Stores a result in the cache; when that fails, the run continues with a warning. */
async function store(
  stage: ResolvedStage,
  keys: StageKeys,
  result: StageResult<Record<string, unknown>>,
  files: readonly string[],
  { execution, emit }: StageTurn,
): Promise<void> {
  const { plan: { cache }, place: { id, folder }, pipeline, flushEvents } = execution;
  if (cache === undefined || !isCached(stage, execution)) return;
  flushEvents();
  try {
    const events = await eventsOfStage(`${folder}/events.jsonl`, stage.name);
    await storeCached(cache.root, {
      pipeline: pipeline.name,
      stage: stage.name,
      run: id,
      keys,
      result,
      events,
      folder,
      files,
    });
  } catch (thrown) {
    const message = `The result could not be cached: ${messageOf(thrown)}`;
    emit({ type: "warning", t: Date.now(), stage: stage.name, message });
  }
}

/** The events of a stage, without its start and end. */
async function eventsOfStage(path: string, stage: string): Promise<string> {
  const mark = `"stage":${JSON.stringify(stage)}`;
  const lines = (await Deno.readTextFile(path)).split("\n");
  return lines.filter((line) => line.includes(mark) && !line.startsWith('{"type":"stage"'))
    .map((line) => `${line}\n`).join("");
}
