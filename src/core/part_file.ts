/**
 * A file that is written piece by piece and appears whole or not at all.
 *
 * The temporary name is the file's own with `.part`, so that a process can be allowed to write exactly these two.
 *
 * @module
 */
import { messageOf, RunError } from "./errors.ts";

/** A file that is being written. */
export interface PartFile {
  /** Appends bytes. @throws {RunError} When the disk is full, for example; nothing is left of the file then. */
  write(bytes: Uint8Array): void;
  /** Gives the file its name, once all is on the disk. */
  finish(): void;
  /** Removes what was written. Does nothing after {@link finish}. */
  abort(): void;
}

/** The temporary name of a file that is being written. */
export function partName(path: string): string {
  return `${path}.part`;
}

/**
 * Begins a file.
 *
 * @throws {RunError} When it cannot be created, or another process is writing it.
 */
export function openPartFile(path: string): PartFile {
  const part = partName(path);
  let file: Deno.FsFile | undefined = open(part, path);
  function abort(): void {
    if (file === undefined) return;
    file.close();
    file = undefined;
    try {
      Deno.removeSync(part);
    } catch {
      // It may be gone already.
    }
  }
  function attempt(act: (file: Deno.FsFile) => void): void {
    if (file === undefined) throw new RunError(`"${path}" must be open to be written, it was closed`);
    try {
      act(file);
    } catch (thrown) {
      abort();
      throw new RunError(`Cannot write "${path}": ${reasonOf(thrown)}`, { cause: thrown });
    }
  }
  return {
    write: (bytes) =>
      attempt((file) => {
        for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
      }),
    finish: () =>
      attempt((opened) => {
        opened.syncSync();
        Deno.renameSync(part, path);
        opened.close();
        file = undefined;
      }),
    abort,
  };
}

function open(part: string, path: string): Deno.FsFile {
  let file: Deno.FsFile;
  try {
    // A link would lead the write elsewhere, and opening a pipe would block forever.
    if (!isRegularOrMissing(part)) throw new Error(`"${part}" is in the way`);
    file = Deno.openSync(part, { read: true, write: true, create: true });
  } catch (thrown) {
    throw new RunError(`Cannot write "${path}": ${reasonOf(thrown)}`, { cause: thrown });
  }
  if (file.tryLockSync(true)) {
    // What a process that was killed left behind.
    file.truncateSync();
    return file;
  }
  file.close();
  throw new RunError(
    `"${path}" must not be written by two processes at once, got another that writes it now`,
  );
}

function isRegularOrMissing(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return true;
  }
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof Deno.errors.NotFound) return "its folder does not exist";
  if (thrown instanceof Deno.errors.PermissionDenied) return "the folder may not be written to";
  return `${messageOf(thrown)} (nothing is left of it)`;
}
