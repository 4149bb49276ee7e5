/**
 * Checks of names from files before paths are built of them: none may lead out of its folder.
 *
 * @module
 */
import { RunError } from "./errors.ts";

/** At most how many bytes file systems allow in one name. */
const MOST_BYTES = 255;
// Separators of any system, drives and streams of Windows, control characters.
// deno-lint-ignore no-control-regex -- what a name may not hold.
const FORBIDDEN = /[/\\:\x00-\x1f\x7f]/;

/** Whether a text is the name of one file or folder: no separator, neither `.` nor `..`, of a length that file systems allow. */
export function isFileName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !FORBIDDEN.test(name) &&
    new TextEncoder().encode(name).length <= MOST_BYTES;
}

/** Whether a text is a path to something below the folder it is relative to: names with `/` between them. */
export function isInnerPath(path: string): boolean {
  return path.split("/").every(isFileName);
}

/**
 * Makes the folders on the way to a file below `root`, and gives the file's whole path. Links on the way are refused, as they may lead
 * elsewhere; `root` itself may be one.
 *
 * @throws {RunError} When the path leads, or may lead, out of `root`.
 */
export async function makeInnerFolders(root: string, path: string): Promise<string> {
  if (!isInnerPath(path)) {
    throw new RunError(
      `a path below "${root}" must be names with "/" between them, got ${JSON.stringify(path)}`,
    );
  }
  await Deno.mkdir(root, { recursive: true });
  let folder = root;
  for (const name of path.split("/").slice(0, -1)) {
    folder = `${folder}/${name}`;
    try {
      await Deno.mkdir(folder);
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.AlreadyExists)) throw thrown;
      if ((await Deno.lstat(folder)).isDirectory) continue;
      throw new RunError(`"${folder}" must be a folder, got a link or a file (remove it)`);
    }
  }
  return `${root}/${path}`;
}
