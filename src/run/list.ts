/**
 * The runs there are, and where each stands.
 *
 * @module
 */
import { messageOf, nearest, UsageError } from "../core/errors.ts";
import { type GATE_FAILED, shownStatus } from "../pipeline/gates.ts";
import { earlierFolderName, folderName, SWEEPS } from "./folder_name.ts";
import { isLocked } from "./lock.ts";
import { openRecord, type RunRecord } from "./record.ts";

/**
 * Where a run stands: `crashed` says that it runs, but no process holds its lock; `damaged` has no record that can be read; `gate failed`
 * is done, and its numbers are not what they must be.
 */
export type RunStatus = RunRecord["status"] | typeof GATE_FAILED | "crashed" | "damaged";

/** A run as a list shows it. */
export interface RunEntry {
  readonly id: string;
  readonly pipeline: string;
  readonly folder: string;
  readonly status: RunStatus;
  readonly record: RunRecord | undefined;
  /** Why it has no record, with the file's name. */
  readonly problem?: string;
}

/** Gets a sentence about something that was skipped, or is damaged, with its name. */
export type OnProblem = (problem: string) => void;

/** Where a run stands by its record and its lock. */
export async function statusOf(folder: string, record: RunRecord | undefined): Promise<RunStatus> {
  const isLive = await isLocked(`${folder}/lock`).catch(() => false);
  if (isLive) return "running";
  if (record === undefined) return "damaged";
  return record.status === "running" ? "crashed" : shownStatus(record);
}

/**
 * The runs under a folder, the newest first; those of one pipeline when it is named. Whatever else lies there hides none of them: what
 * cannot be read, and what is no run, is reported and skipped; a run whose record is damaged is reported and listed.
 */
export async function listRuns(
  root: string,
  pipeline?: string,
  onProblem: OnProblem = () => {},
): Promise<RunEntry[]> {
  const parents = pipeline === undefined
    ? await foldersIn(root, onProblem)
    : [...new Set([folderName(pipeline), earlierFolderName(pipeline)])];
  const found = await Promise.all(parents.map(async (parent) => {
    const folders = (await foldersIn(`${root}/${parent}`, onProblem)).map((id) => `${root}/${parent}/${id}`);
    return await Promise.all(folders.map((folder) => entryOf(folder, onProblem)));
  }));
  const entries = found.flat().filter((entry) => entry !== undefined);
  // By the folder's name, which begins with the time: an id is what a file says.
  const name = ({ folder }: RunEntry) => folder.slice(folder.lastIndexOf("/") + 1);
  return entries.filter((entry) => pipeline === undefined || isOf(pipeline, entry))
    .sort((a, b) => name(a) < name(b) ? 1 : -1);
}

/** Whether a run is one of a pipeline's: earlier versions let two share a folder. */
function isOf(pipeline: string, { record, folder }: RunEntry): boolean {
  return record === undefined
    ? folder.split("/").at(-2) === folderName(pipeline)
    : record.pipeline === pipeline;
}

/** A run that is listed; `undefined` for a folder that is none. */
async function entryOf(folder: string, onProblem: OnProblem): Promise<RunEntry | undefined> {
  if (!await isRunFolder(folder)) {
    onProblem(`"${folder}" is no run: it has neither run.json nor events.jsonl`);
    return undefined;
  }
  const entry = await readRun(folder);
  if (entry.problem !== undefined && entry.status !== "running") onProblem(entry.problem);
  return entry;
}

/** Whether a run has begun in a folder. */
async function isRunFolder(folder: string): Promise<boolean> {
  const files = ["run.json", "events.jsonl", "lock", "checkpoints"];
  const found = await Promise.all(
    files.map((file) => Deno.lstat(`${folder}/${file}`).then(() => true, (thrown) => !isMissing(thrown))),
  );
  return found.includes(true);
}

/** A run by its folder. */
export async function readRun(folder: string): Promise<RunEntry> {
  const path = folder.replace(/(?<=.)\/+$/, ""), [pipeline, id] = path.split("/").slice(-2);
  const { record, problem } = await openRecord(path);
  return {
    id: record?.id ?? id,
    pipeline: record?.pipeline ?? pipeline,
    folder: path,
    status: await statusOf(path, record),
    record,
    ...(problem === undefined ? {} : { problem }),
  };
}

/**
 * Finds a run by its folder, its id or the end of its id; the newest when it is not named.
 *
 * @throws {UsageError} When there is none, or several.
 */
export async function findRun(root: string, wanted?: string): Promise<RunEntry> {
  if (wanted !== undefined && await isFolder(wanted)) return await readRun(await runFolder(wanted));
  const entries = await listRuns(root);
  if (wanted === undefined) {
    const newest = entries.find(({ status }) => status !== "damaged");
    if (newest !== undefined) return newest;
    throw new UsageError(
      `Cannot find a run as one must lie under ${root}: ${
        entries.length === 0 ? "there is none yet" : `none can be read (${entries[0].problem})`
      }`,
    );
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

/** The folder itself when a run has begun in it; else the newest run in it, or in the folders in it. */
async function runFolder(path: string): Promise<string> {
  const folder = path.replace(/(?<=.)\/+$/, "");
  if (await isRunFolder(folder)) return folder;
  const inside = (await foldersIn(folder, () => {})).map((name) => `${folder}/${name}`);
  const below = (await Promise.all(
    inside.map(async (parent) => (await foldersIn(parent, () => {})).map((name) => `${parent}/${name}`)),
  )).flat();
  for (const candidates of [inside, below]) {
    const runs = await Promise.all(candidates.map(async (one) => await isRunFolder(one) ? [one] : []));
    // Names begin with the time.
    const name = (one: string) => one.slice(one.lastIndexOf("/") + 1);
    const newest = runs.flat().sort((a, b) => name(a) < name(b) ? -1 : 1).at(-1);
    if (newest !== undefined) return newest;
  }
  throw new UsageError(
    `"${path}" must be a run folder or hold one, it does not (deno task runs lists the runs)`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
}

/** The folders in a folder that are not hidden, links to folders included; none when it is missing or cannot be read. */
async function foldersIn(path: string, onProblem: OnProblem): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(path)) {
      if (name.startsWith(".") || name.endsWith(SWEEPS)) continue;
      if (isDirectory || (isSymlink && await isFolder(`${path}/${name}`))) names.push(name);
    }
  } catch (thrown) {
    if (!isMissing(thrown)) {
      onProblem(`"${path}" must be a folder that can be read, got: ${messageOf(thrown)}`);
    }
  }
  return names;
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Deno.errors.NotFound;
}
