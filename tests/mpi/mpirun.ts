/** Starts programs under `mpirun`. */
import { ROOT } from "../support/program.ts";

/** Whether the `mpirun` of Open MPI is there. */
export function hasMpirun(): boolean {
  try {
    const { success, stdout } = new Deno.Command("mpirun", { args: ["--version"], stderr: "null" })
      .outputSync();
    return success && new TextDecoder().decode(stdout).includes("Open MPI");
  } catch {
    return false;
  }
}

/** Options of `mpirun` that a test machine needs: tests may run as root, and more ranks than it has cores. */
const OPTIONS = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"];

/** Seconds after which `mpirun` ends its ranks: ranks that wait for one another would do so for ever, and no test takes that long. */
const TIMEOUT = ["--timeout", "300"];

/** Starts `ranks` processes of Deno with these arguments. */
export function mpirun(
  ranks: number,
  args: readonly string[],
  { env = {}, options = [] }: { env?: Record<string, string>; options?: readonly string[] } = {},
): Deno.ChildProcess {
  return new Deno.Command("mpirun", {
    args: [...OPTIONS, ...TIMEOUT, ...options, "-n", String(ranks), Deno.execPath(), ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
