/**
 * The worker in which a pipeline runs, so that keys and frames stay responsive during computation. It is the only writer of the
 * run's events and artifacts.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import type { RunEvent } from "../pipeline/events.ts";
import type { Gate } from "../pipeline/gates.ts";
import { stageKeys } from "../pipeline/keys.ts";
import type { EngineConfig } from "../pipeline/stage.ts";
import { resolvePipeline } from "../pipeline/resolve.ts";
import { type CheckpointMessage, checkpointPort } from "./checkpoint_port.ts";
import { type EventLog, openEventLog } from "./event_log.ts";
import { type CacheUse, execute } from "./execute.ts";
import { loadPipeline } from "./load_pipeline.ts";
import { progressWriter } from "./progress.ts";
import { EXIT } from "./record.ts";
import { type StopFlag, stopFlag } from "./stop.ts";

/** The message that starts the worker. */
export interface WorkerOrder {
  readonly file: string;
  readonly overrides: readonly string[];
  readonly seed: number;
  readonly engine: EngineConfig;
  readonly engineText: string;
  /** The class of engines whose results are the same bits. */
  readonly engineClass: string;
  readonly notice?: string;
  readonly id: string;
  readonly folder: string;
  readonly debug: boolean;
  readonly cache?: CacheUse;
  readonly resumed?: string;
  /** The active time of earlier processes of the run, in seconds. */
  readonly secondsBefore: number;
  /** Warnings to report first when a run is resumed. */
  readonly warnings: readonly string[];
  /** Conditions on metrics that fail a completed run. */
  readonly gates: readonly Gate[];
  /** Epochs after which to stop, counted in this process; `null`: no limit. */
  readonly maxEpochs: number | null;
  /** The memory of the {@link stopFlag}. */
  readonly stop: SharedArrayBuffer;
  /** The memory of the checkpoint port. */
  readonly port: SharedArrayBuffer;
  /** The memory of the progress inside an epoch. */
  readonly progress: SharedArrayBuffer;
}

/** A message from the worker: lines of events as written to the file, a checkpoint to write, or why the worker itself failed. */
export type WorkerReport =
  | { readonly lines: string }
  | { readonly checkpoint: CheckpointMessage }
  | { readonly broken: string };

const report = (message: WorkerReport) => self.postMessage(message);

self.onmessage = async ({ data: order }: MessageEvent<WorkerOrder>) => {
  try {
    await work(order);
  } catch (thrown) {
    report({ broken: messageOf(thrown) });
  }
  self.close();
};

async function work(order: WorkerOrder): Promise<void> {
  const { file, overrides, seed, port, ...rest } = order;
  const signal = stopFlag(order.stop);
  const log = openEventLog(order.folder, (lines) => report({ lines }));
  const emit = eventWriter(order, signal, log);
  let stage: string | undefined;
  failOnStray((message) => {
    const note = `${file} left an error outside of its stages: ${message}`;
    if (stage !== undefined) log.add({ type: "stage", t: Date.now(), stage, state: "failed", note });
    log.flush();
    report({ broken: stage === undefined ? note : `${stage}: ${note}` });
  });
  const pipeline = resolvePipeline(await loadPipeline(file), { overrides, seed });
  await execute({
    ...rest,
    pipeline,
    keys: await stageKeys(pipeline, order.engineClass),
    signal,
    emit(event, from) {
      if (event.type === "stage") stage = event.state === "started" ? event.stage : undefined;
      emit(event, from);
    },
    flushEvents: log.flush,
    progressOf: (position) => progressWriter(order.progress, position),
    port: checkpointPort({ port, flushEvents: log.flush, post: (checkpoint) => report({ checkpoint }) }),
  });
  log.close();
}

/** Ends the worker at an error that nothing awaits: in a timer, or in a promise that is never awaited. */
function failOnStray(fail: (message: string) => void): void {
  const end = (event: Event, thrown: unknown) => {
    event.preventDefault();
    fail(messageOf(thrown));
    self.close();
  };
  self.addEventListener("unhandledrejection", (event) => end(event, event.reason));
  self.addEventListener("error", (event) => end(event, event.error ?? event.message));
}

/** Writes events; counts epochs, and logs a lost terminal together with the next event. */
function eventWriter(
  { maxEpochs }: WorkerOrder,
  signal: StopFlag,
  log: EventLog,
): (event: RunEvent, from?: "cache") => void {
  let epochs = 0, hangUps = 0;
  return (event, from) => {
    if (signal.hangUps > hangUps) {
      hangUps = signal.hangUps;
      log.add({
        type: "log",
        t: Date.now(),
        message: "the terminal hung up (SIGHUP): the run continues without it",
      });
    }
    log.add(event);
    if (event.type === "epoch" && from === undefined && ++epochs === maxEpochs) {
      signal.ask({ exitCode: EXIT.budget, after: "epoch", cause: "epochs" });
    }
  };
}
