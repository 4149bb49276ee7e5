/** A folder of pictures, and processes of their own that open it. @module */
import { ROOT, taskArguments } from "../support/program.ts";

/** Pictures `photos/<label>/<number>.pgm` of 3x2; each has pixels of its own. */
export function pictures(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, k) => {
      const pixels = [k % 256, k >> 8, (7 * k) % 256, 0, 255, (k * k) % 256];
      return [`photos/${k < count / 2 ? "a" : "b"}/${1000 + k}.pgm`, `P2 2 3 255 ${pixels.join(" ")}`];
    }),
  );
}

/** The names in a folder, sorted. */
export const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** A process that opens `photos` in a folder, with the permissions of the task `run` or with others. */
export function startProcess(
  folder: string,
  args: readonly string[],
  permissions?: readonly string[],
): Deno.ChildProcess {
  const task = taskArguments("run"), granted = task.slice(0, task.indexOf("src/cli/start.ts"));
  const script = `${ROOT}tests/data/open_pictures.ts`;
  return new Deno.Command(Deno.execPath(), {
    args: [...permissions ?? granted, "--config", `${ROOT}deno.json`, script, "photos", ...args],
    cwd: folder,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** The log of a process, and its result: the data set or an error. */
export async function outputOf(process: Deno.ChildProcess) {
  const { stdout } = await process.output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
  return { logged: lines.flatMap(({ log }) => log ?? []) as string[], ...lines.at(-1) };
}
