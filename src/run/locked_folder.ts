/**
 * The folder of a run, with the locks that keep others out of it.
 *
 * @module
 */
import { LockedError, messageOf, UsageError } from "../core/errors.ts";
import { createRunFolder } from "./folder.ts";
import { folderName } from "./folder_name.ts";
import { holderText, type Lock, takeLock } from "./lock.ts";
import { readRecord } from "./record.ts";
import type { Resumption } from "./resume.ts";

/** Whose folder it is to be. */
export interface FolderQuery {
  /** The folder under which runs lie. */
  readonly root: string;
  readonly pipeline: string;
  readonly resumption?: Resumption;
  /** Whether no other run of the pipeline may be under way. @default {false} */
  readonly isExclusive?: boolean;
  readonly now: Date;
}

/** A folder that is ours. */
export interface LockedFolder {
  readonly folder: string;
  readonly id: string;
  readonly locks: readonly Lock[];
}

/**
 * The folder of the run with its lock, after that of the pipeline if it must be alone.
 *
 * @throws {UsageError} When it cannot be written.
 * @throws {LockedError} When another process has one of them, or had the folder since the run to go on with was looked for.
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
        await lock(`${parent}/.lock`, { run: again?.id ?? "new", what: `pipeline "${pipeline}"`, now }),
      );
    }
    const { id, path } = again === undefined
      ? await createRunFolder(root, pipeline, now)
      : { id: again.id, path: again.folder };
    locks.push(await lock(`${path}/lock`, { run: id, what: `run ${id}`, now }));
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
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  const host = state === "granted" ? Deno.hostname() : "";
  const taken = await writable(
    path.replace(/\/[^/]*$/, ""),
    () => takeLock(path, { pid: Deno.pid, host, since: now.toISOString(), run }),
  );
  if (!("heldBy" in taken)) return taken;
  throw new LockedError(`Cannot run as ${what} must not be under way: ${holderText(taken.heldBy)} runs it`);
}

/** What was found to go on from is stale when another process went on with it, and ended, before we had the lock. */
async function checkUnchanged({ id, folder, record }: Resumption["entry"]): Promise<void> {
  const now = await readRecord(folder);
  if (JSON.stringify(now) === JSON.stringify(record)) return;
  throw new LockedError(
    `Cannot go on with ${id} as no other process must have done so meanwhile: one did; try again`,
  );
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
