// deno-lint-ignore-file no-console -- a program of its own.
/**
 * `deno task test:mpi`: the tests of trainings on several ranks, with the `mpirun` of this machine. Where there is none it is installed, if that
 * takes no more than apt-get as root; else the tests are skipped.
 */
import { ROOT } from "../support/program.ts";

/** The packages of Debian and Ubuntu: the launcher, and the library. */
const PACKAGES = ["openmpi-bin", "libopenmpi3"];

/** Runs a command without output; returns what it has printed, or `undefined` when it fails. */
async function output(command: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(command, { args, stdin: "null", stderr: "null" })
      .output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** The version line of Open MPI's `mpirun`: `mpirun (Open MPI) 4.1.4`. */
async function mpirunVersion(): Promise<string | undefined> {
  const line = (await output("mpirun", "--version"))?.split("\n")[0];
  return line?.includes("Open MPI") ? line : undefined;
}

/** What is used, or why the tests are skipped. */
async function prepare(): Promise<{ using: string } | { skipped: string }> {
  const found = await mpirunVersion();
  if (found !== undefined) return { using: found };
  if (Deno.uid() !== 0) return { skipped: "there is no mpirun of Open MPI, and only root can install it" };
  if (await output("apt-get", "--version") === undefined) {
    return { skipped: "there is no mpirun of Open MPI, and no apt-get to install it" };
  }
  const install = () => output("apt-get", "install", "-y", "--no-install-recommends", ...PACKAGES);
  if (await install() === undefined && await output("apt-get", "update") !== undefined) await install();
  const installed = await mpirunVersion();
  if (installed === undefined) return { skipped: `apt-get could not install ${PACKAGES.join(" and ")}` };
  return { using: `${installed}, installed by apt-get` };
}

const prepared = await prepare();
if ("skipped" in prepared) {
  console.log(`skipped: ${prepared.skipped}`);
  Deno.exit(0);
}
console.log(`using ${prepared.using}`);
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--quiet", "--lock=tests/deno.lock", "tests/mpi"],
  cwd: ROOT,
}).spawn().status;
Deno.exit(code);
