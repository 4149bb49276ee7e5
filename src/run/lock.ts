/**
 * File locks of the operating system: the kernel releases them when the process ends, however it ends, so no lock is ever stale.
 *
 * @module
 */
import { z } from "zod";
import { RunError } from "../core/errors.ts";
import { readSmallText } from "../core/files.ts";
import { SCHEMA } from "../core/schema_version.ts";

/** The content of a lock's file. */
const LockFile = z.object({
  schema: z.literal(SCHEMA.lock),
  pid: z.int(),
  host: z.string(),
  /** ISO 8601, UTC. */
  since: z.string(),
  run: z.string(),
});
/** Who holds a lock. */
export type Holder = Omit<z.infer<typeof LockFile>, "schema">;

/** A lock that is held until it is released or the process ends. */
export interface Lock {
  release(): void;
}

/** Attempts to take a lock: {@link isLocked} holds it for a moment. */
const TRIES = 20, BETWEEN_MS = 10;

/** Takes a lock, or returns its holder when another process has it. Creates the file when it is missing. */
export async function takeLock(path: string, holder: Holder): Promise<Lock | { heldBy: Holder | undefined }> {
  // A link would redirect the write, and opening a pipe would block forever.
  const isOther = await Deno.lstat(path).then(({ isFile }) => !isFile, () => false);
  if (isOther) throw new RunError(`"${path}" must be a file, got something else (remove it)`);
  const file = await Deno.open(path, { read: true, write: true, create: true });
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await file.tryLock(true)) {
      try {
        await file.truncate();
        const content = JSON.stringify({ schema: SCHEMA.lock, ...holder });
        await file.write(new TextEncoder().encode(content + "\n"));
      } catch (thrown) {
        file.close();
        throw thrown;
      }
      return { release: () => file.close() };
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  file.close();
  return { heldBy: await readHolder(path) };
}

/** Whether a process holds a lock. The check takes the lock itself, and releases it within the same turn of the event loop. */
export async function isLocked(path: string): Promise<boolean> {
  let file: Deno.FsFile;
  try {
    // Opening a pipe of that name would block forever.
    if (!(await Deno.stat(path)).isFile) return false;
    file = await Deno.open(path, { read: true });
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
  try {
    return !file.tryLockSync(false);
  } finally {
    file.close();
  }
}

/** Who holds, or held, a lock; `undefined` when that cannot be read, or another version of this program wrote it. */
export async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const { schema: _, ...holder } = LockFile.parse(JSON.parse(await readSmallText(path)));
    return holder;
  } catch {
    return undefined;
  }
}

/** A holder as text: `process 4711 on wolf since 2026-11-24T04:01:28Z (run 20261124-040128-fc42)`. */
export function holderText(holder: Holder | undefined): string {
  if (holder === undefined) return "another process";
  return `process ${holder.pid} on ${
    holder.host === "" ? "this machine" : holder.host
  } since ${holder.since} (run ${holder.run})`;
}
