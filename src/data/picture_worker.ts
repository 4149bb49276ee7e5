/**
 * A worker that decodes pictures, a chunk of them at a time, and writes each to its place in a file.
 *
 * @module
 */
import { workerScope } from "../core/worker_scope.ts";
import { messageOf, RunError } from "../core/errors.ts";
import { asBytes, type SampleValues } from "../core/shape.ts";
import { type PictureForm, readPictures, sampleBytes } from "./read_picture.ts";

/** A picture file, and the places of its frames among the samples. */
export interface PlacedPicture {
  readonly path: string;
  readonly slots: readonly number[];
}

/** A picture that did not decode. */
export interface BrokenPicture extends PlacedPicture {
  readonly message: string;
}

/** A request to a worker: one chunk. */
export interface ChunkOrder {
  /** Which chunk it is, counted from 0. */
  readonly chunk: number;
  readonly pictures: readonly PlacedPicture[];
  readonly form: PictureForm;
  /** Whether pictures that do not decode are reported and left out. @default {they end the work} */
  readonly skipsBroken: boolean;
  /** The file to write to. */
  readonly target: string;
  /** One number that all workers share: 1 while one of them decodes a large picture. */
  readonly gate: SharedArrayBuffer;
}

/** A worker's report while it decodes a chunk. */
export interface ChunkReport {
  /** Pictures decoded since the last report. */
  readonly decoded: number;
  /** The chunk is on the disk, without these pictures. */
  readonly broken?: readonly BrokenPicture[];
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

/** The target file failed, not a picture. */
class TargetError extends Error {}

/** Writes a sample to its place. */
function writeSample(file: Deno.FsFile, start: number, values: SampleValues): void {
  try {
    const bytes = asBytes(values);
    file.seekSync(start, Deno.SeekMode.Start);
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  } catch (thrown) {
    throw new TargetError(messageOf(thrown));
  }
}

async function decodeFile(
  { path, slots }: PlacedPicture,
  order: ChunkOrder,
  file: Deno.FsFile,
): Promise<void> {
  const { form, gate } = order, size = sampleBytes(form);
  let frame = 0;
  for await (const values of readPictures(path, form, (work) => oneAtATime(gate, work))) {
    if (frame < slots.length) writeSample(file, slots[frame] * size, values);
    frame++;
  }
  if (frame === slots.length) return;
  throw new RunError(`"${path}" must have ${slots.length} frames, got ${frame} (fix or remove the file)`);
}

async function decodeChunk(order: ChunkOrder, report: (decoded: number) => void) {
  const { pictures, target, skipsBroken } = order, broken: BrokenPicture[] = [];
  using file = openTarget(target);
  let decoded = 0, time = performance.now();
  for (const picture of pictures) {
    try {
      await decodeFile(picture, order, file);
    } catch (thrown) {
      if (!skipsBroken || thrown instanceof TargetError) throw thrown;
      broken.push({ ...picture, message: messageOf(thrown) });
    }
    decoded += picture.slots.length;
    if (performance.now() - time < REPORT_MILLISECONDS) continue;
    report(decoded);
    [decoded, time] = [0, performance.now()];
  }
  try {
    // A finished chunk survives a crash.
    file.syncDataSync();
  } catch (thrown) {
    throw new TargetError(messageOf(thrown));
  }
  return { decoded, broken };
}

function openTarget(target: string): Deno.FsFile {
  try {
    return Deno.openSync(target, { write: true });
  } catch (thrown) {
    throw new TargetError(messageOf(thrown));
  }
}

const worker = workerScope<ChunkOrder, ChunkReport>();

worker.onmessage = async ({ data: order }) => {
  const send = (report: ChunkReport) => worker.postMessage(report);
  try {
    send(await decodeChunk(order, (decoded) => send({ decoded })));
  } catch (thrown) {
    const of = thrown instanceof TargetError ? "target" : "picture";
    send({ decoded: 0, fault: { of, message: messageOf(thrown) } });
  }
};
