// The worker's side stores a few numbers after each batch, the main thread's side reads them twice a second.

/**
 * The progress of the current epoch: numbers in shared memory, and for viewers in other processes a small file in the run folder that is
 * overwritten in place and removed at the end. It is not an event: `events.jsonl` of a resumed run must equal that of an uninterrupted
 * run. Nothing here ever fails a run.
 *
 * @module
 */
import { z } from "zod";
import { SCHEMA } from "../core/schema_version.ts";
import type { BatchProgress } from "../pipeline/stage.ts";

const count = z.int().nonnegative();

/** The schema of `progress.json`. */
const ProgressFile = z.object({
  schema: z.literal(SCHEMA.progress),
  stage: z.string(),
  /** When it was measured, in milliseconds since 1970. */
  at: z.number(),
  /** The epoch in progress, counted from 1. */
  epoch: z.int().positive(),
  /** Batches of the epoch that are done, and all of them. */
  batch: count,
  batches: z.int().positive(),
  /** The mean training loss of the epoch so far. `null`: none yet, or not finite. */
  loss: z.number().nullable(),
  /** The current pace. `null`: not known yet. */
  batchesPerSecond: z.number().positive().nullable(),
});

/** How far the current epoch of a training is. */
export type EpochProgress = Readonly<Omit<z.infer<typeof ProgressFile>, "schema">>;

/** Milliseconds between two polls of the numbers, and between two writes of the file. */
const POLL_MS = 500, WRITE_MS = 1000;
/** The time constant of the pace's exponential average, in seconds. */
const PACE_MEMORY = 30;
const FILE = "progress.json", LONGEST_FILE = 4096;

/** Indices of the numbers. The epoch is written last and read first and last, so that no reader mixes two epochs. */
const STAGE = 0, EPOCH = 1, BATCH = 2, BATCHES = 3, LOSS = 4, LENGTH = 5;

/** The shared memory of a run's progress. */
export function openProgress(): SharedArrayBuffer {
  return new SharedArrayBuffer(8 * LENGTH);
}

/** The worker's side, for the stage at this position of the pipeline. A batch costs two stores. */
export function progressWriter(memory: SharedArrayBuffer, stage: number): BatchProgress {
  const numbers = new Float64Array(memory);
  return {
    begin(epoch, batches) {
      numbers[EPOCH] = 0;
      numbers[STAGE] = stage;
      numbers[BATCH] = 0;
      numbers[BATCHES] = batches;
      numbers[LOSS] = NaN;
      numbers[EPOCH] = epoch;
    },
    batch(done, meanLoss) {
      numbers[LOSS] = meanLoss;
      numbers[BATCH] = done;
    },
  };
}

/** Returns a function that reads the numbers: the progress when the epoch is the same as in the previous read, and has advanced. */
export function progressReader(
  memory: SharedArrayBuffer,
  stages: readonly string[],
): (at: number) => EpochProgress | undefined {
  const numbers = new Float64Array(memory);
  let before:
    | { readonly stage: number; readonly epoch: number; readonly batch: number; readonly at: number }
    | undefined;
  let seconds = 0, batchesIn = 0;
  return (at) => {
    const epoch = numbers[EPOCH], stage = numbers[STAGE], batch = numbers[BATCH];
    const batches = numbers[BATCHES], loss = numbers[LOSS];
    if (epoch === 0 || numbers[EPOCH] !== epoch) return undefined;
    const last = before;
    before = { stage, epoch, batch, at };
    if (last?.stage !== stage) [seconds, batchesIn] = [0, 0];
    if (last?.stage !== stage || last.epoch !== epoch || last.batch === batches) return undefined;
    const passed = Math.max(0, at - last.at) / 1000, kept = Math.exp(-passed / PACE_MEMORY);
    seconds = seconds * kept + passed;
    batchesIn = batchesIn * kept + batch - last.batch;
    if (batch === last.batch) return undefined;
    return {
      stage: stages[stage],
      at,
      epoch,
      batch,
      batches,
      loss: Number.isFinite(loss) ? loss : null,
      batchesPerSecond: seconds > 0 ? batchesIn / seconds : null,
    };
  };
}

/** Reports the progress, and writes it into the run folder, until it is closed. */
export function watchProgress(
  { memory, stages, folder, listen = () => {} }: {
    memory: SharedArrayBuffer;
    /** The names of all stages. */
    stages: readonly string[];
    folder: string;
    listen?(progress: EpochProgress): void;
  },
): { close(): void } {
  const read = progressReader(memory, stages), file = progressFile(folder);
  const timer = setInterval(() => {
    const progress = read(Date.now());
    if (progress === undefined) return;
    file.write(progress);
    listen(progress);
  }, POLL_MS);
  Deno.unrefTimer(timer);
  return {
    close() {
      clearInterval(timer);
      file.remove();
    },
  };
}

/** The progress file of a run. If it cannot be written, it is left out. */
export function progressFile(folder: string): { write(progress: EpochProgress): void; remove(): void } {
  const path = `${folder}/${FILE}`;
  let file: Deno.FsFile | undefined, written = -Infinity, length = 0, isBroken = false;
  function remove(): void {
    try {
      file?.close();
      Deno.removeSync(path);
    } catch {
      // It was never written, or cannot be removed: viewers ignore a file that is older than the events.
    }
    file = undefined;
  }
  // A file that a killed process has left.
  remove();
  return {
    remove,
    write(progress) {
      if (isBroken || Math.abs(progress.at - written) < WRITE_MS) return;
      written = progress.at;
      try {
        file ??= Deno.openSync(path, { write: true, create: true, truncate: true });
        const text = JSON.stringify({ schema: SCHEMA.progress, ...progress });
        length = Math.max(length, text.length);
        file.seekSync(0, Deno.SeekMode.Start);
        // Spaces overwrite the rest of an earlier, longer text.
        file.writeSync(new TextEncoder().encode(`${text.padEnd(length)}\n`));
      } catch {
        isBroken = true;
        remove();
      }
    },
  };
}

/** The progress of a run of any process; `undefined` where there is none, or none that can be read: another version's, too, is ignored. */
export function readProgress(folder: string): EpochProgress | undefined {
  try {
    // Opening a pipe of that name would block forever.
    if (!Deno.statSync(`${folder}/${FILE}`).isFile) return undefined;
    using file = Deno.openSync(`${folder}/${FILE}`);
    const bytes = new Uint8Array(LONGEST_FILE), length = file.readSync(bytes) ?? 0;
    const content = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length)));
    const { schema: _, ...progress } = ProgressFile.parse(content);
    return progress.batch <= progress.batches ? progress : undefined;
  } catch {
    return undefined;
  }
}
