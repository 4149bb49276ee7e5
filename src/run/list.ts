/**
 * The runs there are, and where each stands.
 *
 * @module
 */
import { nearest, UsageError } from "../core/errors.ts";
import { isLocked } from "./lock.ts";
import { readRecord, type RunRecord } from "./record.ts";

/** Where a run stands: `crashed` says that it runs, but no process holds its lock; `damaged` has no record that can be read. */
export type RunStatus = RunRecord["status"] | "crashed" | "damaged";

/** A run as a list shows it. */
export interface RunEntry {
  readonly id: string;
  readonly pipeline: string;
  readonly folder: string;
  readonly status: RunStatus;
  readonly record: RunRecord | undefined;
}

/** Where a run stands by its record and its lock. */
export async function statusOf(folder: string, record: RunRecord | undefined): Promise<RunStatus> {
  const isLive = await isLocked(`${folder}/lock`).catch(() => false);
  if (isLive) return "running";
  if (record === undefined) return "damaged";
  return record.status === "running" ? "crashed" : record.status;
}

/** The runs under a folder, the newest first; those of one pipeline when it is named. */
export async function listRuns(root: string, pipeline?: string): Promise<RunEntry[]> {
  const folders: { pipeline: string; id: string }[] = [];
  const parents = pipeline === undefined ? await foldersIn(root) : [folderName(pipeline)];
  for (const parent of parents) {
    for (const id of await foldersIn(`${root}/${parent}`)) folders.push({ pipeline: parent, id });
  }
  folders.sort((a, b) => a.id < b.id ? 1 : -1);
  return await Promise.all(folders.map(({ pipeline, id }) => readRun(`${root}/${pipeline}/${id}`)));
}

/** A run by its folder. */
export async function readRun(folder: string): Promise<RunEntry> {
  const path = folder.replace(/\/+$/, ""), [pipeline, id] = path.split("/").slice(-2);
  const record = await readRecord(path);
  return {
    id: record?.id ?? id,
    pipeline: record?.pipeline ?? pipeline,
    folder: path,
    status: await statusOf(path, record),
    record,
  };
}

/**
 * Finds a run by its folder, its id or the end of its id; the newest when it is not named.
 *
 * @throws {UsageError} When there is none, or several.
 */
export async function findRun(root: string, wanted?: string): Promise<RunEntry> {
  if (wanted !== undefined && await isFolder(wanted)) return await readRun(wanted);
  const entries = await listRuns(root);
  if (wanted === undefined) {
    if (entries.length > 0) return entries[0];
    throw new UsageError(`Cannot find a run as one must lie under ${root}: there is none yet`);
  }
  const exact = entries.filter(({ id }) => id === wanted);
  const found = exact.length > 0 ? exact : entries.filter(({ id }) => id.endsWith(wanted));
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    const folders = found.map(({ folder }) => folder).join(", ");
    throw new UsageError(
      `Cannot tell which run is meant as "${wanted}" must be the end of one id: it is that of ${folders}`,
    );
  }
  const near = nearest(wanted, entries.map(({ id }) => id));
  throw new UsageError(
    `Cannot find the run as it must be a folder, an id or the end of one under ${root}: current value is "${wanted}"${
      near === undefined ? "" : ` (did you mean "${near}"?)`
    }`,
  );
}

/** How the folders end in which sweeps keep what they came to. */
export const SWEEPS = ".sweep";

/** What a pipeline's folder is called. */
export function folderName(pipeline: string): string {
  return pipeline.replaceAll(" ", "-");
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
}

/** The folders in a folder that are not hidden; none when it is missing. */
async function foldersIn(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (isDirectory && !name.startsWith(".") && !name.endsWith(SWEEPS)) names.push(name);
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
  return names;
}
