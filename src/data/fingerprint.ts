/**
 * Fingerprints of files that do not read their content.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** A hash of the sizes and times of some files; a missing one counts as missing, and opening it reports that. */
export async function fingerprintFiles(paths: readonly (string | undefined)[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    const info = path === undefined ? undefined : await Deno.stat(path).catch(() => undefined);
    hash.update(`${path} ${info?.size} ${info?.mtime?.getTime()}\n`);
  }
  return hash.digest("hex");
}
