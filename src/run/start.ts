/**
 * Starts a run: opens its folder, starts its worker, listens to what it is asked, and closes the folder at its end.
 *
 * @module
 */
import { removeTemporary } from "../core/files.ts";
import { collectGarbage } from "../core/garbage.ts";
import type { RunEvent } from "../pipeline/events.ts";
import { codeKey } from "../pipeline/keys.ts";
import { alarm } from "./alarm.ts";
import { checkpointWriter, openPort } from "./checkpoint_port.ts";
import { watchControl } from "./control.ts";
import { appendEnd, type EndEvent, type RunOutcome } from "./end_event.ts";
import { closeRun, endedRecord, type OpenRun, openRun, type RunWork } from "./open_run.ts";
import { type EpochProgress, openProgress, watchProgress } from "./progress.ts";
import { EXIT, type RunRecord, writeRecord } from "./record.ts";
import { rankWatcher } from "./ranks/processes.ts";
import { openWaits } from "./ranks/waits.ts";
import type { RunPlan } from "./run_plan.ts";
import { startRunWorker, type WorkerUse } from "./start_worker.ts";
import { type StopFlag, stopFlag, type StopOrder } from "./stop.ts";
import { warningBox } from "./warning_box.ts";

/** What a run reports to. */
export interface RunListeners {
  /** Called with the events of earlier processes of the run, before anything else. */
  past(event: RunEvent): void;
  /** Called with every event, in order. */
  listen(event: RunEvent): void;
  /** Called with the progress of the current epoch, twice a second. @default {none} */
  progress?(progress: EpochProgress): void;
  /** Called at the end with the final record, before it is written: the run counts as ended only after that. Must not throw. */
  onEnd?(folder: string, record: RunRecord): Promise<void>;
  /** Called when another process has aborted the run: the record is written, and this process must exit. */
  onAborted(exitCode: number): void;
}

/** Why a run is aborted. */
export interface Abort {
  readonly exitCode: number;
  readonly reason: string;
  /** @default {"stopped"} */
  readonly status?: "stopped" | "failed";
}

/** A running run. */
export interface RunningRun {
  readonly id: string;
  readonly folder: string;
  /** Requests a stop, after the batch by default. */
  stop(order: StopOrder): void;
  /** Reports that the terminal has closed: it is logged, and the run continues. */
  hangUp(): void;
  /** Adds a warning to the events of the run. */
  warn(message: string): void;
  /** Ends the run at once: written files stay, the current computation is lost. Returns the exit code with which the process must exit. */
  abort(why: Abort): Promise<number>;
  /** How it ended. */
  readonly finished: Promise<RunOutcome>;
}

/** Whether all that runs is code of this program, which leaves nothing behind that another run of the same worker could see. */
function isOwnProgram({ keys }: RunWork): boolean {
  return keys.values().every(({ identity: { code } }) => code === undefined);
}

/**
 * Starts a run.
 *
 * @param use The worker that was prepared for it, or that has run the last one, unless code of the pipeline runs in it. @default {a new one}
 * @throws {UsageError} When its folder cannot be written.
 * @throws {LockedError} When the run is already running, or, if it is exclusive, another run of the pipeline.
 */
export async function startRun(
  plan: RunPlan,
  work: RunWork,
  listeners: RunListeners,
  use?: WorkerUse,
): Promise<RunningRun> {
  const run = await openRun(plan, work, listeners.past), { place, started, earlier } = run;
  // This thread is mostly idle from now on, and would not free the memory of planning.
  collectGarbage();
  const flag = stopFlag(), warnings = warningBox();
  const shared = {
    stop: flag.memory,
    port: openPort(),
    progress: openProgress(),
    waits: openWaits(),
    warning: warnings.memory,
  };
  const worker = startRunWorker({ plan, place, earlier, code: codeKey(work.keys), shared }, {
    listen: listeners.listen,
    write: checkpointWriter(shared.port, place.folder),
    ranks: rankWatcher(
      0,
      (why) => void abort(why).then(listeners.onAborted),
      plan.rankTimeout === undefined ? undefined : { waits: shared.waits, seconds: plan.rankTimeout },
    ),
    started,
  }, use && { ...use, isShared: isOwnProgram(work) });
  let ending: EndEvent | undefined;
  async function abort(why: Abort): Promise<number> {
    const end = ending ?? abortedEnd(run, why);
    if (end !== ending) listeners.listen(end);
    await closeAborted(run, end);
    return end.exitCode;
  }
  const watches = [
    ...watchStops(plan, place.folder, flag, (why) => void abort(why).then(listeners.onAborted)),
    watchProgress({
      memory: shared.progress,
      stages: work.pipeline.stages.map(({ name }) => name),
      folder: place.folder,
      listen: listeners.progress,
    }),
  ];
  const finished = worker.finished.then(async (end) => {
    ending = end;
    // After the last event: only the screen shows it.
    const message = warnings.take();
    if (message !== undefined) listeners.listen({ type: "warning", t: Date.now(), message });
    watches.forEach((watch) => watch.close());
    await closeRun(run, work.pipeline, end, listeners.onEnd);
    return end;
  });
  return { ...place, finished, stop: flag.ask, hangUp: flag.hangUp, warn: warnings.put, abort };
}

/** Watches what stops a run besides its own process: requests in its folder, and the limit on its time. */
function watchStops(
  { maxMilliseconds }: RunPlan,
  folder: string,
  { ask }: StopFlag,
  abort: (why: Abort) => void,
): { close(): void }[] {
  const limit = maxMilliseconds === null
    ? undefined
    : alarm(maxMilliseconds, () => ask({ exitCode: EXIT.budget, cause: "time" }));
  const control = watchControl(folder, ({ stop, exitCode }) => {
    if (stop === "now") abort({ exitCode, reason: "aborted on request" });
    else ask({ exitCode, after: stop, cause: "request" });
  });
  return [control, { close: () => limit?.cancel() }];
}

/** Leaves the folder of an aborted run as that of an ended one. */
async function closeAborted({ place, record }: OpenRun, end: EndEvent): Promise<void> {
  // The disk may be full: the run then counts as crashed, as its lock is free.
  await writeRecord(place.folder, endedRecord(record, end)).catch(() => {});
  await removeTemporary(place.folder);
}

/** The end event of an aborted run, which is also appended to its events. */
function abortedEnd(
  { place, started, earlier }: OpenRun,
  { exitCode, reason, status = "stopped" }: Abort,
): EndEvent {
  const t = Date.now(), seconds = (t - started.getTime()) / 1000 + (earlier?.seconds ?? 0);
  const end = { type: "end", t, status, exitCode, reason, seconds } as const;
  appendEnd(place.folder, end);
  return end;
}
