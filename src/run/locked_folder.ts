/**
 * The folder of a run, with the locks that reserve it for this process.
 *
 * @module
 */
import { LockedError, messageOf, UsageError } from "../core/errors.ts";
import { hostName } from "../core/host_name.ts";
import { createRunFolder } from "./folder.ts";
import { folderName } from "./folder_name.ts";
import { holderText, type Lock, takeLock } from "./lock.ts";
import { readRecord } from "./record.ts";
import type { Resumption } from "./resume.ts";

/** The run that needs a folder. */
export interface FolderQuery {
  /** The folder of runs. */
  readonly root: string;
  readonly pipeline: string;
  readonly resumption?: Resumption;
  /** Whether the pipeline is locked, too, against other exclusive runs. @default {false} */
  readonly isExclusive?: boolean;
  readonly now: Date;
}

/** A folder that this process has locked. */
export interface LockedFolder {
  readonly folder: string;
  readonly id: string;
  readonly locks: readonly Lock[];
}

/**
 * Locks the folder of a run, and before it the pipeline if the run is exclusive.
 *
 * @throws {UsageError} When it cannot be written.
 * @throws {LockedError} When another process has one of them, or has resumed the run since it was found.
 */
export async function lockedFolder(query: FolderQuery): Promise<LockedFolder> {
  const { root, pipeline, resumption, isExclusive, now } = query;
  const again = resumption?.isSame ? resumption.entry : undefined;
  const locks: Lock[] = [];
  try {
    if (isExclusive) {
      const parent = `${root}/${folderName(pipeline)}`;
      await writable(parent, () => Deno.mkdir(parent, { recursive: true }));
      locks.push(
        await lock(`${parent}/.lock`, { run: again?.id ?? "new", what: `Pipeline "${pipeline}"`, now }),
      );
    }
    const { id, path } = again === undefined
      ? await createRunFolder(root, pipeline, now)
      : { id: again.id, path: again.folder };
    locks.push(await lock(`${path}/lock`, { run: id, what: `Run ${id}`, now }));
    if (again !== undefined) await checkUnchanged(again);
    return { folder: path, id, locks };
  } catch (thrown) {
    locks.forEach((taken) => taken.release());
    throw thrown;
  }
}

async function lock(
  path: string,
  { run, what, now }: { readonly run: string; readonly what: string; readonly now: Date },
): Promise<Lock> {
  const taken = await writable(
    path.replace(/\/[^/]*$/, ""),
    () => takeLock(path, { pid: Deno.pid, host: hostName(), since: now.toISOString(), run }),
  );
  if (!("heldBy" in taken)) return taken;
  throw new LockedError(`${what} is already running: ${holderText(taken.heldBy)}`);
}

/** Throws when another process has resumed the run, and ended, before this one took the lock. */
async function checkUnchanged({ id, folder, record }: Resumption["entry"]): Promise<void> {
  const now = await readRecord(folder);
  if (JSON.stringify(now) === JSON.stringify(record)) return;
  throw new LockedError(
    `Run ${id} was resumed by another process in the meantime (try again)`,
  );
}

async function writable<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (thrown) {
    throw new UsageError(
      `"${folder}" must be a writable folder, got: ${messageOf(thrown)}`,
    );
  }
}
