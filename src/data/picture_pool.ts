/**
 * Decodes pictures on several cores, and reports the progress.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import type { BrokenPicture, ChunkOrder, ChunkReport } from "./picture_worker.ts";

/** Receives the progress. */
export interface PoolListener {
  /** `count` more pictures are decoded. */
  decoded(count: number): void;
  /** A chunk is on the disk, without the pictures that did not decode. */
  finished(chunk: number, broken: readonly BrokenPicture[]): void;
}

/**
 * Decodes chunks by `workers` workers, each taking the next chunk when it is done with one. The first fault ends all of them.
 *
 * @throws {RunError} When a picture does not decode; it names the file.
 * @throws {Error} With the system's message, when the target cannot be written.
 */
export async function decodeChunks(
  orders: readonly ChunkOrder[],
  workers: number,
  listener: PoolListener,
): Promise<void> {
  const queue = orders.values();
  const pool = Array.from(
    { length: Math.min(workers, orders.length) },
    () => new Worker(new URL("./picture_worker.ts", import.meta.url), { type: "module" }),
  );
  try {
    await Promise.all(pool.map((worker) => workThrough(worker, queue, listener)));
  } finally {
    for (const worker of pool) worker.terminate();
  }
}

function workThrough(worker: Worker, queue: Iterator<ChunkOrder>, listener: PoolListener): Promise<void> {
  return new Promise((resolve, reject) => {
    let order: ChunkOrder;
    const takeNext = () => {
      const next = queue.next();
      if (next.done) return resolve();
      order = next.value;
      worker.postMessage(order);
    };
    worker.onmessage = ({ data: { decoded, broken, fault } }: MessageEvent<ChunkReport>) => {
      if (fault !== undefined) {
        return reject(fault.of === "picture" ? new RunError(fault.message) : new Error(fault.message));
      }
      try {
        listener.decoded(decoded);
        if (broken !== undefined) listener.finished(order.chunk, broken);
      } catch (thrown) {
        return reject(thrown);
      }
      if (broken !== undefined) takeNext();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new RunError(`Cannot decode pictures: a worker failed: ${messageOf(event.message)}`));
    };
    takeNext();
  });
}

const LOG_MILLISECONDS = 5000;
const countText = (count: number) => count.toLocaleString("en-US");

/** A duration as `2:05` or `1:02:05`. */
function durationText(seconds: number): string {
  const whole = Math.ceil(seconds), two = (number: number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return `${hours === 0 ? minutes : `${hours}:${two(minutes)}`}:${two(whole % 60)}`;
}

/**
 * Logs at most every five seconds how many of `total` pictures are decoded: `Decoded 12,800 of 200,000 pictures, 3,100/s, ETA 1:00`.
 * `before` of them were decoded by an earlier process, and do not count for the speed.
 */
export function decodingLog(
  total: number,
  before: number,
  log: (message: string) => void,
  now: () => number = () => performance.now(),
): (count: number) => void {
  const started = now();
  let done = before, logged = started;
  return (count) => {
    done += count;
    const time = now();
    if (done === total || time - logged < LOG_MILLISECONDS) return;
    logged = time;
    const rate = 1000 * (done - before) / (time - started);
    log(
      `Decoded ${countText(done)} of ${countText(total)} pictures, ${
        countText(Number(rate.toPrecision(2)))
      }/s, ` +
        `ETA ${durationText((total - done) / rate)}`,
    );
  };
}
