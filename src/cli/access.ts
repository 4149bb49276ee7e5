/**
 * Permissions for the paths that a command line names. Tasks may write to `runs/` at most, so a command that names another folder is started
 * again in a process that may write to exactly this folder; one that uses a model may also read nothing but what it names.
 *
 * @module
 */
import { UsageError } from "../core/errors.ts";
import { redactArguments } from "../core/secrets.ts";
import { forwardSignals } from "./background.ts";
import { isFolder, isModelCommand, modelOutputs, modelReadable } from "./model_access.ts";
import { type Access, isTask, taskArguments } from "./tasks.ts";

/** Options whose value is written to: a folder, or a file, whose folder gets temporary files. */
const FOLDERS = ["--runs", "--dvc"], FILES = ["--out", "-o"];
/** Options without a value: the next argument is a run, or another option. */
const FLAGS = [
  ...[
    "--all",
    "--allow-partial",
    "--after-batch",
    "--csv",
    "--debug",
    "--detach",
    "--exclusive",
    "--fail-fast",
    "--json",
    "--keep-going",
    "--list",
    "--needed",
    "--no-cache",
  ],
  ...["--no-report", "--no-tensorboard", "--now", "--single", "--tensorboard", "--yes"],
];
/** Commands whose arguments are runs to whose folders they write. */
const ON_RUNS = ["explore", "monitor", "report", "runs", "stop"];

/** Commands whose --out is a folder that they make, not a file in one. */
const WHOLE_FOLDERS = ["merge"];
/** Commands whose argument is a folder that they make. */
const MAKING = ["init"];

/** The folders that a command line names and writes to, and the files of commands that write to one file. */
export function writtenFolders(args: readonly string[]): string[] {
  if (isModelCommand(args[0])) return modelOutputs(args);
  const folders: string[] = [];
  for (let at = 1; at < args.length; at++) {
    const [, name, inline] = /^(-o|--[\w-]+)(?:=(.*))?$/s.exec(args[at]) ?? [undefined, undefined, undefined];
    if (name === undefined) {
      // Removing a run writes to its parent folder, and to the cache next to it.
      const isRemoved = args[0] === "runs" && args.includes("rm");
      if (MAKING.includes(args[0])) folders.push(args[at]);
      if (ON_RUNS.includes(args[0]) && isFolder(args[at])) {
        folders.push(isRemoved ? rootOf(args[at]) : sweepsRootOf(args[at]) ?? args[at]);
      }
      continue;
    }
    if (FLAGS.includes(name)) continue;
    const value = inline ?? args[++at];
    if (value === undefined || value === "") continue;
    if (WHOLE_FOLDERS.includes(args[0]) && FILES.includes(name)) folders.push(value);
    else if (FILES.includes(name)) folders.push(value.replace(/[^/\\]*$/, "") || ".");
    // An id or a word of --resume is no folder.
    else if (FOLDERS.includes(name) || (name === "--resume" && isFolder(value))) folders.push(value);
  }
  return [...new Set(folders)];
}

/** The folder of runs that contains a run's folder: `runs` of `runs/mnist-vae/20261128-210512-4f2a`. */
function rootOf(run: string): string {
  return run.replace(/[/\\]+$/, "").split(/[/\\]/).slice(0, -2).join("/") || ".";
}

/** The folder of runs that contains the folder of a sweep, as its trials are written to, too; `undefined` for another folder. */
function sweepsRootOf(path: string): string | undefined {
  const found = /^(?:(.*)[/\\])?[^/\\]+\.sweep(?:[/\\][^/\\]+)?[/\\]*$/.exec(path);
  return found === null ? undefined : found[1] === "" ? "/" : found[1] ?? ".";
}

function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** Commands that only read. */
const READING = ["plan"];

/** What a command line may read and write in addition to its task, or, of a command that uses a model, instead. */
export async function accessOf(args: readonly string[]): Promise<Access> {
  const writable = allowedFolders(writtenFolders(args));
  return isModelCommand(args[0]) ? { writable, readable: await modelReadable(args) } : { writable };
}

/**
 * Runs the command in a process that may write to the folders it names, and returns its exit code; `undefined` when this process already
 * may, or when it may not start another (a failed write is then reported as an error).
 *
 * @throws {UsageError} When a path cannot be allowed.
 */
export async function runWithAccess(args: readonly string[]): Promise<number | undefined> {
  const [task] = args;
  if (!isTask(task) || READING.includes(task)) return undefined;
  const missing = writtenFolders(args).filter((path) => !isGranted({ name: "write", path }));
  if (missing.length === 0 || !isGranted({ name: "run", command: Deno.execPath() })) return undefined;
  // It was started with the permission already, and more is not possible: the path may be a link to elsewhere, for example.
  if (isGranted({ name: "env", variable: STARTED }) && Deno.env.get(STARTED) !== undefined) return undefined;
  const words = [...taskArguments(task, await accessOf(args)), ...args.slice(1)];
  return await startDeno(words, { [STARTED]: redactArguments(missing).join(" ") });
}

/** Folders that a permission can name. @throws {UsageError} When one cannot be named. */
function allowedFolders(folders: readonly string[]): readonly string[] {
  const comma = folders.find((path) => path.includes(","));
  if (comma === undefined) return folders;
  throw new UsageError(
    `"${comma}" must have no comma to be written to (Deno reads the text after it as another path)`,
  );
}

/** Starts Deno on this process's terminal, forwards signals to it, and returns its exit code. */
export async function startDeno(args: string[], env: Record<string, string>): Promise<number> {
  const io = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  const child = new Deno.Command(Deno.execPath(), { args, env, ...io }).spawn();
  forwardSignals(child);
  const { code } = await child.status;
  return code;
}

/** Set in the environment of the process that was started with the permission, to prevent endless restarts. */
const STARTED = "HOURGLASS_WRITABLE";
