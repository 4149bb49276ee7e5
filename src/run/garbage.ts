/**
 * What can be thrown away: results that no run would miss for long, and what crashes left behind.
 *
 * @module
 */
import { cacheFolder, listCached } from "./stage_cache.ts";
import { listRuns, type OnProblem } from "./list.ts";

/** Something that can be removed. */
export interface Garbage {
  readonly path: string;
  readonly bytes: number;
  readonly why: string;
}

/** What may go. */
export interface GarbageRules {
  /** The folder of the runs. */
  readonly root: string;
  /** Cached results older than this, in milliseconds. */
  readonly olderThan: number;
  /** Runs that crashed or were stopped and are older than this too; none when it is not given. */
  readonly runsOlderThan?: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Hears of what cannot be read, and is left alone. */
  readonly onProblem?: OnProblem;
}

/** How old a half-written file must be before it is nobody's, in milliseconds. */
const ABANDONED_MS = 3600_000;

/** Finds what can be removed; removes nothing. A run that is under way, and all that it has, is left alone. */
export async function findGarbage(
  { root, olderThan, runsOlderThan, now, onProblem }: GarbageRules,
): Promise<Garbage[]> {
  const garbage: Garbage[] = [];
  const add = async (path: string, why: string) => garbage.push({ path, bytes: await sizeOf(path), why });
  for (const { folder, manifest } of await listCached(root)) {
    if (now - Date.parse(manifest.made) >= olderThan) {
      await add(folder, `cached result of ${manifest.pipeline}, ${manifest.stage}, of ${manifest.made}`);
    }
  }
  for await (const path of abandoned(cacheFolder(root), now)) await add(path, "half-written");
  for (const { folder, status, record, id } of await listRuns(root, undefined, onProblem)) {
    if (status === "running") continue;
    const started = Date.parse(record?.started ?? "");
    const began = Number.isNaN(started) ? await changed(folder, now) : started;
    const isOld = runsOlderThan !== undefined && now - began >= runsOlderThan;
    if (isOld && status !== "completed") await add(folder, `run ${id}: ${status}`);
    else for await (const path of abandoned(folder, now)) await add(path, "half-written");
  }
  return garbage;
}

/** Temporary names of files that were never renamed. */
async function* abandoned(folder: string, now: number): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  for (const { name, isDirectory } of entries) {
    const path = `${folder}/${name}`;
    const age = now - await changed(path, now);
    if (name.endsWith(".tmp") && age >= ABANDONED_MS) yield path;
    else if (isDirectory) yield* abandoned(path, now);
  }
}

/** When a file or folder was changed, in milliseconds since 1970; `now` when it is gone. */
async function changed(path: string, now: number): Promise<number> {
  return (await Deno.stat(path).catch(() => undefined))?.mtime?.getTime() ?? now;
}

/** The bytes of a file, or of all files in a folder. */
export async function sizeOf(path: string): Promise<number> {
  const info = await Deno.lstat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory) return info.size;
  const entries = await Array.fromAsync(Deno.readDir(path)).catch(() => []);
  const sizes = await Promise.all(entries.map(({ name }) => sizeOf(`${path}/${name}`)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
