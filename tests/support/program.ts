/** Runs the real program, as `deno task run` and `deno task plan` do: the same command with the same permissions. */
import config from "../../deno.json" with { type: "json" };

/** The project's root. */
export const ROOT: string = new URL("../../", import.meta.url).pathname;

/** What came of a process. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The arguments of deno by which a task of deno.json starts. */
export function taskArguments(task: "run" | "plan" | "report"): string[] {
  return config.tasks[task].command.split(" ").slice(1);
}

/** Starts a task with more arguments; colours off, no terminal. */
export function start(
  task: "run" | "plan" | "report",
  args: readonly string[],
  env: Record<string, string> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...taskArguments(task), ...args],
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
  task: "run" | "plan" | "report",
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
  const names = [...Deno.readDirSync(parent)].map(({ name }) => name);
  if (names.length !== 1) throw new Error(`${parent} has ${names.length} runs where 1 was expected`);
  return `${parent}/${names[0]}`;
}

/** A file of JSON. */
// deno-lint-ignore no-explicit-any -- tests read what they know is there.
export function readJson(path: string): any {
  return JSON.parse(Deno.readTextFileSync(path));
}
