/**
 * The folder of a run with the locks that keep others out of it.
 *
 * @module
 */
import { LockedError, messageOf, UsageError } from "../core/errors.ts";
import { createRunFolder } from "./folder.ts";
import { folderName } from "./list.ts";
import { holderText, type Lock, takeLock } from "./lock.ts";
import type { Resumption } from "./resume.ts";

/** Whose folder it is. */
export interface FolderOrder {
  /** The pipeline's name. */
  readonly pipeline: string;
  /** The folder under which runs lie. */
  readonly root: string;
  readonly resumption?: Resumption;
  /** Whether no other run of the pipeline may be under way. @default {false} */
  readonly isExclusive?: boolean;
}

/** A folder that no other process writes to. */
export interface LockedFolder {
  readonly id: string;
  readonly folder: string;
  readonly locks: readonly Lock[];
}

/**
 * The folder of the run with its lock, after that of the pipeline if it must be alone.
 *
 * @throws {UsageError} When it cannot be written.
 * @throws {LockedError} When another process holds a lock.
 */
export async function lockedFolder(
  { pipeline, root, resumption, isExclusive }: FolderOrder,
  now: Date,
): Promise<LockedFolder> {
  const locks: Lock[] = [];
  const host = Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state === "granted"
    ? Deno.hostname()
    : "";
  const take = async (folder: string, file: string, run: string, what: string) => {
    const holder = { pid: Deno.pid, host, since: now.toISOString(), run };
    const lock = await writable(folder, async () => {
      await Deno.mkdir(folder, { recursive: true });
      return await takeLock(`${folder}/${file}`, holder);
    });
    if (!("heldBy" in lock)) return void locks.push(lock);
    throw new LockedError(`Cannot run as ${what} must not be under way: ${holderText(lock.heldBy)} runs it`);
  };
  const before = resumption?.isSame ? resumption.entry : undefined;
  try {
    if (isExclusive) {
      const parent = `${root}/${folderName(pipeline)}`;
      await take(parent, ".lock", before?.id ?? "new", `pipeline "${pipeline}"`);
    }
    const { id, path } = before === undefined
      ? await createRunFolder(root, pipeline, now)
      : { id: before.id, path: before.folder };
    await take(path, "lock", id, `run ${id}`);
    return { folder: path, id, locks };
  } catch (thrown) {
    locks.forEach((taken) => taken.release());
    throw thrown;
  }
}

async function writable<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (thrown) {
    throw new UsageError(
      `Cannot run as its folder must be writable: current folder is ${folder} (${messageOf(thrown)})`,
    );
  }
}
