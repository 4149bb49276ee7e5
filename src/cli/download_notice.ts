/** The line that the first run prints before Deno downloads packages. @module */
import map from "../../imports.json" with { type: "json" };
import { libraryFile, PACKAGE } from "../engine/native/library.ts";

/** The package checked on behalf of all that the program loads: Deno fetches them together. */
const FIRST = map.imports["@commander-js/extra-typings"];

/** A package that only types come from. */
const TYPES = "@types/react";

/**
 * The folder of Deno's cache that holds packages; `undefined` where it is unknown.
 *
 * When a package is resolved before it is downloaded, Deno does not find it in this process any more, even after the download. So
 * the folder is derived from a package that is never imported.
 */
function packageFolder(): URL | undefined {
  try {
    const [folder, rest] = import.meta.resolve(`${TYPES}/package.json`).split(`${TYPES}/`);
    return rest === undefined || !folder.startsWith("file:") ? undefined : new URL(folder);
  } catch {
    return undefined;
  }
}

/** Whether a package, `npm:name@1.2.3`, is in Deno's cache. Where its folder is unknown it counts as cached. */
function isCached(specifier: string): boolean {
  const folder = packageFolder(), [, name, version] = /^npm:(.+)@([^@]+)$/.exec(specifier)!;
  try {
    return folder === undefined || Deno.statSync(new URL(`${name}/${version}/package.json`, folder)).isFile;
  } catch (thrown) {
    return !(thrown instanceof Deno.errors.NotFound);
  }
}

/** Whether the native engine will be loaded: tasks with --allow-ffi compute. */
function needsLibrary(): boolean {
  return libraryFile(Deno.build) !== undefined &&
    Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

/** The line printed before a download of packages; `undefined` when they are in the cache. */
export function downloadNotice(): string | undefined {
  const library = needsLibrary() && !isCached(PACKAGE);
  if (!library && isCached(FIRST)) return undefined;
  const size = library ? "about 120 MB, 350 MB on disk" : "about 6 MB, 60 MB on disk";
  return `Downloading packages into Deno's cache, once (${size}), each verified by its hash in deno.lock\n`;
}
