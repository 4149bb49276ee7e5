/**
 * Files that are written whole or not at all, and read only where they are files.
 *
 * @module
 */
import { messageOf, RunError } from "./errors.ts";

/**
 * Writes a file so that a reader sees the old one or the whole new one, even if the machine crashes meanwhile: to a temporary name in
 * the same folder, to the disk, then renamed. The folder must exist.
 *
 * Throws a RunError that names the file when it cannot be written; nothing is left behind then.
 */
export async function writeFileAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeAndSync(temporary, typeof content === "string" ? new TextEncoder().encode(content) : content);
    await Deno.rename(temporary, path);
    await syncFolder(path.slice(0, path.lastIndexOf("/") + 1) || ".");
  } catch (thrown) {
    await Deno.remove(temporary).catch(() => {});
    throw new RunError(`Cannot write "${path}": ${reasonOf(thrown)}`, { cause: thrown });
  }
}

/** At most how many bytes a small file of a run (a record, a manifest, a lock) may have. */
const SMALL_BYTES = 64 << 20;

/**
 * Reads a file of unknown origin: a pipe or a device, which would block forever, is refused before it is opened, and so is a file larger
 * than `mostBytes`.
 *
 * @throws {Deno.errors.NotFound} When nothing is there.
 */
export async function readRegularFile(path: string, mostBytes = Infinity): Promise<Uint8Array<ArrayBuffer>> {
  const { isFile, isDirectory, size } = await Deno.stat(path);
  if (!isFile) {
    throw new RunError(`"${path}" must be a file, got a ${isDirectory ? "folder" : "pipe or device"}`);
  }
  if (size > mostBytes) throw new RunError(`"${path}" must have at most ${mostBytes} bytes, got ${size}`);
  return await Deno.readFile(path);
}

/** The text of a small file, see {@link readRegularFile}; it must be UTF-8. */
export async function readSmallText(path: string): Promise<string> {
  return new TextDecoder("utf-8", { fatal: true }).decode(await readRegularFile(path, SMALL_BYTES));
}

/** Removes the temporary files of interrupted writes in a folder and below. Never throws. */
export async function removeTemporary(folder: string): Promise<void> {
  for (const { name, isDirectory } of await Array.fromAsync(Deno.readDir(folder)).catch(() => [])) {
    const path = `${folder}/${name}`;
    if (isDirectory) await removeTemporary(path);
    else if (name.endsWith(".tmp")) await Deno.remove(path).catch(() => {});
  }
}

/**
 * Gives a file a second name, so that its bytes are on the disk once; a file of that name is replaced whole. The content is written where
 * the file system has no such names.
 */
export async function linkFileAtomically(from: string, to: string, content: Uint8Array): Promise<void> {
  const temporary = `${to}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    // A second name of a link would be a link.
    if (!(await Deno.lstat(from)).isFile) throw new Error("not a regular file");
    await Deno.link(from, temporary);
    // Two names of one file: the system would leave both.
    await Deno.remove(to).catch(() => {});
    await Deno.rename(temporary, to);
  } catch {
    await Deno.remove(temporary).catch(() => {});
    await writeFileAtomically(to, content);
  }
}

async function writeAndSync(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
  await file.sync();
}

/** Takes a new name in a folder to the disk, too, where the system can: without that a power cut may leave the old file. */
async function syncFolder(folder: string): Promise<void> {
  try {
    using opened = await Deno.open(folder);
    await opened.sync();
  } catch {
    // Windows opens no folders, and some file systems sync none; the file itself is whole either way.
  }
}

/** The usual reasons and remedies; the system's own message names the temporary file, which the user does not know. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof Deno.errors.NotFound) return "its folder does not exist";
  if (thrown instanceof Deno.errors.PermissionDenied) return "the folder may not be written to";
  return messageOf(thrown);
}

/** The state of a file; `undefined` when there is none. */
export function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}
