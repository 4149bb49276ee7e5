/**
 * The program's thread: loads it, and reports in one line when its packages have to be downloaded first.
 *
 * Deno fetches all statically known imports before the first line runs. So the program is imported by a name in a variable.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { libraryFile, VERSION } from "../engine/native/library.ts";
import { safeLines } from "../ui/text.ts";
import { writeError } from "./output.ts";
import { listenToSignals } from "./signals.ts";
import { endProcessWithThread } from "./thread.ts";

const PROGRAM = "./main.ts";

/** The package checked on behalf of all that the program loads: Deno fetches them together. */
const FIRST = "commander/15.1.0";

/** The folder of Deno's cache: `DENO_DIR`, or its place on this platform. */
function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? "";
  const places = {
    darwin: `${home}/Library/Caches/deno`,
    windows: `${Deno.env.get("LOCALAPPDATA")}/deno`,
  };
  return Deno.env.get("DENO_DIR") ?? places[Deno.build.os as keyof typeof places] ??
    `${Deno.env.get("XDG_CACHE_HOME") ?? `${home}/.cache`}/deno`;
}

/**
 * Whether a package is in Deno's cache, as `name/version`; where that cannot be found out, it counts as there. Its name must not be
 * resolved before it is imported: Deno 2.9 then takes the package for cached, and the import finds no file.
 */
function isCached(packageFolder: string): boolean {
  try {
    const npm = `${cacheFolder()}/npm`;
    return [...Deno.readDirSync(npm)].some(({ name }) => isFolder(`${npm}/${name}/${packageFolder}`));
  } catch (thrown) {
    return !(thrown instanceof Deno.errors.NotFound);
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Whether the native engine will be loaded: tasks with --allow-ffi compute. */
function needsLibrary(): boolean {
  return libraryFile(Deno.build) !== undefined &&
    Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

/** The line printed before a download of packages; `undefined` when they are in the cache. */
function downloadNotice(): string | undefined {
  const library = needsLibrary() && !isCached(`onnxruntime-node/${VERSION}`);
  if (!library && isCached(FIRST)) return undefined;
  const size = library ? "about 120 MB, 350 MB on disk" : "about 6 MB, 60 MB on disk";
  return `Downloading packages into Deno's cache, once (${size}), each verified by its hash in deno.lock\n`;
}

/** Loads the program. */
async function load(): Promise<typeof import("./main.ts")> {
  try {
    return await import(PROGRAM);
  } catch (thrown) {
    writeError(
      `error: The program must be loaded with its packages, got: ${
        safeLines(messageOf(thrown))
      } (check the network and run again)\n`,
    );
    Deno.exit(1);
    throw thrown;
  }
}

await endProcessWithThread();
// Before the program is loaded, which takes longer than everything before.
if (["run", "experiments"].includes(Deno.args[0])) listenToSignals();
const notice = downloadNotice();
if (notice !== undefined) writeError(notice);
const { main } = await load();
Deno.exit(await main(Deno.args));
