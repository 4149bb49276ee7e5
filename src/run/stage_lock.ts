/**
 * Lets one of several runs compute a stage that they share, while the others wait for its result.
 *
 * @module
 */
import { cacheFolder } from "./stage_cache.ts";
import { dropNamedLock, takeNamedLock } from "./named_lock.ts";

/** The ending of the files of these locks, in the folder of the cache. */
export const STAGE_LOCK = ".lock";
/** The ending of the files that say that a stage which runs each time has read its data once. */
export const READ_MARK = ".read";

/** Milliseconds between two attempts, and after which the wait is reported. */
const AGAIN_MS = 100, REPORTED_MS = 5000;

/** A stage that no other run computes. */
export interface StageLock {
  /** `hasFailed`: whether the stage has. @default {false} */
  release(hasFailed?: boolean): Promise<void>;
}

/** What decides how long a run waits. */
interface WaitOptions {
  /** Whether the run is stopped: it waits no longer. */
  isStopped(): boolean;
  /** Called once when it has been waiting for a while. */
  onWait(): void;
}

/** Waits until no other run computes a stage; `undefined` where the run is stopped before, or the folder cannot be locked. */
export async function lockStage(
  root: string,
  key: string,
  options: WaitOptions,
): Promise<StageLock | undefined> {
  const path = `${cacheFolder(root)}/${key}${STAGE_LOCK}`;
  let isReported = false;
  for (const since = performance.now(); !options.isStopped();) {
    const file = await taken(path);
    if (file === null) return undefined;
    if (file !== undefined) return { release: () => dropNamedLock(path, file) };
    if (!isReported && performance.now() - since > REPORTED_MS) {
      options.onWait();
      isReported = true;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  return undefined;
}

/**
 * The same for a stage that reads its data in each run: only until one of them has read it, as what reading costs more the first time (a
 * cache of decoded pictures, a download) is there then.
 */
export async function lockFirstReading(
  root: string,
  key: string,
  options: WaitOptions,
): Promise<StageLock | undefined> {
  const mark = `${cacheFolder(root)}/${key}${READ_MARK}`,
    isRead = () => Deno.stat(mark).then(() => true, () => false);
  if (await isRead()) return undefined;
  const lock = await lockStage(root, key, options);
  if (lock === undefined) return undefined;
  // All that are waiting for it would read one after the other.
  if (await isRead()) {
    await lock.release();
    return undefined;
  }
  return {
    async release(hasFailed = false) {
      if (!hasFailed) await Deno.writeTextFile(mark, "").catch(() => {});
      await lock.release();
    },
  };
}

/** The file of a lock; `undefined` where another run has it, `null` where none can be made. */
async function taken(path: string): Promise<Deno.FsFile | undefined | null> {
  try {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    return await takeNamedLock(path);
  } catch {
    // The folder may not be written to: nothing can be cached there, which storing a result reports.
    return null;
  }
}
