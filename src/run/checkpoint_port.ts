// The worker's side copies, the main thread's side writes; between them stands one number in shared memory.

/**
 * Checkpoints on their way out of a busy worker: the numbers are copied into shared memory, and the main thread, which has nothing else
 * to do, hashes and writes them while the training goes on.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import type { CheckpointBlock, CheckpointPolicy, Checkpoints, StageCheckpoint } from "../pipeline/stage.ts";
import { writeCheckpoint } from "./checkpoint_file.ts";

/** The states of a port, and where its numbers lie: the state, how long the last write took (ms), the length of an error's text. */
const FREE = 0, BUSY = 1, FAILED = 2;
const STATE = 0, MILLISECONDS = 1, ERROR_LENGTH = 2, HEAD = 4;
const ERROR_BYTES = 2048;

/** A checkpoint as the worker hands it over: plain data, with the blocks one after the other in `numbers`. */
export interface CheckpointParcel {
  readonly stage: string;
  readonly key: string;
  readonly eventBytes: number;
  readonly state: unknown;
  readonly blocks: readonly { readonly name: string; readonly length: number }[];
  readonly numbers: SharedArrayBuffer;
}

/** The shared memory of a port. */
export function openPort(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * HEAD + ERROR_BYTES);
}

/** Writes what comes through a port, one parcel at a time, into a run folder. */
export function parcelWriter(
  port: SharedArrayBuffer,
  folder: string,
): (parcel: CheckpointParcel) => Promise<void> {
  const head = new Int32Array(port, 0, HEAD), errorText = new Uint8Array(port, 4 * HEAD);
  return async ({ numbers, blocks, ...parcel }) => {
    const started = performance.now();
    let state = FREE, offset = 0;
    try {
      // After a power cut there must be no checkpoint of events that are lost.
      await syncFile(`${folder}/events.jsonl`);
      await writeCheckpoint(folder, {
        ...parcel,
        blocks: blocks.map(({ name, length }) => {
          const data = new Float32Array(numbers, offset, length);
          offset += data.byteLength;
          return { name, data };
        }),
      });
    } catch (thrown) {
      const text = new TextEncoder().encode(messageOf(thrown)).slice(0, ERROR_BYTES);
      errorText.set(text);
      head[ERROR_LENGTH] = text.length;
      state = FAILED;
    }
    head[MILLISECONDS] = Math.ceil(performance.now() - started);
    Atomics.store(head, STATE, state);
    Atomics.notify(head, STATE);
  };
}

/** Waits until a file is on the disk, if there is one. */
async function syncFile(path: string): Promise<void> {
  const file = await Deno.open(path, { write: true }).catch(() => undefined);
  if (file === undefined) return;
  try {
    await file.sync();
  } finally {
    file.close();
  }
}

/** What the worker's side of a port needs. */
export interface PortOptions {
  readonly port: SharedArrayBuffer;
  post(parcel: CheckpointParcel): void;
  /** Writes events that wait; gives how much has been told so far, in bytes. */
  flushEvents(): number;
}

/** The worker's side. */
export interface CheckpointPort {
  /** The checkpoints of one stage. */
  of(
    stage: { readonly name: string; readonly key: string; readonly found?: StageCheckpoint },
    policy: CheckpointPolicy,
  ): Checkpoints;
  /**
   * Waits until the last checkpoint is on the disk.
   *
   * @throws {RunError} When it could not be written.
   */
  settle(): void;
}

/** A port that keeps nothing, for stages that run outside a run. */
export const NO_PORT: CheckpointPort = {
  of: ({ found }) => ({ found, due: () => false, save() {} }),
  settle() {},
};

/** Opens the worker's side of a port. */
export function checkpointPort({ port, post, flushEvents }: PortOptions): CheckpointPort {
  const head = new Int32Array(port, 0, HEAD);
  let numbers = new SharedArrayBuffer(0), saved = performance.now();

  function settle(): void {
    while (Atomics.load(head, STATE) === BUSY) Atomics.wait(head, STATE, BUSY);
    if (Atomics.load(head, STATE) !== FAILED) return;
    const text = new TextDecoder().decode(new Uint8Array(port, 4 * HEAD, head[ERROR_LENGTH]).slice());
    Atomics.store(head, STATE, FREE);
    throw new RunError(`${text}; the checkpoint before it is kept: make room and go on with --resume auto`);
  }
  function save(stage: string, key: string, state: unknown, blocks: readonly CheckpointBlock[]): void {
    settle();
    const bytes = 4 * blocks.reduce((sum, { data }) => sum + data.length, 0);
    if (numbers.byteLength !== bytes) numbers = new SharedArrayBuffer(bytes);
    let offset = 0;
    for (const { data } of blocks) {
      new Float32Array(numbers, offset, data.length).set(data);
      offset += 4 * data.length;
    }
    Atomics.store(head, STATE, BUSY);
    post({
      stage,
      key,
      eventBytes: flushEvents(),
      state,
      blocks: blocks.map(({ name, data }) => ({ name, length: data.length })),
      numbers,
    });
    saved = performance.now();
  }
  /** Whether so much time has passed. */
  function isTime(everyMinutes: CheckpointPolicy["everyMinutes"]): boolean {
    if (everyMinutes === null) return false;
    const passed = performance.now() - saved;
    return passed >=
      (everyMinutes === "auto" ? Math.max(1000, 50 * head[MILLISECONDS]) : 60000 * everyMinutes);
  }
  return {
    settle,
    of: ({ name, key, found }, { everyMinutes, everyEpochs }) => ({
      found,
      due(epoch) {
        if (epoch !== undefined && everyEpochs !== null && epoch % everyEpochs === 0) return true;
        return isTime(everyMinutes) && Atomics.load(head, STATE) !== BUSY;
      },
      save: (state, blocks) => save(name, key, state, blocks),
    }),
  };
}
