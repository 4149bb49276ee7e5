/**
 * Lists runs and their status.
 *
 * @module
 */
import { messageOf, nearest, UsageError } from "../core/errors.ts";
import { typed } from "../core/typed_command.ts";
import { type GATE_FAILED, shownStatus } from "../pipeline/gates.ts";
import type { OtherVersion } from "../core/schema_version.ts";
import { folderName, SHARDS, SWEEPS } from "./folder_name.ts";
import { isLocked } from "./lock.ts";
import { openRecord, type RunRecord } from "./record.ts";

/**
 * The status of a run. `crashed`: its record says that it is running, but no process holds its lock. `damaged`: it has no readable record.
 * `gate failed`: it is complete, but a metric violates a condition of `--fail-if`. `older version`, `newer version`: that version of this
 * program wrote its record, which is not read.
 */
export type RunStatus =
  | RunRecord["status"]
  | typeof GATE_FAILED
  | "crashed"
  | "damaged"
  | `${OtherVersion["age"]} version`;

/** A run as a list shows it. */
export interface RunEntry {
  readonly id: string;
  readonly pipeline: string;
  readonly folder: string;
  readonly status: RunStatus;
  readonly record: RunRecord | undefined;
  /** Why it has no record, with the file's name. */
  readonly problem?: string;
  /** When another version of this program wrote it. Then nothing of it is read. */
  readonly other?: OtherVersion;
}

/** Called with a message about a skipped or damaged entry, including its path. */
export type OnProblem = (problem: string) => void;

/** The status of a run, from its record, or the other version that wrote it, and its lock. */
export async function statusOf(
  folder: string,
  record: RunRecord | undefined,
  other?: OtherVersion,
): Promise<RunStatus> {
  const isLive = await isLocked(`${folder}/lock`).catch(() => false);
  if (isLive) return "running";
  if (other !== undefined) return `${other.age} version`;
  if (record === undefined) return "damaged";
  return record.status === "running" ? "crashed" : shownStatus(record);
}

/**
 * The runs under a folder, the newest first; those of one pipeline when it is given. Unreadable entries and folders
 * that are not runs are reported and skipped; a run with a damaged record is reported and listed.
 */
export async function listRuns(
  root: string,
  pipeline?: string,
  onProblem: OnProblem = () => {},
): Promise<RunEntry[]> {
  const parents = pipeline === undefined ? await foldersIn(root, onProblem) : [folderName(pipeline)];
  const found = await Promise.all(parents.map(async (parent) => {
    const folders = (await foldersIn(`${root}/${parent}`, onProblem)).map((id) => `${root}/${parent}/${id}`);
    return await Promise.all(folders.map((folder) => entryOf(folder, onProblem)));
  }));
  const entries = found.flat().filter((entry) => entry !== undefined);
  // By the folder's name, which begins with the time; the id comes from a file that may be wrong.
  const name = ({ folder }: RunEntry) => folder.slice(folder.lastIndexOf("/") + 1);
  return entries.filter(({ record }) => (record?.pipeline ?? pipeline) === pipeline || pipeline === undefined)
    .sort((a, b) => name(a) < name(b) ? 1 : -1);
}

/** The entry of a run; `undefined` for a folder that is not a run. */
async function entryOf(folder: string, onProblem: OnProblem): Promise<RunEntry | undefined> {
  if (!await isRunFolder(folder)) {
    onProblem(`"${folder}" is not a run: it has neither run.json nor events.jsonl`);
    return undefined;
  }
  const entry = await readRun(folder);
  const isReported = entry.status !== "running" || entry.other !== undefined;
  if (entry.problem !== undefined && isReported) onProblem(entry.problem);
  return entry;
}

/** Whether a run was started in a folder. */
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
  const { record, problem, other } = await openRecord(path);
  return {
    id: record?.id ?? id,
    pipeline: record?.pipeline ?? pipeline,
    folder: path,
    status: await statusOf(path, record, other),
    record,
    ...(problem === undefined ? {} : { problem }),
    ...(other === undefined ? {} : { other }),
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
    const newest = entries.find(({ status, other }) => status !== "damaged" && other === undefined);
    if (newest !== undefined) return newest;
    throw new UsageError(
      `"${root}" must hold a run, got ${
        entries.length === 0
          ? `none (${typed("run FILE")} starts one)`
          : `none that can be read (${entries[0].problem})`
      }`,
    );
  }
  const exact = entries.filter(({ id }) => id === wanted);
  const found = exact.length > 0 ? exact : entries.filter(({ id }) => id.endsWith(wanted));
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    const folders = found.map(({ folder }) => folder).join(", ");
    throw new UsageError(
      `run "${wanted}" must match one id, got several: ${folders} (give more of the id, or a folder)`,
    );
  }
  const near = nearest(wanted, entries.map(({ id }) => id));
  throw new UsageError(
    `run must be a folder, an id or the end of one under ${root}, got "${wanted}"${
      near === undefined ? "" : ` (did you mean "${near}"?)`
    }`,
  );
}

/**
 * Finds a run whose content is going to be read, see {@link findRun}.
 *
 * @throws {UsageError} When there is none, or several, or another version of this program wrote it.
 */
export async function findOwnRun(root: string, wanted?: string): Promise<RunEntry> {
  const entry = await findRun(root, wanted);
  if (entry.other !== undefined) throw new UsageError(entry.other.message);
  return entry;
}

/** The folder itself when a run was started in it; else the newest run in it, or in the folders in it. */
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
    `"${path}" must be a run folder or hold one, it does not (${typed("runs")} lists the runs)`,
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
      if (name.startsWith(".") || name.endsWith(SWEEPS) || name.endsWith(SHARDS)) continue;
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
