/** The global scope of a worker. @module */

/** What a worker can do in addition to any other module. */
export interface WorkerScope<Received, Sent> {
  /** Called with each message. */
  onmessage: ((event: MessageEvent<Received>) => unknown) | null;
  /** Sends a message. */
  postMessage(message: Sent): void;
}

/**
 * This module's own scope, as that of a worker. The compiler would know it only with the library `deno.worker`, which a project that
 * imports this program may not have.
 */
export function workerScope<Received, Sent>(): WorkerScope<Received, Sent> {
  return globalThis as unknown as WorkerScope<Received, Sent>;
}
