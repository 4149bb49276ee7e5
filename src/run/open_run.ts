/**
 * The folder of a run from its lock to its last record: opened before anything is computed, closed when all is written.
 *
 * @module
 */
import { SCHEMA } from "../core/schema_version.ts";
import type { RunEvent } from "../pipeline/events.ts";
import { runKey, type StageKeys } from "../pipeline/keys.ts";
import { type ResolvedPipeline, specOf } from "../pipeline/resolve.ts";
import { removeCheckpoints } from "./checkpoint_file.ts";
import { forgetControl } from "./control.ts";
import type { EndEvent, RunOutcome } from "./end_event.ts";
import { readEvents } from "./event_file.ts";
import { lockedFolder } from "./locked_folder.ts";
import type { Lock } from "./lock.ts";
import { prepareFolder } from "./prepare_folder.ts";
import { type RunRecord, surroundings, writeRecord } from "./record.ts";
import type { Resumption } from "./resume.ts";
import type { EarlierProcesses, RunPlace, RunPlan } from "./run_plan.ts";

/** What a run computes: its pipeline, checked before the run starts, and what it resumes from. */
export interface RunWork {
  readonly pipeline: ResolvedPipeline;
  readonly keys: ReadonlyMap<string, StageKeys>;
  readonly resumption?: Resumption;
}

/** The folder of a run that this process has locked. */
export interface OpenRun {
  readonly place: RunPlace;
  readonly started: Date;
  readonly earlier?: EarlierProcesses;
  /** The record of the running run, as it is on the disk. */
  readonly record: RunRecord;
  readonly locks: readonly Lock[];
}

/**
 * Locks the folder of a run, prepares it, and writes its record.
 *
 * @param past Called with the events of earlier processes of the run.
 * @throws {UsageError} When the folder cannot be written.
 * @throws {LockedError} When the run is already running, or, if it is exclusive, another run of the pipeline.
 */
export async function openRun(
  plan: RunPlan,
  work: RunWork,
  past: (event: RunEvent) => void,
): Promise<OpenRun> {
  const { root, isExclusive } = plan, { pipeline, resumption } = work, now = new Date();
  const query = { root, pipeline: pipeline.name, resumption, isExclusive, now };
  const { folder, id, locks } = await lockedFolder(query), place = { id, folder };
  try {
    const earlier = resumption && await reopen(resumption, place, pipeline, past);
    const record = await recordOf(plan, work, id, now);
    await writeRecord(folder, record);
    return { place, started: now, earlier, record, locks };
  } catch (thrown) {
    locks.forEach((lock) => lock.release());
    throw thrown;
  }
}

/** Prepares the folder of a run that is resumed, and reads what its earlier processes did. */
async function reopen(
  resumption: Resumption,
  { id, folder }: RunPlace,
  pipeline: ResolvedPipeline,
  past: (event: RunEvent) => void,
): Promise<EarlierProcesses> {
  const { entry, isSame, stage, problems } = resumption;
  if (isSame) forgetControl(folder);
  await prepareFolder(resumption, folder, { id, spec: specOf(pipeline) });
  // Read again: a run that resumes from another has rewritten its events.
  const events = await readEvents(folder);
  events.forEach(past);
  const resumedAt = entry.record?.resumed.map(({ at }) => Date.parse(at));
  return { stage, seconds: activeSeconds(events, resumedAt), warnings: problems };
}

/**
 * The active time of earlier processes of a run in seconds, by its events: from the first event to the last, without the gaps between
 * processes.
 */
function activeSeconds(
  events: readonly { readonly t: number }[],
  resumedAt: readonly number[] = [],
): number {
  let milliseconds = 0;
  for (let place = 1; place < events.length; place++) {
    const from = events[place - 1].t, to = events[place].t;
    if (!resumedAt.some((at) => from <= at && at <= to)) milliseconds += Math.max(0, to - from);
  }
  return milliseconds / 1000;
}

async function recordOf(plan: RunPlan, work: RunWork, id: string, now: Date): Promise<RunRecord> {
  const { overrides, argv, engine, version } = plan, { pipeline, keys, resumption } = work;
  const around = await surroundings(version);
  const running = { ended: null, status: "running", exitCode: null, reason: null } as const;
  const before = resumption?.isSame ? resumption.entry.record : undefined;
  if (before !== undefined) {
    const from = resumption!.stage ?? "the beginning";
    const resumed = [...before.resumed, { at: now.toISOString(), pid: Deno.pid, from, argv: [...argv] }];
    return { ...before, ...running, ...around, resumed };
  }
  return {
    schema: SCHEMA.run,
    id,
    pipeline: pipeline.name,
    seed: pipeline.seed,
    spec: specOf(pipeline),
    key: runKey(keys),
    extends: resumption?.entry.id ?? null,
    resumed: [],
    overrides: [...overrides],
    argv: [...argv],
    engine,
    ...around,
    started: now.toISOString(),
    ...running,
  };
}

/** The final record of a run. */
export function endedRecord(record: RunRecord, { status, exitCode, reason }: RunOutcome): RunRecord {
  return { ...record, ended: new Date().toISOString(), status, exitCode, reason };
}

/**
 * Writes the final record of a run and releases its locks.
 *
 * @param onEnd Called with the final record before it is written: the run counts as ended only after that. Must not throw.
 */
export async function closeRun(
  { place: { folder }, record, locks }: OpenRun,
  pipeline: ResolvedPipeline,
  end: EndEvent,
  onEnd?: (folder: string, record: RunRecord) => Promise<void>,
): Promise<void> {
  const final = endedRecord(record, end);
  await onEnd?.(folder, final);
  try {
    await writeRecord(folder, final);
    // Only now: until the record says that the run is complete, it may have to resume from one of them.
    if (end.status === "completed") await dropCheckpoints(folder, pipeline);
  } catch (thrown) {
    // The disk may be full: the run then counts as crashed, as its lock is free, and can be resumed.
    if (end.status === "completed") throw thrown;
  } finally {
    locks.forEach((lock) => lock.release());
  }
}

/** Removes checkpoints, which only resuming needs. What cannot be removed is left to `gc`. */
async function dropCheckpoints(folder: string, { stages }: ResolvedPipeline): Promise<void> {
  for (const { name, definition, options } of stages) {
    await removeCheckpoints(folder, name, definition.keepsCheckpoint?.(options)).catch(() => {});
  }
}
