/**
 * Arrays that do not fit in memory and whose file holds them in another form are converted once, into a file of raw values.
 *
 * It is `data/cache/array-<state>.values`, where `<state>` is a hash of everything that determines its bytes. It is written under another
 * name and becomes visible when it is whole; of two processes that convert at the same time the first one's file is used by both.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { messageOf, RunError } from "../../core/errors.ts";
import { asBytes, type SampleValues } from "../../core/shape.ts";

/** Increase it when the same array gives other values. */
const VERSION = 1;

/** The folder of caches. */
export const CACHE_FOLDER = "data/cache";

/** What is converted. */
export interface CacheContent {
  /** Its name for messages. */
  readonly name: string;
  /** The files that hold it. */
  readonly files: readonly string[];
  /** Everything else that determines the values: plain data. */
  readonly layout: unknown;
}

/** Where a cache is, and by what a change of it is detected. */
export interface CachedValues {
  readonly path: string;
  readonly start: number;
  readonly size: number;
  readonly modified: number;
}

/** The file of values, `bytes` long; `convert` writes them, a part after the other, where there is none yet. */
export async function cacheValues(
  content: CacheContent,
  bytes: number,
  log: (message: string) => void,
  convert: (write: (values: SampleValues) => void) => Promise<void>,
): Promise<CachedValues> {
  const path = `${CACHE_FOLDER}/array-${stateOf(content)}.values`;
  if (wholeFile(path, bytes) === undefined) {
    log(`Converting ${content.name} into ${path}, once`);
    await writeValues(path, content.name, bytes, convert);
  }
  return cachedValues(path, bytes)!;
}

/** The values of a cache that is whole; `undefined` where there is none of this size. */
export function cachedValues(path: string, bytes: number): CachedValues | undefined {
  const info = wholeFile(path, bytes);
  return info && { path, start: 0, size: info.size, modified: info.mtime?.getTime() ?? 0 };
}

function stateOf({ name, files, layout }: CacheContent): string {
  const states = files.map((path) => {
    const { size, mtime } = Deno.statSync(path);
    return [Deno.realPathSync(path), size, mtime?.getTime() ?? 0];
  });
  return createHash("sha256").update(JSON.stringify([VERSION, name, states, layout])).digest("hex").slice(
    0,
    24,
  );
}

function wholeFile(path: string, bytes: number): Deno.FileInfo | undefined {
  try {
    const info = Deno.statSync(path);
    return info.size === bytes ? info : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a cache, which becomes visible when it is whole. `name` is what the values are of, for messages. @throws {RunError} */
export async function writeValues(
  path: string,
  name: string,
  bytes: number,
  convert: (write: (values: SampleValues) => void) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    Deno.mkdirSync(CACHE_FOLDER, { recursive: true });
    {
      using file = Deno.openSync(temporary, { write: true, createNew: true });
      await convert((values) => {
        const part = asBytes(values);
        for (let done = 0; done < part.length;) done += file.writeSync(part.subarray(done));
      });
      file.syncSync();
    }
    publish(temporary, path, bytes);
  } catch (thrown) {
    if (thrown instanceof RunError) throw thrown;
    const megabytes = `${Math.ceil(bytes / 1e6)}MB`;
    throw new RunError(
      `"${CACHE_FOLDER}" must be writable and have room for ${megabytes} of values of ${name}: ${
        messageOf(thrown)
      } (or keep them in memory with --set load.memory=${megabytes})`,
      { cause: thrown },
    );
  } finally {
    if (fileExists(temporary)) Deno.removeSync(temporary);
  }
}

function fileExists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}

/** Gives a whole file its name, unless another process was first: that one may be reading its own. */
function publish(temporary: string, path: string, bytes: number): void {
  if (wholeFile(path, bytes) !== undefined) return;
  try {
    Deno.linkSync(temporary, path);
  } catch (thrown) {
    if (wholeFile(path, bytes) !== undefined) return;
    // A file of another size is what a crash left; or the file system has no second names.
    if (!(thrown instanceof Deno.errors.AlreadyExists) && fileExists(path)) throw thrown;
    Deno.renameSync(temporary, path);
  }
}
