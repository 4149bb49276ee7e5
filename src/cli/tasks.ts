/**
 * The tasks of deno.json: the one table of commands and of what each of them may do. Child processes, the projects that `init` writes
 * and the installed command take their permissions from it, so a command that is added there works everywhere.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { findProject, NAME } from "./project.ts";

/** A task of deno.json. */
export interface Task {
  readonly description: string;
  readonly command: string;
}

const TASKS: Readonly<Record<string, Task>> = config.tasks;
/** The program, and the flag for the lock, as the commands of tasks name them. */
const START = "src/cli/start.ts", LOCK = "--lock=", WRITE = "--allow-write=", READ = "--allow-read";
/** Tasks about this repository itself. */
export const ONLY_HERE: readonly string[] = ["experiments"];
/** Tasks that load a person's own module, which may import what a project's configuration maps. */
const LOADING = ["run", "run:wasm", "sweep", "plan"];

/**
 * The arguments of Deno in a task's command, which first checks Deno's version and then starts the program.
 *
 * The task's shell replaces `$DENO` by Deno's own path: a plain name would have to be on the PATH, where npm does not put it.
 */
export function wordsOf(command: string): string[] {
  const own = command.split(" && ").at(-1)!;
  return own.split(" ").slice(1).map((word) => word.replaceAll('"', "").replace("$DENO", Deno.execPath()));
}

/** Whether a task of this name starts this program. */
export function isTask(name: string | undefined): name is string {
  return name !== undefined && Object.hasOwn(TASKS, name) && wordsOf(TASKS[name].command).includes(START);
}

/** The tasks that a project outside of this repository has as well, of this version or another. */
export function projectTasks(tasks: Readonly<Record<string, Task>> = TASKS): [name: string, task: Task][] {
  return Object.entries(tasks).filter(([name, { command }]) =>
    wordsOf(command).includes(START) && ![...ONLY_HERE, "init"].includes(name)
  );
}

/** The least version of Deno, which every task checks. */
export const LEAST_DENO: string = /require_deno\.ts (\S+)/.exec(config.tasks.run.command)![1];

/** What a process may read and write besides the permissions of its task. */
export interface Access {
  /** Additional paths that it may write to. @default {none} */
  readonly writable?: readonly string[];
  /** The only paths that it may read. @default {all} */
  readonly readable?: readonly string[];
}

/** The arguments of Deno that start a task in the working directory, with the permissions that this process has itself. */
export function taskArguments(task: string, access: Access = {}): string[] {
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  const words = commandArguments(task, access);
  return state === "granted" ? words : words.filter((word) => word !== "--allow-ffi");
}

/** The same with all permissions of the task. */
export function commandArguments(task: string, { writable = [], readable }: Access = {}): string[] {
  const words = wordsOf(TASKS[task].command).flatMap((word) => {
    if (word === READ && readable !== undefined) return [`${READ}=${readable.join(",")}`];
    if (word.startsWith(WRITE)) return [[word, ...writable].join(",")];
    if (word.startsWith(LOCK)) return lockArguments(task, word.slice(LOCK.length));
    return word === START ? [fromRoot(word).href] : [word];
  });
  if (writable.length === 0 || words.some((word) => word.startsWith(WRITE))) return words;
  return words.toSpliced(words.indexOf("--no-prompt"), 0, WRITE + writable.join(","));
}

/** The arguments of Deno that start the program without a command: it can only read. */
export function helpArguments(): string[] {
  return commandArguments("init").filter((word) => !word.startsWith("--allow-run")).slice(0, -1);
}

/**
 * The lock and the configuration. A task that loads a module takes those of the project in the working directory; for all others the
 * configuration of a folder, which may be anybody's, must not change what the program is.
 */
function lockArguments(task: string, own: string): string[] {
  const project = LOADING.includes(task) ? findProject(Deno.cwd()) : undefined;
  if (project !== undefined) return [`--config=${project.config}`, `${LOCK}${project.folder}/deno.lock`];
  const lock = fromRoot(own);
  if (lock.protocol !== "file:") return ["--no-lock", ownMap()];
  // A module elsewhere must not add packages to our lock.
  const isElsewhere = Deno.cwd() !== fileURLToPath(fromRoot(".")).replace(/[/\\]$/, "");
  return [LOCK + fileURLToPath(lock), ...(isElsewhere ? ["--frozen"] : [])];
}

/** What our configuration, which a published version does not have, maps for files outside of a project. */
function ownMap(): string {
  const imports = { [NAME]: fromRoot("mod.ts").href };
  return `--import-map=data:application/json,${encodeURIComponent(JSON.stringify({ imports }))}`;
}

/** The address of a file of this program, given its path from the root; `.` is the root. */
export function fromRoot(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}
