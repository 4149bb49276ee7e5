/**
 * Starts a run: its folder, its record, its worker; and sees it to its end.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import type { EventOf, RunEvent } from "../pipeline/events.ts";
import type { EngineSetting } from "../pipeline/stage.ts";
import { type ResolvedPipeline, specOf } from "../pipeline/resolve.ts";
import { createRunFolder } from "./folder.ts";
import { EXIT, type RunRecord, surroundings, writeRecord } from "./record.ts";
import type { WorkerOrder, WorkerReport } from "./worker.ts";

/** What a run needs to start. */
export interface StartOptions {
  /** The pipeline file, which the worker loads anew. */
  readonly file: string;
  /** The same pipeline, resolved: it was checked before the run began. */
  readonly pipeline: ResolvedPipeline;
  readonly overrides: readonly string[];
  readonly engine: EngineSetting;
  /** The engine in words: `native, 2 threads`. */
  readonly engineText: string;
  /** What is told at the beginning. */
  readonly notice?: string;
  /** The folder under which runs lie. */
  readonly root: string;
  readonly argv: readonly string[];
  readonly version: string;
  readonly debug: boolean;
  /** Hears every event, in order. */
  listen(event: RunEvent): void;
}

/** A run on its way. */
export interface RunningRun {
  readonly id: string;
  readonly folder: string;
  /** Asks to stop after the batch; the reason is the exit code. */
  stop(reason: 130 | 143): void;
  /** Ends the run now: what is written stays, what is being computed is lost. The process must exit next. */
  abort(reason: 130 | 143): Promise<void>;
  /** Resolves with the exit code when all is written. */
  readonly finished: Promise<number>;
}

/** Starts a run. @throws {UsageError} When its folder cannot be written. */
export async function startRun(options: StartOptions): Promise<RunningRun> {
  const { pipeline, root, listen } = options;
  const now = new Date();
  const { id, path: folder } = await createRunFolder(root, pipeline.name, now);
  const record = await recordOf(options, id, now);
  await writeRecord(folder, record);
  const stop = new SharedArrayBuffer(4), flag = new Int32Array(stop);
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const { file, overrides, engine, engineText, notice, debug } = options;
  const order: WorkerOrder = {
    file,
    overrides,
    seed: pipeline.seed,
    engine,
    engineText,
    notice,
    id,
    folder,
    debug,
    stop,
  };

  const finished = listenToEnd(worker, listen, folder, now).then(async (end) => {
    await writeRecord(folder, endedRecord(record, end));
    return end.exitCode;
  });
  worker.postMessage(order);
  return {
    id,
    folder,
    finished,
    stop: (reason) => void Atomics.compareExchange(flag, 0, 0, reason),
    async abort(reason) {
      const name = reason === EXIT.terminated ? "SIGTERM" : "SIGINT";
      await writeRecord(
        folder,
        endedRecord(record, { status: "stopped", exitCode: reason, reason: `aborted by a second ${name}` }),
      );
    },
  };
}

/** Passes events on until the last one; a worker that breaks is given the last event it could not write. */
function listenToEnd(
  worker: Worker,
  listen: (event: RunEvent) => void,
  folder: string,
  started: Date,
): Promise<EventOf<"end">> {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerReport>) => {
      for (const line of data.lines.split("\n")) {
        if (line === "") continue;
        const event = JSON.parse(line) as RunEvent;
        listen(event);
        if (event.type === "end") resolve(event);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const now = Date.now(), reason = messageOf(event.message);
      const end = {
        type: "end",
        t: now,
        status: "failed",
        exitCode: EXIT.failed,
        reason,
        seconds: (now - started.getTime()) / 1000,
      } as const;
      try {
        Deno.writeTextFileSync(`${folder}/events.jsonl`, JSON.stringify(end) + "\n", { append: true });
      } catch {
        // A full disk may be what broke the worker; the record and the screen still tell.
      }
      listen(end);
      resolve(end);
    };
  });
}

async function recordOf(options: StartOptions, id: string, now: Date): Promise<RunRecord> {
  const { pipeline, overrides, argv, engine, version } = options;
  return {
    schema: 1,
    id,
    pipeline: pipeline.name,
    seed: pipeline.seed,
    spec: specOf(pipeline),
    overrides: [...overrides],
    argv: [...argv],
    engine,
    ...await surroundings(version),
    started: now.toISOString(),
    ended: null,
    status: "running",
    exitCode: null,
    reason: null,
  };
}

function endedRecord(
  record: RunRecord,
  { status, exitCode, reason }: Pick<EventOf<"end">, "status" | "exitCode" | "reason">,
): RunRecord {
  return { ...record, ended: new Date().toISOString(), status, exitCode, reason };
}
