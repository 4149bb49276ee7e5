/** What deno.json says of this program. @module */
import config from "../../deno.json" with { type: "json" };

/** `major.minor.patch` */
export const version: string = config.version;

/** The arguments of deno by which a task starts, permissions included, as far as this process has them itself. */
export function taskArguments(task: "run"): string[] {
  const words = config.tasks[task].command.split(" ").slice(1);
  const hasFfi = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
  return words.filter((word) => hasFfi || word !== "--allow-ffi").map((word) =>
    word.startsWith("src/") ? new URL(`../../${word}`, import.meta.url).href : word
  );
}
