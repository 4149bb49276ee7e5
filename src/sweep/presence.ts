// RUNS/NAME.sweep/ID/running.lock: an empty file; its lock is shared by all processes that run trials of the sweep.

/**
 * Whether any process runs the trials of a sweep: locks of trials do not say so, as between two trials none is held. The operating system
 * releases the lock with the process, however that ends.
 *
 * @module
 */
import { messageOf, UsageError } from "../core/errors.ts";

const presenceFile = (folder: string) => `${folder}/running.lock`;

/** Records that this process runs trials of the sweep in a folder, until it is released. @throws {UsageError} When the folder cannot be written. */
export async function holdSweep(folder: string): Promise<{ release(): void }> {
  const path = presenceFile(folder);
  try {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    // A viewer has it for a moment only.
    await file.lock(false);
    return { release: () => file.close() };
  } catch (thrown) {
    throw new UsageError(
      `"${path}" must be a file that can be written and locked, got: ${messageOf(thrown)}`,
    );
  }
}

/**
 * Whether a process runs trials of the sweep in a folder; `false` where that cannot be found out. The check takes the lock itself, and releases
 * it within the same turn of the event loop.
 */
export async function isSweepHeld(folder: string): Promise<boolean> {
  const path = presenceFile(folder);
  let file: Deno.FsFile | undefined;
  try {
    // Opening a pipe of that name would block forever.
    if (!(await Deno.stat(path)).isFile) return false;
    file = await Deno.open(path, { read: true });
    return !file.tryLockSync(true);
  } catch {
    return false;
  } finally {
    file?.close();
  }
}
