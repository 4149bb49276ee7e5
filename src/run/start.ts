/**
 * Starts a run: its folder, its lock, its record, its worker; and sees it to its end.
 *
 * @module
 */
import { removeTemporary } from "../core/files.ts";
import { collectGarbage } from "../core/garbage.ts";
import type { RunEvent } from "../pipeline/events.ts";
import type { Gate } from "../pipeline/gates.ts";
import { runKey, type StageKeys } from "../pipeline/keys.ts";
import type { EngineConfig } from "../pipeline/stage.ts";
import { type ResolvedPipeline, specOf } from "../pipeline/resolve.ts";
import { alarm } from "./alarm.ts";
import { removeCheckpoints } from "./checkpoint_file.ts";
import { openPort, parcelWriter } from "./checkpoint_port.ts";
import { type Control, forgetControl, watchControl } from "./control.ts";
import { readEvents } from "./event_file.ts";
import type { CacheUse } from "./execute.ts";
import { lockedFolder } from "./locked_folder.ts";
import { openProgress, type Progress, watchProgress } from "./progress.ts";
import { EXIT, type RunRecord, surroundings, writeRecord } from "./record.ts";
import { prepareFolder } from "./prepare_folder.ts";
import type { Resumption } from "./resume.ts";
import { stopFlag, type StopOrder } from "./stop.ts";
import { appendEnd, type EndEvent, startWorker } from "./start_worker.ts";

/** What a run needs to start. */
export interface StartOptions {
  /** The pipeline file, which the worker loads anew. */
  readonly file: string;
  /** The same pipeline, resolved: it was checked before the run began. */
  readonly pipeline: ResolvedPipeline;
  readonly keys: ReadonlyMap<string, StageKeys>;
  readonly overrides: readonly string[];
  readonly engine: EngineConfig;
  /** The engine in words: `native, 2 threads`. */
  readonly engineText: string;
  /** The class of engines whose results are the same bits. */
  readonly engineClass: string;
  /** What is told at the beginning. */
  readonly notice?: string;
  /** The folder under which runs lie. */
  readonly root: string;
  readonly argv: readonly string[];
  readonly version: string;
  readonly debug: boolean;
  readonly cache?: CacheUse;
  /** What it goes on from. */
  readonly resumption?: Resumption;
  /** Whether no other run of the pipeline may be under way. @default {false} */
  readonly isExclusive?: boolean;
  /** Conditions under which a run that is done fails. */
  readonly gates: readonly Gate[];
  /** Milliseconds after which to stop; `null`: no limit. */
  readonly maxMilliseconds: number | null;
  /** Epochs of this process after which to stop; `null`: no limit. */
  readonly maxEpochs: number | null;
  /** Hears what an earlier process of the run has told, before anything else. */
  past(event: RunEvent): void;
  /** What is left to do in the folder, with the record as it will be: only then does the record say that the run has ended. Never throws. */
  onEnd?(folder: string, record: RunRecord): Promise<void>;
  /** Hears every event, in order. */
  listen(event: RunEvent): void;
  /** Hears how far the current epoch is, twice a second. @default {nobody} */
  progress?(progress: Progress): void;
  /** Another process has asked to end the run at once: its record says so, and this process must exit. */
  onAborted(exitCode: number): void;
}

/** Why a run ends at once. */
export interface Abort {
  readonly exitCode: number;
  readonly reason: string;
}

/** A run on its way. */
export interface RunningRun {
  readonly id: string;
  readonly folder: string;
  /** Asks to stop, after the batch unless it is told otherwise. */
  stop(order: StopOrder): void;
  /** Says that the terminal is gone: the log tells, the run goes on. */
  hangUp(): void;
  /** Ends the run now: what is written stays, what is being computed is lost. Gives the exit code with which the process must exit next. */
  abort(why: Abort): Promise<number>;
  /** How it ended. */
  readonly finished: Promise<Pick<EndEvent, "status" | "exitCode" | "reason">>;
}

/**
 * Starts a run.
 *
 * @throws {UsageError} When its folder cannot be written.
 * @throws {LockedError} When another process runs it, or runs the pipeline and this one must be alone.
 */
