import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { LOCKED, outcomeOf, ROOT } from "../support/program.ts";
import { hasMpirun, mpirun } from "./mpirun.ts";
import { treeSum } from "./sums.ts";

const PROGRAM = `${ROOT}tests/mpi/sums_program.ts`;

/** Ranks share memory on Linux alone. */
const WAYS = Deno.build.os === "linux" ? ["pages", "memory", "messages"] : ["messages"];
const SIZES = [[2, 1000], [3, 1001], [4, 3], [4, 70_001]] as const;

for (const [ranks, length, way] of SIZES.flatMap((sizes) => WAYS.map((way) => [...sizes, way] as const))) {
  Deno.test({
    name:
      `rankCollective() of ${ranks} ranks sums ${length} numbers by ${way} in the order of the tree, with the same bits on all`,
    ignore: !hasMpirun(),
    async fn() {
      const { code, stdout, stderr } = await outcomeOf(
        mpirun(ranks, ["run", "-A", "--quiet", ...LOCKED, PROGRAM, String(length), "3", way]),
      );
      equal(code, 0, stderr);
      const { numbers, differing } = JSON.parse(stdout);
      deepEqual(differing, [0, ranks * (ranks - 1) / 2]);
      deepEqual(Float32Array.from(numbers), treeSum(ranks, length, 2));
    },
  });
}
