/**
 * Starts a run: creates its folder, lock, record and worker, and completes the record at its end.
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
import { checkpointWriter, openPort } from "./checkpoint_port.ts";
import { forgetControl, type StopRequest, watchControl } from "./control.ts";
import { readEvents } from "./event_file.ts";
import type { CacheUse } from "./execute.ts";
import { lockedFolder } from "./locked_folder.ts";
import { type EpochProgress, openProgress, watchProgress } from "./progress.ts";
import { EXIT, type RunRecord, surroundings, writeRecord } from "./record.ts";
import { prepareFolder } from "./prepare_folder.ts";
import type { Resumption } from "./resume.ts";
import { stopFlag, type StopOrder } from "./stop.ts";
import { appendEnd, type EndEvent, startWorker } from "./start_worker.ts";

/** What a run needs to start. */
export interface StartOptions {
  /** The pipeline file, which the worker loads itself. */
  readonly file: string;
  /** The same pipeline, resolved: it was checked before the run started. */
  readonly pipeline: ResolvedPipeline;
  readonly keys: ReadonlyMap<string, StageKeys>;
  readonly overrides: readonly string[];
  readonly engine: EngineConfig;
  /** The engine as text: `native, 2 threads`. */
  readonly engineText: string;
  /** The class of engines whose results are the same bits. */
  readonly engineClass: string;
  /** A message logged at the start. */
  readonly notice?: string;
  /** The folder of runs. */
  readonly root: string;
  readonly argv: readonly string[];
  readonly version: string;
  readonly debug: boolean;
  readonly cache?: CacheUse;
  /** What it resumes from. */
  readonly resumption?: Resumption;
  /** Whether the run fails when another run of the pipeline is running. @default {false} */
  readonly isExclusive?: boolean;
  /** Conditions on metrics that fail a completed run. */
  readonly gates: readonly Gate[];
  /** Milliseconds after which to stop; `null`: no limit. */
  readonly maxMilliseconds: number | null;
  /** Epochs of this process after which to stop; `null`: no limit. */
  readonly maxEpochs: number | null;
  /** Called with the events of earlier processes of the run, before anything else. */
  past(event: RunEvent): void;
  /** Called at the end with the final record, before it is written: the run counts as ended only after that. Must not throw. */
  onEnd?(folder: string, record: RunRecord): Promise<void>;
  /** Called with every event, in order. */
  listen(event: RunEvent): void;
  /** Called with the progress of the current epoch, twice a second. @default {none} */
  progress?(progress: EpochProgress): void;
  /** Called when another process has aborted the run: the record is written, and this process must exit. */
  onAborted(exitCode: number): void;
}

/** Why a run is aborted. */
export interface Abort {
  readonly exitCode: number;
  readonly reason: string;
}

/** A running run. */
export interface RunningRun {
  readonly id: string;
  readonly folder: string;
  /** Requests a stop, after the batch by default. */
  stop(order: StopOrder): void;
  /** Reports that the terminal has closed: it is logged, and the run continues. */
  hangUp(): void;
  /** Ends the run at once: written files stay, the current computation is lost. Returns the exit code with which the process must exit. */
  abort(why: Abort): Promise<number>;
  /** How it ended. */
  readonly finished: Promise<Pick<EndEvent, "status" | "exitCode" | "reason">>;
}

/**
 * Starts a run.
 *
 * @throws {UsageError} When its folder cannot be written.
 * @throws {LockedError} When the run is already running, or, with `isExclusive`, another run of the pipeline.
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
      // Read again: a run that resumes from another has rewritten its events.
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
  // This thread is mostly idle from now on, and would not free the memory of planning.
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
  }, { listen, write: checkpointWriter(port, folder), started: now });

  let ending: EndEvent | undefined;
  const abort = async (why: Abort) => {
    const end = ending ?? abortedEnd(folder, why, now.getTime() - 1000 * secondsBefore);
    if (end !== ending) listen(end);
    // The disk may be full: the run then counts as crashed, as its lock is free.
    await writeRecord(folder, ended(record, end)).catch(() => {});
    await removeTemporary(folder);
    return end.exitCode;
  };
  const onAsked = ({ stop, exitCode }: StopRequest) => {
    if (stop !== "now") return flag.ask({ exitCode, after: stop, cause: "request" });
    void abort({ exitCode, reason: "aborted on request" }).then(options.onAborted);
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
      // Only now: until the record says that the run is complete, it may have to resume from one of them.
      if (end.status === "completed") await dropCheckpoints(folder, pipeline);
    } catch (thrown) {
      // The disk may be full: the run then counts as crashed, as its lock is free, and can be resumed.
      if (end.status === "completed") throw thrown;
    } finally {
      locks.forEach((lock) => lock.release());
    }
    return end;
  });
  return { id, folder, finished, stop: flag.ask, hangUp: flag.hangUp, abort };
}

/**
 * The active time of earlier processes of a run in seconds, by its events: from the first event to the last, without the gaps between
 * processes.
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

/** The end event of an aborted run, which is also appended to its events. */
function abortedEnd(folder: string, { exitCode, reason }: Abort, started: number): EndEvent {
  const t = Date.now(), seconds = (t - started) / 1000;
  const end = { type: "end", t, status: "stopped", exitCode, reason, seconds } as const;
  appendEnd(folder, end);
  return end;
}

/** Removes checkpoints, which only resuming needs. What cannot be removed is left to `gc`. */
async function dropCheckpoints(folder: string, { stages }: ResolvedPipeline): Promise<void> {
  for (const { name, definition, options } of stages) {
    await removeCheckpoints(folder, name, definition.keepsCheckpoint?.(options)).catch(() => {});
  }
}

async function recordOf(options: StartOptions, id: string, now: Date): Promise<RunRecord> {
  const { pipeline, keys, overrides, argv, engine, version, resumption } = options;
  const around = await surroundings(version);
  const running = { ended: null, status: "running", exitCode: null, reason: null } as const;
  const before = resumption?.isSame ? resumption.entry.record : undefined;
  if (before !== undefined) {
    const from = resumption!.stage ?? "the beginning";
    const resumed = [...before.resumed, { at: now.toISOString(), pid: Deno.pid, from, argv: [...argv] }];
    return { ...before, ...running, ...around, resumed };
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
    ...running,
  };
}

function ended(
  record: RunRecord,
  { status, exitCode, reason }: Pick<EndEvent, "status" | "exitCode" | "reason">,
): RunRecord {
  return { ...record, ended: new Date().toISOString(), status, exitCode, reason };
}
