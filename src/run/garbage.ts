/**
 * What can be thrown away: results that no run would miss for long, and what crashes left behind.
 *
 * @module
 */
import { UsageError } from "../core/errors.ts";
import { versionText } from "../core/schema_version.ts";
import { GATE_FAILED } from "../pipeline/gates.ts";
import { listRuns, type OnProblem, type RunEntry } from "./list.ts";
import { isLocked, takeLock } from "./lock.ts";
import { READ_MARK, STAGE_LOCK } from "./stage_lock.ts";
import { type RecordedSpec, recordedSpec, type RunRecord } from "./record.ts";
import { cacheFolder, listCached } from "./stage_cache.ts";

/** Something that can be removed. */
export interface Garbage {
  readonly path: string;
  readonly bytes: number;
  readonly why: string;
}

/** What may be removed. */
export interface GarbageRules {
  /** The folder of the runs. */
  readonly root: string;
  /** Cached results older than this, in milliseconds. */
  readonly olderThan: number;
  /** Runs that crashed or were stopped and are older than this too; none when it is not given. */
  readonly runsOlderThan?: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Called for entries that cannot be read and are not removed. */
  readonly onProblem?: OnProblem;
}

/** The age from which a half-written file counts as abandoned, in milliseconds. */
const ABANDONED_MS = 3600_000;

/** Finds what can be removed; removes nothing. Running runs are left alone. */
export async function findGarbage(
  { root, olderThan, runsOlderThan, now, onProblem }: GarbageRules,
): Promise<Garbage[]> {
  const garbage: Garbage[] = [], freed = freedBytes();
  const add = async (path: string, why: string) => garbage.push({ path, bytes: await freed(path), why });
  const { entries, others } = await listCached(root);
  for (const { folder, manifest } of entries) {
    if (now - Date.parse(manifest.created) >= olderThan) {
      await add(folder, `cached result of ${manifest.pipeline}, ${manifest.stage}, of ${manifest.created}`);
    }
  }
  for (const { folder, other } of others) {
    if (now - await changed(folder, now) >= olderThan) {
      await add(folder, `cached result of ${versionText(other)}`);
    }
  }
  for await (const path of abandoned(cacheFolder(root), now)) await add(path, "half-written");
  for await (const path of leftLocks(cacheFolder(root), now)) {
    await add(path, "lock of a run that was killed");
  }
  for await (const path of readMarks(cacheFolder(root), now, olderThan)) {
    await add(path, "mark of data that a run has read");
  }
  for await (const path of halfRemoved(root)) await add(path, "half-removed");
  for (const { folder, status, record, id, other } of await listRuns(root, undefined, onProblem)) {
    // Of a run of another version nothing is known but that its files are kept.
    if (status === "running" || other !== undefined) continue;
    const started = Date.parse(record?.started ?? "");
    const began = Number.isNaN(started) ? await changed(folder, now) : started;
    const isOld = runsOlderThan !== undefined && now - began >= runsOlderThan;
    if (isOld && status !== "completed" && status !== GATE_FAILED) {
      await add(folder, `run ${id}: ${status}`);
      continue;
    }
    if (record?.status === "completed") {
      for (const path of await unneededCheckpoints(folder, record)) {
        await add(path, `optimizer state of ${id}, which is complete`);
      }
    }
    for await (const path of abandoned(folder, now)) await add(path, "half-written");
  }
  return garbage;
}

/** What removing a run takes away: its folder, and the cached results that it computed. */
export async function garbageOfRun({ id, folder }: RunEntry): Promise<Garbage[]> {
  const root = folder.split("/").slice(0, -2).join("/") || ".", freed = freedBytes();
  const garbage: Garbage[] = [];
  for (const { folder: path, manifest } of (await listCached(root)).entries) {
    if (manifest.run !== id) continue;
    garbage.push({ path, bytes: await freed(path), why: `cached result of ${manifest.stage}` });
  }
  return [...garbage, { path: folder, bytes: await freed(folder), why: `run ${id}` }];
}

/**
 * Removes a run's folder as a whole: what remains after a kill has a hidden temporary name, which `gc` finds.
 *
 * @throws {UsageError} When it is running.
 */
