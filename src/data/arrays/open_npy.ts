/** Opens a .npy file, of which only the header is read at first. @module */
import { messageOf, RunError } from "../../core/errors.ts";
import type { StoredArray } from "./stored_array.ts";
import { HEADER_BYTES, parseNpyHeader } from "./npy_format.ts";

/** The first bytes of a regular file, and its size. @throws {RunError} When there is none. */
export function startOfFile(path: string, most: number): { start: Uint8Array<ArrayBuffer>; size: number } {
  try {
    // A named pipe would block forever.
    const { isFile, size } = Deno.statSync(path);
    if (!isFile) throw new Error("it is not a regular file");
    using file = Deno.openSync(path);
    const start = new Uint8Array(Math.min(size, most));
    for (let done = 0; done < start.length;) done += file.readSync(start.subarray(done)) ?? start.length;
    return { start, size };
  } catch (thrown) {
    const reason = thrown instanceof Deno.errors.NotFound ? "it does not exist" : messageOf(thrown);
    throw new RunError(`Cannot read "${path}": ${reason} (check the path)`);
  }
}

/** Where the array of a .npy file is. @throws {RunError} When it is not one of real numbers. */
export function openNpy(path: string): StoredArray {
  const { start: bytes, size } = startOfFile(path, HEADER_BYTES), name = `"${path}"`;
  return { name, path, ...parseNpyHeader(bytes, name, size) };
}

/** As {@link openNpy}; `undefined` when it cannot be opened. */
export function peekNpy(path: string): StoredArray | undefined {
  try {
    return openNpy(path);
  } catch {
    return undefined;
  }
}
