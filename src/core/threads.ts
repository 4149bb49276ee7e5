/**
 * Threads for workers. A worker that another worker starts has to wait for Deno: half a second before its modules are loaded, and half a second
 * before its first message (Deno 2.9.6). Threads that the main thread has started beforehand have no such wait; they stay idle until a worker is
 * started in them.
 *
 * @module
 */

/** A worker, in a thread of its own or in one that was idle. */
export interface WorkerThread {
  onmessage: ((event: MessageEvent) => void) | null;
  /** In an idle thread called only when the module cannot be loaded. Without a handler that is thrown. */
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown): void;
  /** Ends it, in an idle thread only once it receives messages. */
  terminate(): void;
}

/** A message to an idle thread: first the module of its worker, then messages to the worker, at last that it ends. */
export type ToThread = { readonly module: string } | { readonly given: unknown } | { readonly ends: true };

/** A message from a thread: of its worker, or why the module could not be loaded. */
export type FromThread = { readonly given: unknown } | { readonly failed: string };

/** The first message to an idle thread. */
export interface Offer {
  /** What connects it to the thread that starts its worker. */
  readonly port: MessagePort;
  /** Those of threads that it can use itself. */
  readonly idle: readonly MessagePort[];
}

const idle: MessagePort[] = [];

/** Starts a thread that waits for a worker; it can use those of `others` itself. Returns the port by which it is used. */
export function startIdleThread(others: readonly MessagePort[] = []): MessagePort {
  const { port1, port2: port } = new MessageChannel();
  const thread = new Worker(new URL("./idle_worker.ts", import.meta.url), { type: "module" });
  thread.postMessage({ port, idle: others } satisfies Offer, [port, ...others]);
  return port1;
}

/** Makes idle threads known to this one. */
export function offerThreads(ports: readonly MessagePort[]): void {
  idle.push(...ports);
}

/** Starts a worker, in an idle thread if there is one. */
export function startWorker(module: URL): WorkerThread {
  const port = idle.pop();
  return port === undefined ? new Worker(module, { type: "module" }) : workerBehind(port, module);
}

function workerBehind(port: MessagePort, { href }: URL): WorkerThread {
  const post = (message: ToThread) => port.postMessage(message);
  const worker: WorkerThread = {
    onmessage: null,
    onerror: null,
    postMessage: (given) => post({ given }),
    terminate: () => post({ ends: true }),
  };
  port.onmessage = ({ data }: MessageEvent<FromThread>) => {
    if ("failed" in data) {
      if (worker.onerror === null) throw new Error(data.failed);
      worker.onerror(new ErrorEvent("error", { message: data.failed }));
    } else worker.onmessage?.(new MessageEvent("message", { data: data.given }));
  };
  post({ module: href });
  return worker;
}
