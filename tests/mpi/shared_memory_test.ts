import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { LOCKED, outcomeOf, ROOT } from "../support/program.ts";
import { hasMpirun, mpirun } from "./mpirun.ts";

const PROGRAM = `${ROOT}tests/mpi/memory_program.ts`;

for (
  const [name, kind] of [
    ["gives memory in which all ranks see what each wrote before a barrier", "seen"],
    ["gives memory to which numbers are moved, and from which they are moved back", "moved"],
    ["gives all ranks none where it would be too large", "too large"],
    ["gives all ranks none where one finds another file at its place", "not found"],
    ["gives ranks on several machines none", "other machines"],
  ]
) {
  Deno.test({
    name: `shareMemory() ${name}, and leaves nothing open`,
    ignore: !hasMpirun() || Deno.build.os !== "linux",
    async fn() {
      const { code, stdout, stderr } = await outcomeOf(
        mpirun(3, ["run", "-A", "--quiet", ...LOCKED, PROGRAM, kind]),
      );
      equal(code, 0, stderr);
      deepEqual(JSON.parse(stdout), [3, 3]);
    },
  });
}
