/**
 * Names of pipeline folders.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** The ending of folders with the results of sweeps. */
export const SWEEPS = ".sweep";
/** The ending of folders with a folder of runs for each shard of a sweep. */
export const SHARDS = ".shards";

/** Names that every file system keeps distinct: lower-case ASCII letters, digits, and single dots inside. */
const PLAIN = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;
/** Endings and a name that this project reserves, and device names on Windows. */
const RESERVED =
  /^comparisons$|\.(sweep|shards|tmp|lock)$|^(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(\.|$)/;
/** The maximum letters of a name in its folder's name: below 255 bytes of UTF-8 with the suffix. */
const MOST_LETTERS = 40;

/**
 * The folder of a pipeline under `runs/`: its own name where every file system keeps it distinct. Any other name (capitals, spaces,
 * non-ASCII letters) is simplified and gets a hash after a `~`, which no name may contain: so two names never share a folder, even on
 * file systems that treat some letters as equal.
 */
export function folderName(pipeline: string): string {
  if (PLAIN.test(pipeline) && !RESERVED.test(pipeline)) return pipeline;
  const letters = [...pipeline.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{N}._-]+/gu, "-")];
  const hash = createHash("sha256").update(pipeline).digest("hex").slice(0, 12);
  return `${letters.slice(0, MOST_LETTERS).join("").replace(/[.-]+$/, "")}~${hash}`;
}
