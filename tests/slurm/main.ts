// deno-lint-ignore-file no-console -- a program of its own.
/**
 * `deno task test:slurm`: runs an emitted sweep on a real Slurm on this machine. Where there is none it is installed, if that takes no more
 * than apt-get as root; else the tests are skipped.
 */
import { ROOT } from "../support/program.ts";
import { findSlurm } from "../support/slurm.ts";

const found = await findSlurm();
if ("missing" in found) {
  console.log(`0 passed | 0 failed | skipped: ${found.missing}`);
  Deno.exit(0);
}
console.log(`using ${found.how}`);
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--quiet", "--lock=tests/deno.lock", "tests/slurm"],
  cwd: ROOT,
}).spawn().status;
Deno.exit(code);
