/**
 * Converted data that nothing has used for long: files of the caches of arrays, tables and pictures, by their names. All of it is made again
 * when it is needed, as each name is a hash of the files that it was made of. Other files of the folder are nobody's to remove.
 *
 * @module
 */
import { statIfThere } from "../core/files.ts";
import { CACHE_FOLDER } from "./arrays/value_cache.ts";

/** Something that can be removed. */
export interface OldCache {
  readonly path: string;
  readonly bytes: number;
  readonly why: string;
}

/** Which caches are old. */
export interface OldCacheRules {
  /** Those that were last used this long ago, in milliseconds. */
  readonly olderThan: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The folder of caches. @default {"data/cache"} */
  readonly folder?: string;
}

/** The files of a cache. */
interface Cache {
  readonly kind: string;
  readonly names: string[];
}

/** The names of caches: the first group is shared by all files of one. */
const KINDS: Readonly<Record<string, RegExp>> = {
  "converted array": /^(array-[0-9a-f]{24})\.values$/,
  "converted table": /^(table-[0-9a-f]{24})(?:\.json|-(?:train|test|validation)\.values)$/,
  "decoded pictures": /^(pictures-[0-9a-f]{8}-\d+x\d+-[0-9a-f]{16})\.(?:images|partial|progress|broken)$/,
};

/** What a process that was killed has left: its temporary files, or the parts of a table. */
const LEFT = /^(?:array|table|pictures)-[\w.-]+\.(?:tmp|parts)$/;
/** The age from which such a file counts as left, in milliseconds: no conversion pauses for so long. */
const LEFT_MS = 3600_000;

/** The caches that can be removed, file by file. */
export function oldCaches({ olderThan, now, folder = CACHE_FOLDER }: OldCacheRules): OldCache[] {
  const names = namesIn(folder), caches = new Map<string, Cache>();
  for (const name of names) {
    const found = Object.entries(KINDS).flatMap(([kind, pattern]) => {
      const base = pattern.exec(name)?.[1];
      return base === undefined ? [] : [[kind, base] as const];
    })[0];
    if (found === undefined) continue;
    const [kind, base] = found, cache = caches.get(base) ?? { kind, names: [] };
    cache.names.push(name);
    caches.set(base, cache);
  }
  const old = [...caches].flatMap(([base, { kind, names }]) => {
    const used = Math.max(...names.map((name) => usedAt(`${folder}/${name}`) ?? now));
    if (now - used < olderThan || isBeingDecoded(`${folder}/${base}.progress`)) return [];
    const why = `${kind}, last used ${new Date(used).toISOString()}`;
    return names.map((name) => ({ path: `${folder}/${name}`, bytes: bytesOf(`${folder}/${name}`), why }));
  });
  const left = names.filter((name) => LEFT.test(name)).map((name) => `${folder}/${name}`)
    .filter((path) => now - (changedAt(path) ?? now) >= LEFT_MS)
    .map((path) => ({ path, bytes: bytesOf(path), why: "half-written" }));
  return [...old, ...left];
}

/** The names in a folder, sorted; none where it is missing. */
function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort((one, other) => one < other ? -1 : 1);
  } catch {
    return [];
  }
}

/** When a file was last read or written, as far as the file system notes it. */
function usedAt(path: string): number | undefined {
  const info = statIfThere(path);
  return info && Math.max(info.mtime?.getTime() ?? 0, info.atime?.getTime() ?? 0);
}

/** When a file, or the newest file of a folder, was changed. */
function changedAt(path: string): number | undefined {
  const info = statIfThere(path);
  if (info?.isDirectory !== true) return info?.mtime?.getTime();
  const inside = namesIn(path).map((name) => changedAt(`${path}/${name}`) ?? 0);
  return Math.max(info.mtime?.getTime() ?? 0, ...inside);
}

function bytesOf(path: string): number {
  const info = statIfThere(path);
  if (info?.isDirectory !== true) return info?.size ?? 0;
  return namesIn(path).reduce((sum, name) => sum + bytesOf(`${path}/${name}`), 0);
}

/** Whether a process decodes pictures now: it holds the lock of its marks. */
function isBeingDecoded(progress: string): boolean {
  if (statIfThere(progress) === undefined) return false;
  using file = Deno.openSync(progress, { read: true });
  return !file.tryLockSync(true);
}