export async function removeRun({ id, folder }: RunEntry): Promise<void> {
  const holder = { pid: Deno.pid, host: "", since: new Date().toISOString(), run: id };
  // Without it a run could be resumed in the folder while it goes.
  const lock = await takeLock(`${folder}/lock`, holder);
  if ("heldBy" in lock) {
    throw new UsageError(`${id} must have ended to be removed, got: it is running (stop it first)`);
  }
  const going = `${folder.replace(/[^/]+$/, ".$&")}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.rename(folder, going);
  } finally {
    lock.release();
  }
  await Deno.remove(going, { recursive: true });
}

/** Checkpoints of a complete run whose stage is not configured to keep the last one. */
async function unneededCheckpoints(folder: string, record: RunRecord | undefined): Promise<string[]> {
  const stages = recordedSpec(record)?.stages ?? [];
  const keeping = stages.filter(keepsOptimizer).map(({ name }) => `${name}.last.safetensors`);
  const names = (await Array.fromAsync(Deno.readDir(`${folder}/checkpoints`)).catch(() => []))
    .map(({ name }) => name);
  return names.filter((name) => /\.(last|previous)\.safetensors$/.test(name) && !keeping.includes(name))
    .sort().map((name) => `${folder}/checkpoints/${name}`);
}

function keepsOptimizer({ options: { checkpoint } }: RecordedSpec["stages"][number]): boolean {
  return (checkpoint as { keepOptimizer?: unknown } | null | undefined)?.keepOptimizer === true;
}

/** Folders of runs whose removal was cut off. */
async function* halfRemoved(root: string): AsyncGenerator<string> {
  for (const { name: parent, isDirectory } of await Array.fromAsync(Deno.readDir(root)).catch(() => [])) {
    if (!isDirectory || parent.startsWith(".")) continue;
    for (const { name } of await Array.fromAsync(Deno.readDir(`${root}/${parent}`)).catch(() => [])) {
      if (/^\..+\.tmp$/.test(name)) yield `${root}/${parent}/${name}`;
    }
  }
}

/**
 * Counts what removing one path after the other gives back. Results in the cache and files of runs may be names of the same bytes, which
 * are free when the last of them goes.
 */
function freedBytes(): (path: string) => Promise<number> {
  const left = new Map<number, number>();
  return async function freed(path: string): Promise<number> {
    let bytes = 0;
    for (const { size, ino, nlink } of await filesUnder(path)) {
      const others = ino === null ? 0 : (left.get(ino) ?? nlink ?? 1) - 1;
      if (ino !== null) left.set(ino, others);
      if (others === 0) bytes += size;
    }
    return bytes;
  };
}

/** Locks of stages that nobody holds: who does removes the file at the end. */
async function* leftLocks(folder: string, now: number): AsyncGenerator<string> {
  for (const { name, isFile } of await Array.fromAsync(Deno.readDir(folder)).catch(() => [])) {
    const path = `${folder}/${name}`;
    if (!isFile || !name.endsWith(STAGE_LOCK) || now - await changed(path, now) < ABANDONED_MS) continue;
    if (!await isLocked(path)) yield path;
  }
}

/** Marks of data that was read for the first time long ago: what that left to read faster may be gone. */
async function* readMarks(folder: string, now: number, olderThan: number): AsyncGenerator<string> {
  for (const { name, isFile } of await Array.fromAsync(Deno.readDir(folder)).catch(() => [])) {
    const path = `${folder}/${name}`;
    if (isFile && name.endsWith(READ_MARK) && now - await changed(path, now) >= olderThan) yield path;
  }
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

/** The bytes of a file, or of all files in a folder; a file with several names there counts once. */
export async function bytesOnDisk(path: string): Promise<number> {
  const files = await filesUnder(path);
  const seen = new Set<number>();
  return files.reduce((sum, { size, ino }) => {
    if (ino !== null && seen.has(ino)) return sum;
    if (ino !== null) seen.add(ino);
    return sum + size;
  }, 0);
}

async function filesUnder(path: string): Promise<Deno.FileInfo[]> {
  const info = await Deno.lstat(path).catch(() => undefined);
  if (info === undefined) return [];
  if (!info.isDirectory) return [info];
  const entries = await Array.fromAsync(Deno.readDir(path)).catch(() => []);
  return (await Promise.all(entries.map(({ name }) => filesUnder(`${path}/${name}`)))).flat();
}
