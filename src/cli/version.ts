/** The version and tasks of this program, from deno.json. @module */
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };

/** `major.minor.patch` */
export const version: string = config.version;

/**
 * The arguments of Deno in a task's command, which first checks Deno's version and then starts the program.
 *
 * The task's shell replaces `$DENO` by Deno's own path: a plain name would have to be on the PATH, where npm does not put it.
 */
export function wordsOf(command: string): string[] {
  const own = command.split(" && ").at(-1)!;
  return own.split(" ").slice(1).map((word) => word.replaceAll('"', "").replace("$DENO", Deno.execPath()));
}

/** A task that starts this program. */
type OwnTask = "run" | "plan" | "monitor" | "runs" | "stop" | "gc" | "explore" | "report" | "experiments";

/** Whether a task of this name starts this program. */
export function isTask(name: string | undefined): name is OwnTask {
  return name !== undefined && Object.hasOwn(config.tasks, name) &&
    wordsOf(config.tasks[name as OwnTask].command).includes("src/cli/start.ts");
}

/**
 * The arguments of Deno that start a task, including the permissions that this process has itself.
 *
 * @param writable Additional folders that it may write to. @default {none}
 */
export function taskArguments(task: OwnTask, writable: readonly string[] = []): string[] {
  const words = wordsOf(config.tasks[task].command).map((word) =>
    word.startsWith("--allow-write=") ? [word, ...writable].join(",") : word
  );
  const hasFfi = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
  return words.filter((word) => hasFfi || word !== "--allow-ffi").map((word) =>
    word.startsWith("src/")
      ? fromRoot(word).href
      : word.startsWith(LOCK)
      ? LOCK + fileURLToPath(fromRoot(word.slice(LOCK.length)))
      : word
  );
}

const LOCK = "--lock=";

function fromRoot(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}