export async function startRun(options: StartOptions): Promise<RunningRun> {
  const { pipeline, listen, root, resumption, isExclusive, maxMilliseconds } = options;
  const now = new Date();
  const query = { root, pipeline: pipeline.name, resumption, isExclusive, now };
  const { folder, id, locks } = await lockedFolder(query);
  let record: RunRecord, secondsBefore = 0;
  try {
    if (resumption?.isSame) forgetControl(folder);
    if (resumption !== undefined) {
      await prepareFolder(resumption, folder, { id, spec: specOf(pipeline) });
      // Read again: a run that goes on from another tells it as its own.
      const events = await readEvents(folder);
      events.forEach(options.past);
      secondsBefore = activeSeconds(events, resumption.entry.record?.resumed.map(({ at }) => Date.parse(at)));
    }
    record = await recordOf(options, id, now);
    await writeRecord(folder, record);
  } catch (thrown) {
    locks.forEach((lock) => lock.release());
    throw thrown;
  }
  // This thread has little to do from now on, and would keep what planning left.
  collectGarbage();
  const flag = stopFlag(), port = openPort(), memory = openProgress();
  const { file, overrides, engine, engineText, engineClass, notice, debug, cache, maxEpochs } = options;
  const worker = startWorker({
    file,
    overrides,
    seed: pipeline.seed,
    engine,
    engineText,
    engineClass,
    notice,
    id,
    folder,
    debug,
    cache,
    resumed: resumption?.stage,
    secondsBefore,
    warnings: resumption?.problems ?? [],
    gates: options.gates,
    maxEpochs,
    stop: flag.memory,
    port,
    progress: memory,
  }, { listen, write: parcelWriter(port, folder), started: now });

  let ending: EndEvent | undefined;
  const abort = async (why: Abort) => {
    const end = ending ?? abortedEnd(folder, why, now.getTime() - 1000 * secondsBefore);
    if (end !== ending) listen(end);
    // The disk may be full: whoever asks finds the lock free and the run crashed.
    await writeRecord(folder, ended(record, end)).catch(() => {});
    await removeTemporary(folder);
    return end.exitCode;
  };
  const onAsked = ({ stop, exitCode }: Control) => {
    if (stop !== "now") return flag.ask({ exitCode, after: stop, cause: "request" });
    void abort({ exitCode, reason: "stopped at once on request" }).then(options.onAborted);
  };
  const control = watchControl(folder, onAsked);
  const stages = pipeline.stages.map(({ name }) => name);
  const progress = watchProgress({ memory, stages, folder, listen: options.progress });
  const budget = maxMilliseconds === null
    ? undefined
    : alarm(maxMilliseconds, () => flag.ask({ exitCode: EXIT.budget, cause: "time" }));
  const finished = worker.finished.then(async (end) => {
    ending = end;
    budget?.cancel();
    control.close();
    progress.close();
    const final = ended(record, end);
    await options.onEnd?.(folder, final);
    try {
      await writeRecord(folder, final);
      // Only now: until the record says that the run is complete, it may have to go on from one of them.
      if (end.status === "completed") await dropCheckpoints(folder, pipeline);
    } catch (thrown) {
      // The disk may be full: whoever asks finds the lock free and the run crashed, and can go on with it.
      if (end.status === "completed") throw thrown;
    } finally {
      locks.forEach((lock) => lock.release());
    }
    return end;
  });
  return { id, folder, finished, stop: flag.ask, hangUp: flag.hangUp, abort };
}

/**
 * Seconds that earlier processes of a run worked, as far as its events are kept: the time from its first event to its last without what lay
 * between two processes.
 */
export function activeSeconds(
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

/** The end of a run whose worker cannot report it, in its events, too. */
function abortedEnd(folder: string, { exitCode, reason }: Abort, started: number): EndEvent {
  const t = Date.now(), seconds = (t - started) / 1000;
  const end = { type: "end", t, status: "stopped", exitCode, reason, seconds } as const;
  appendEnd(folder, end);
  return end;
}

/** Removes what only a run that goes on would need. What cannot be removed is left to `gc`. */
async function dropCheckpoints(folder: string, { stages }: ResolvedPipeline): Promise<void> {
  for (const { name, definition, options } of stages) {
    await removeCheckpoints(folder, name, definition.keepsCheckpoint?.(options)).catch(() => {});
  }
}

async function recordOf(options: StartOptions, id: string, now: Date): Promise<RunRecord> {
  const { pipeline, keys, overrides, argv, engine, version, resumption } = options;
  const around = await surroundings(version);
  const isUnderWay = { ended: null, status: "running", exitCode: null, reason: null } as const;
  const before = resumption?.isSame ? resumption.entry.record : undefined;
  if (before !== undefined) {
    const from = resumption!.stage ?? "the beginning";
    const resumed = [...before.resumed, { at: now.toISOString(), pid: Deno.pid, from, argv: [...argv] }];
    return { ...before, ...isUnderWay, ...around, resumed };
  }
  return {
    schema: 1,
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
    ...isUnderWay,
  };
}

function ended(
  record: RunRecord,
  { status, exitCode, reason }: Pick<EndEvent, "status" | "exitCode" | "reason">,
): RunRecord {
  return { ...record, ended: new Date().toISOString(), status, exitCode, reason };
}
