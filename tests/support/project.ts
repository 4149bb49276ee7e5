/** Folders outside of this repository, and what a person types in them. @module */
import type { Outcome } from "./program.ts";

/** A new empty folder outside of this repository, gone after the test. */
export async function withEmptyFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "hourglass project " }));
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a program in a folder to its end: `typed(folder, [Deno.execPath(), "task", "run", "x.ts"])`. */
export async function typed(
  cwd: string,
  [program, ...args]: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The paths of all files in a folder, from it. */
export function filesIn(folder: string): string[] {
  const walk = (under: string): string[] =>
    [...Deno.readDirSync(`${folder}/${under}`)].flatMap(({ name, isDirectory }) =>
      isDirectory ? walk(`${under}${name}/`) : [`${under}${name}`]
    );
  return walk("").sort();
}

/** The text of each file in a folder, by its path. */
export function textsIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    filesIn(folder).map((file) => [file, Deno.readTextFileSync(`${folder}/${file}`)]),
  );
}
