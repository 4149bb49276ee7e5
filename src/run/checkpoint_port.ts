// The worker copies, the main thread writes; they synchronise on one number in shared memory.

/**
 * Passes checkpoints from a busy worker to the main thread: the worker copies the numbers into shared memory, and the main thread, which
 * is idle otherwise, hashes and writes them while the training continues.
 *
 * @module
 */
import { messageOf, RunError } from "../core/errors.ts";
import type { CheckpointBlock, CheckpointPolicy, Checkpoints, StageCheckpoint } from "../pipeline/stage.ts";
import { writeCheckpoint } from "./checkpoint_file.ts";

/** The states of a port, and the indices of its numbers: the state, the duration of the last write (ms), the length of an error message. */
const FREE = 0, BUSY = 1, FAILED = 2;
const STATE = 0, MILLISECONDS = 1, ERROR_LENGTH = 2, HEAD = 4;
const ERROR_BYTES = 2048;

/** A checkpoint as the worker sends it: plain data, with the blocks concatenated in `numbers`. */
export interface CheckpointMessage {
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

/** Writes the checkpoints sent through a port into a run folder, one at a time. */
export function checkpointWriter(
  port: SharedArrayBuffer,
  folder: string,
): (message: CheckpointMessage) => Promise<void> {
  const head = new Int32Array(port, 0, HEAD), errorText = new Uint8Array(port, 4 * HEAD);
  return async ({ numbers, blocks, ...message }) => {
    const started = performance.now();
    let state = FREE, offset = 0;
    try {
      await syncEvents(folder);
      await writeCheckpoint(folder, {
        ...message,
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

/** Syncs the events to disk before the checkpoint that refers to them: after a power cut it must not be ahead of them. */
async function syncEvents(folder: string): Promise<void> {
  try {
    using file = await Deno.open(`${folder}/events.jsonl`, { write: true });
    await file.syncData();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}

/** What the worker's side of a port needs. */
export interface PortOptions {
  readonly port: SharedArrayBuffer;
  post(message: CheckpointMessage): void;
  /** Writes buffered events; returns the length of the events file in bytes. */
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

/** A port that saves nothing, for stages that run outside a run. */
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
    throw new RunError(
      `${text}; the previous checkpoint is intact: free some space and resume with --resume auto`,
    );
  }
  function save(stage: string, key: string, state: unknown, blocks: readonly CheckpointBlock[]): void {
    settle();
    numbers = copied(blocks, numbers);
    // Before the port becomes busy, as this throws on a full disk: settle() would block forever on a busy port without a write.
    const eventBytes = flushEvents();
    Atomics.store(head, STATE, BUSY);
    post({
      stage,
      key,
      eventBytes,
      state,
      blocks: blocks.map(({ name, data }) => ({ name, length: data.length })),
      numbers,
    });
    saved = performance.now();
  }
  return {
    settle,
    of: ({ name, key, found }, { everyMinutes, everyEpochs }) => ({
      found,
      due(epoch) {
        if (epoch !== undefined && everyEpochs !== null && epoch % everyEpochs === 0) return true;
        return performance.now() - saved >= pauseOf(everyMinutes, head[MILLISECONDS]) &&
          Atomics.load(head, STATE) !== BUSY;
      },
      save: (state, blocks) => save(name, key, state, blocks),
    }),
  };
}

/** Copies blocks, one after the other, into a memory that is used again where it has their length. */
function copied(blocks: readonly CheckpointBlock[], memory: SharedArrayBuffer): SharedArrayBuffer {
  const bytes = 4 * blocks.reduce((sum, { data }) => sum + data.length, 0);
  const numbers = memory.byteLength === bytes ? memory : new SharedArrayBuffer(bytes);
  let offset = 0;
  for (const { data } of blocks) {
    new Float32Array(numbers, offset, data.length).set(data);
    offset += 4 * data.length;
  }
  return numbers;
}

/** Milliseconds between two checkpoints by the clock. `lastWrite`: how long the last one took to write. */
function pauseOf(everyMinutes: CheckpointPolicy["everyMinutes"], lastWrite: number): number {
  if (everyMinutes === null) return Infinity;
  return everyMinutes === "auto" ? Math.max(1000, 50 * lastWrite) : 60000 * everyMinutes;
}
