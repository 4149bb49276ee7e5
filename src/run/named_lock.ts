/**
 * Locks that have a file of their own only while they are held: who takes one makes the file, and who releases it removes it.
 *
 * @module
 */

/** Attempts to take a lock, as readers hold it for a moment to see whether it is free. */
const TRIES = 5, BETWEEN_MS = 5;

/** Takes the lock of this name; `undefined` where another process has it. The file is open for reading and writing. */
export async function takeNamedLock(path: string): Promise<Deno.FsFile | undefined> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    // One that its owner has removed in between holds nobody back.
    if (await file.tryLock(true) && await isAt(path, file)) return file;
    file.close();
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return undefined;
}

/** Takes the lock of this name as soon as no other process has it. */
export async function waitForNamedLock(path: string): Promise<Deno.FsFile> {
  while (true) {
    const file = await takeNamedLock(path);
    if (file !== undefined) return file;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
}

/** Removes the file of a lock that this process holds, and releases it. */
export async function dropNamedLock(path: string, file: Deno.FsFile): Promise<void> {
  await Deno.remove(path).catch(() => {});
  file.close();
}

/** Whether a file is the one of this name; where files have no numbers, one that is open cannot be removed. */
async function isAt(path: string, file: Deno.FsFile): Promise<boolean> {
  const now = await Deno.stat(path).catch(() => undefined);
  return now !== undefined && now.ino === (await file.stat()).ino;
}
