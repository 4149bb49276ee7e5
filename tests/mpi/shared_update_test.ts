import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { LOCKED, outcomeOf, ROOT } from "../support/program.ts";
import { hasMpirun, mpirun } from "./mpirun.ts";
import { treeSum } from "./sums.ts";

const PROGRAM = `${ROOT}tests/mpi/update_program.ts`, TIMES = 3;

for (const [ranks, length] of [[2, 1000], [3, 1003], [4, 21], [4, 70_001]]) {
  Deno.test({
    name:
      `connectUpdate() lets each of ${ranks} ranks update its range of one state by the sum of ${length} numbers, which all see`,
    ignore: !hasMpirun() || Deno.build.os !== "linux",
    async fn() {
      const args = ["run", "-A", "--quiet", ...LOCKED, PROGRAM, String(length), String(TIMES)];
      const { code, stdout, stderr } = await outcomeOf(mpirun(ranks, args));
      equal(code, 0, stderr);
      const seen: { state: number[]; kept: number[]; sum: number[]; rests: number[][]; range: number[] }[] =
        JSON.parse(stdout);
      const gradients = (length - 3) & ~3, state = new Float32Array(2 * length).fill(1);
      const sums = Array.from({ length: TIMES }, (_, time) => treeSum(ranks, length, time));
      for (const sum of sums) {
        for (let at = 0; at < gradients; at++) {
          state[at] += sum[at];
          state[length + at] -= sum[at];
        }
      }
      for (const rank of seen) {
        deepEqual(Float32Array.from(rank.state), state);
        deepEqual(Float32Array.from(rank.kept), state);
        deepEqual(rank.rests.map((rest) => Float32Array.from(rest)), sums.map((sum) => sum.slice(gradients)));
        deepEqual(Float32Array.from(rank.sum), sums.at(-1));
      }
      let end = 0;
      for (const { range: [first, count] } of seen) {
        equal(first, end);
        ok(first % 16 === 0 || count === 0);
        equal(count % 4, 0);
        end += count;
      }
      equal(end, gradients);
    },
  });
}
