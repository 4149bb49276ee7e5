/**
 * The main thread's side of a run's worker: forwards its events, writes its checkpoints, and awaits its end.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { redact } from "../core/secrets.ts";
import type { RunEvent } from "../pipeline/events.ts";
import type { CheckpointMessage } from "./checkpoint_port.ts";
import { appendEnd, type EndEvent } from "./end_event.ts";
import { EXIT } from "./record.ts";
import type { RankReport } from "./ranks/processes.ts";
import type { WorkerOrder, WorkerReport } from "./worker_messages.ts";

/** Callbacks for what the worker sends. */
export interface WorkerListeners {
  /** Called with every event, in order. */
  listen(event: RunEvent): void;
  /** Writes a checkpoint. */
  write(message: CheckpointMessage): Promise<void>;
  /** Called when the ranks of the run have joined, and when they part. */
  ranks(report: RankReport): void;
  /** When the run began. */
  readonly started: Date;
}

/** Starts the worker of a run. */
export function startWorker(
  order: WorkerOrder,
  { listen, write, ranks, started }: WorkerListeners,
): { finished: Promise<EndEvent> } {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  let writing = Promise.resolve();
  const finished = new Promise<EndEvent>((settle) => {
    // The lock is released after the end event: all checkpoints must be written by then.
    const resolve = (end: EndEvent) => void writing.then(() => settle(end));
    function broken(problem: string): void {
      const reason = redact(problem);
      const now = Date.now(), seconds = (now - started.getTime()) / 1000;
      const end = { type: "end", t: now, status: "failed", exitCode: EXIT.failed, reason, seconds } as const;
      appendEnd(order.place.folder, end);
      listen(end);
      resolve(end);
    }
    worker.onmessage = ({ data }: MessageEvent<WorkerReport>) => {
      if ("checkpoint" in data) return void (writing = write(data.checkpoint));
      if ("broken" in data) return broken(data.broken);
      if ("joined" in data || "parting" in data) return ranks(data);
      for (const line of data.lines.split("\n")) {
        if (line === "") continue;
        const event = JSON.parse(line) as RunEvent;
        listen(event);
        if (event.type === "end") resolve(event as EndEvent);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      broken(messageOf(event.message));
    };
  });
  worker.postMessage(order);
  return { finished };
}
