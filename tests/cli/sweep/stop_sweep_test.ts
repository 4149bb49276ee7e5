import { equal, match, ok } from "node:assert/strict";
import { claimTrial } from "../../../src/sweep/claim.ts";
import { watchSweepStop } from "../../../src/sweep/stop_request.ts";
import { ROOT, runProgram, withRunsFolder } from "../../support/program.ts";
import { fixturePlan, idOf, writeShard } from "../../support/sweep_fixture.ts";

Deno.test("stop with the folder of a sweep stops its trials and waits for their end, and refuses one that does not run", () =>
  withRunsFolder(async (runs) => {
    const folder = await writeShard(`${ROOT}${runs}`, fixturePlan(), []);
    const claim = await claimTrial(folder, idOf(0), { pid: Deno.pid, host: "fox" });
    ok(claim !== undefined && "release" in claim);
    const asked: string[] = [];
    const watch = watchSweepStop(folder, (stop) => {
      asked.push(stop);
      claim.release();
    });
    const stopped = await runProgram("stop", [folder]);
    watch.close();
    equal(stopped.code, 0, stopped.stderr);
    match(stopped.stdout, /: stop requested\n.*: stopped\n$/s);
    equal(asked.join(), "batch");
    const again = await runProgram("stop", [folder]);
    equal(again.code, 2, again.stdout);
    match(again.stderr, /must be running to be stopped, got: none of its trials is running/);
  }));
