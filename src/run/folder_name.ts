/**
 * What the folder of a pipeline is called.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** How the folders end in which sweeps keep their results. */
export const SWEEPS = ".sweep";

/** Names that every file system keeps apart, as they are: small letters of ASCII, digits, and dots that stand alone inside. */
const PLAIN = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;
/** Endings and a name that mean something here, and names of devices on Windows. */
const RESERVED = /^comparisons$|\.(sweep|tmp|lock)$|^(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(\.|$)/;
/** The most letters of a name that its folder repeats: below 255 bytes of UTF-8 with what stands behind them. */
const MOST_LETTERS = 40;

/**
 * The folder of a pipeline under `runs/`: its own name where every file system keeps that apart from others. Any other name (capitals,
 * blanks, letters beyond ASCII) is written in a plain form with a hash behind a `~`, which no name may hold: so two names never share a
 * folder, whatever a file system takes for the same letters.
 */
export function folderName(pipeline: string): string {
  if (PLAIN.test(pipeline) && !RESERVED.test(pipeline)) return pipeline;
  const letters = [...pipeline.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{N}._-]+/gu, "-")];
  const hash = createHash("sha256").update(pipeline).digest("hex").slice(0, 12);
  return `${letters.slice(0, MOST_LETTERS).join("").replace(/[.-]+$/, "")}~${hash}`;
}

/** What the folder was called by earlier versions, where two names could share one. */
export function earlierFolderName(pipeline: string): string {
  return pipeline.replaceAll(" ", "-");
}
