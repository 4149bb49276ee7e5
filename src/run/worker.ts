/**
 * The worker in which a pipeline runs, so that neither a key nor a frame ever waits for arithmetic. It is the only writer of the
 * run's events and artifacts.
 *
 * @module
 */
import type { RunEvent } from "../pipeline/events.ts";
import type { EngineSetting } from "../pipeline/stage.ts";
import { resolvePipeline } from "../pipeline/resolve.ts";
import { openEventLog } from "./event_log.ts";
import { execute } from "./execute.ts";
import { loadPipeline } from "./load_pipeline.ts";

/** What the worker is told. */
export interface WorkerOrder {
  readonly file: string;
  readonly overrides: readonly string[];
  readonly seed: number;
  readonly engine: EngineSetting;
  readonly engineText: string;
  readonly notice?: string;
  readonly id: string;
  readonly folder: string;
  readonly debug: boolean;
  /** One number: 0, or the exit code of the signal that asks to stop. Polled, as a busy worker hears no message. */
  readonly stop: SharedArrayBuffer;
}

/** What the worker tells: lines of events, as they stand in the file. */
export interface WorkerReport {
  readonly lines: string;
}

self.onmessage = async ({ data: order }: MessageEvent<WorkerOrder>) => {
  const { file, overrides, seed, ...rest } = order;
  const stop = new Int32Array(order.stop);
  const signal = {
    get aborted() {
      return Atomics.load(stop, 0) !== 0;
    },
    get reason() {
      return Atomics.load(stop, 0);
    },
  };
  const log = openEventLog(order.folder, (lines) => self.postMessage({ lines } satisfies WorkerReport));
  const pipeline = resolvePipeline(await loadPipeline(file), { overrides, seed });
  await execute({ ...rest, pipeline, signal, emit: (event: RunEvent) => log.add(event) });
  log.close();
  self.close();
};
