/**
 * Folders outside of `runs/` that a command line names: the tasks may not write there, so the command is started again with the permission
 * to write to exactly these.
 *
 * @module
 */
import { UsageError } from "../core/errors.ts";
import { redactArguments } from "../core/secrets.ts";
import { forwardSignals } from "./runner.ts";
import { isTask, taskArguments } from "./version.ts";

/** Options whose value is a place to write to: a folder, or a file, whose folder gets temporary names. */
const FOLDERS = ["--runs", "--resume"], FILES = ["--out", "-o"];
/** Options without a value: what follows them may be a run. */
const FLAGS = ["--all", "--after-batch", "--debug", "--json", "--now", "--yes"];
/** Commands whose arguments are runs, into whose folders they write. */
const ON_RUNS = ["explore", "monitor", "report", "runs", "stop"];

/** The folders that a command line wants to write to, as far as they are named. */
export function writtenFolders(args: readonly string[]): string[] {
  const folders: string[] = [];
  for (let at = 1; at < args.length; at++) {
    const [, name, inline] = /^(-o|--[\w-]+)(?:=(.*))?$/s.exec(args[at]) ?? [undefined, undefined, undefined];
    if (name === undefined) {
      // A run is removed from the folder that it lies in, and from the cache beside that.
      const isRemoved = args[0] === "runs" && args.includes("rm");
      if (ON_RUNS.includes(args[0]) && isFolder(args[at])) {
        folders.push(isRemoved ? rootOf(args[at]) : args[at]);
      }
      continue;
    }
    if (FLAGS.includes(name)) continue;
    const value = inline ?? args[++at];
    if (value === undefined || value === "") continue;
    if (FILES.includes(name)) folders.push(value.replace(/[^/\\]*$/, "") || ".");
    // An id or a word of --resume is no folder.
    else if (name === "--runs" || (FOLDERS.includes(name) && isFolder(value))) folders.push(value);
  }
  return [...new Set(folders)];
}

/** The folder of runs that a run's folder lies in: `runs` of `runs/mnist-vae/20261128-210512-4f2a`. */
function rootOf(run: string): string {
  return run.replace(/[/\\]+$/, "").split(/[/\\]/).slice(0, -2).join("/") || ".";
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** Commands that only read, wherever runs lie. */
const READING = ["plan"];

/**
 * Runs the command in a process that may write to the folders it names, and gives its exit code; `undefined` when this process may, or may
 * not start another (what it cannot write is an error of its own then).
 *
 * @throws {UsageError} When a path cannot be allowed.
 */
export async function runWithAccess(args: readonly string[]): Promise<number | undefined> {
  const [task] = args;
  if (!isTask(task) || READING.includes(task)) return undefined;
  const missing = writtenFolders(args).filter((path) => !isGranted({ name: "write", path }));
  if (missing.length === 0 || !isGranted({ name: "run", command: Deno.execPath() })) return undefined;
  // It has the permission already, and Deno grants no more of it: a link that leads elsewhere, for example.
  if (isGranted({ name: "env", variable: STARTED }) && Deno.env.get(STARTED) !== undefined) return undefined;
  const comma = missing.find((path) => path.includes(","));
  if (comma !== undefined) {
    throw new UsageError(
      `"${comma}" must have no comma to be written to (Deno takes what follows for another path)`,
    );
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: [...taskArguments(task, missing), ...args.slice(1)],
    env: { [STARTED]: redactArguments(missing).join(" ") },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  forwardSignals(child);
  const { code } = await child.status;
  return code;
}

/** Set in the environment of the process that was started with the permission, so that none starts without end. */
const STARTED = "HOURGLASS_WRITABLE";
