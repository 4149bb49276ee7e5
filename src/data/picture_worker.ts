/**
 * A worker that decodes pictures, a chunk of them at a time, and writes each chunk to its place in a file.
 *
 * @module
 */
import { workerScope } from "../core/worker_scope.ts";
import { messageOf } from "../core/errors.ts";
import { pixelCount } from "../core/shape.ts";
import { type PictureForm, readPicture } from "./read_picture.ts";

/** A request to a worker: one chunk. */
export interface ChunkOrder {
  /** Which chunk it is, counted from 0. */
  readonly chunk: number;
  /** The pictures, in order. */
  readonly pictures: readonly string[];
  readonly form: PictureForm;
  /** The file to write to, and the byte at which the chunk begins. */
  readonly target: string;
  readonly start: number;
  /** One number that all workers share: 1 while one of them decodes a large picture. */
  readonly gate: SharedArrayBuffer;
}

/** A worker's report while it decodes a chunk. */
export interface ChunkReport {
  /** Pictures decoded since the last report. */
  readonly decoded: number;
  /** The chunk is on the disk. */
  readonly isDone?: boolean;
  /** The error that stopped it, of a picture or of the target file. */
  readonly fault?: { readonly of: "picture" | "target"; readonly message: string };
}

/** Between two reports within a chunk: large photographs take minutes per chunk. */
const REPORT_MILLISECONDS = 1000;

/** Runs the work of one worker at a time: each may take gigabytes. */
async function oneAtATime<Result>(gate: SharedArrayBuffer, work: () => Promise<Result>): Promise<Result> {
  const taken = new Int32Array(gate);
  while (Atomics.compareExchange(taken, 0, 0, 1) !== 0) Atomics.wait(taken, 0, 1);
  try {
    return await work();
  } finally {
    Atomics.store(taken, 0, 0);
    Atomics.notify(taken, 0, 1);
  }
}

async function decodeChunk({ pictures, form, gate }: ChunkOrder, report: (decoded: number) => void) {
  const size = pixelCount(form);
  const pixels = new Uint8Array(pictures.length * size);
  let reported = 0, time = performance.now();
  for (const [index, picture] of pictures.entries()) {
    pixels.set(await readPicture(picture, form, (work) => oneAtATime(gate, work)), index * size);
    if (performance.now() - time < REPORT_MILLISECONDS) continue;
    report(index + 1 - reported);
    reported = index + 1;
    time = performance.now();
  }
  return { pixels, unreported: pictures.length - reported };
}

/** Writes a chunk and waits until it is on the disk, so that a finished chunk survives a crash. */
function writeChunk({ target, start }: ChunkOrder, pixels: Uint8Array): void {
  using file = Deno.openSync(target, { write: true });
  file.seekSync(start, Deno.SeekMode.Start);
  for (let written = 0; written < pixels.length;) written += file.writeSync(pixels.subarray(written));
  file.syncDataSync();
}

const worker = workerScope<ChunkOrder, ChunkReport>();

worker.onmessage = async ({ data: order }) => {
  const send = (report: ChunkReport) => worker.postMessage(report);
  let of: "picture" | "target" = "picture";
  try {
    const { pixels, unreported } = await decodeChunk(order, (decoded) => send({ decoded }));
    of = "target";
    writeChunk(order, pixels);
    send({ decoded: unreported, isDone: true });
  } catch (thrown) {
    send({ decoded: 0, fault: { of, message: messageOf(thrown) } });
  }
};
