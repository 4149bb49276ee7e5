/** Runs the real program, as `deno task run` and `deno task plan` do: the same command with the same permissions. */
import config from "../../deno.json" with { type: "json" };
import { wordsOf } from "../../src/cli/tasks.ts";

/** The project's root. */
export const ROOT: string = new URL("../../", import.meta.url).pathname;

/** The words by which a test's own process of Deno keeps to the packages that the tests' lock lists. */
export const LOCKED: readonly string[] = [`--lock=${ROOT}tests/deno.lock`];

/** The result of a process. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A task of deno.json. */
export type Task = keyof typeof config.tasks;

/** The arguments of deno by which a task of deno.json starts. */
export function taskArguments(task: Task): string[] {
  return wordsOf(config.tasks[task].command);
}

/** Starts a task with more arguments; colours off, no terminal. A `shell` gets the command as its arguments: `ulimit -t 9; exec "$@"`. */
export function start(
  task: Task,
  args: readonly string[],
  env: Record<string, string> = {},
  shell?: string,
): Deno.ChildProcess {
  const command = [Deno.execPath(), ...taskArguments(task), ...args];
  const [program, ...rest] = shell === undefined ? command : ["sh", "-c", shell, "sh", ...command];
  return new Deno.Command(program, {
    args: rest,
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for the end of a process. */
export async function outcomeOf(process: Deno.ChildProcess): Promise<Outcome> {
  const { code, stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs a task to its end. */
export function runProgram(
  task: Task,
  args: readonly string[],
  env?: Record<string, string>,
): Promise<Outcome> {
  return outcomeOf(start(task, args, env));
}

/** A folder for runs that the task's permissions allow, gone after the test. */
export async function withRunsFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = `runs/test-${crypto.randomUUID().slice(0, 8)}`;
  try {
    await use(folder);
  } finally {
    await Deno.remove(`${ROOT}${folder}`, { recursive: true }).catch(() => {});
  }
}

/** The one run folder under a root and pipeline. */
export function onlyRun(root: string, pipeline: string): string {
  const parent = `${ROOT}${root}/${pipeline}`;
  const names = [...Deno.readDirSync(parent)].map(({ name }) => name).filter((name) => !name.startsWith("."));
  if (names.length !== 1) throw new Error(`${parent} has ${names.length} runs where 1 was expected`);
  return `${parent}/${names[0]}`;
}

/** A file of JSON. */
// deno-lint-ignore no-explicit-any -- tests know the fields.
export function readJson(path: string): any {
  return JSON.parse(Deno.readTextFileSync(path));
}
