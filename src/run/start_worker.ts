/**
 * The main thread's side of a run's worker: forwards its events, writes its checkpoints, and awaits its end.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { redact } from "../core/secrets.ts";
import { startWorker, type WorkerThread } from "../core/threads.ts";
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
  /** Called when the ranks of the run have joined, and when they disconnect. */
  ranks(report: RankReport): void;
  /** When the run began. */
  readonly started: Date;
}

/** The worker of the next run of this process: loading the program takes longer than a small training. */
export interface NextWorker {
  /** Starts one where there is none: it loads the program while the run is planned. */
  prepare(): void;
  /** Takes it, a new one where there is none. `isFresh`: it must not have run anything. */
  take(isFresh: boolean): WorkerThread;
  /** Keeps one whose run is complete. */
  keep(worker: WorkerThread): void;
  /** Ends it. */
  close(): void;
}

/** No worker yet. */
export function nextWorker(): NextWorker {
  let next: { readonly worker: WorkerThread; readonly isFresh: boolean } | undefined;
  function close(): void {
    next?.worker.terminate();
    next = undefined;
  }
  return {
    prepare() {
      next ??= { worker: newWorker(), isFresh: true };
    },
    take(isFresh) {
      if (isFresh && next?.isFresh === false) close();
      const worker = next?.worker ?? newWorker();
      next = undefined;
      return worker;
    },
    keep(worker) {
      close();
      next = { worker, isFresh: false };
    },
    close,
  };
}

function newWorker(): WorkerThread {
  return startWorker(new URL("./worker.ts", import.meta.url));
}

/** Where a run gets its worker from. */
export interface WorkerUse {
  readonly next: NextWorker;
  /** Whether the worker stays for the next run where this one is complete. */
  readonly stays: boolean;
}

/**
 * Starts the worker of a run, or orders the run from one that is there.
 *
 * @param use Where it comes from, and whether runs before and after this one may use it, too. @default {a worker of its own}
 */
export function startRunWorker(
  order: Omit<WorkerOrder, "isKept">,
  { listen, write, ranks, started }: WorkerListeners,
  use?: WorkerUse & { readonly isShared: boolean },
): { finished: Promise<EndEvent> } {
  const worker = use?.next.take(!use.isShared) ?? newWorker();
  const isKept = use !== undefined && use.isShared && use.stays;
  let writing = Promise.resolve(), ended: EndEvent | undefined;
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
      if ("joined" in data || "disconnecting" in data) return ranks(data);
      if ("idle" in data) {
        use?.next.keep(worker);
        return ended && resolve(ended);
      }
      for (const line of data.lines.split("\n")) {
        if (line === "") continue;
        const event = JSON.parse(line) as RunEvent;
        listen(event);
        if (event.type !== "end") continue;
        ended = event as EndEvent;
        // One that stays is not ready for the next run yet.
        if (!isKept || ended.status !== "completed") resolve(ended);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      broken(messageOf(event.message));
    };
  });
  worker.postMessage({ ...order, isKept } satisfies WorkerOrder);
  return { finished };
}
