import { equal } from "node:assert/strict";
import { endText, stoppedText } from "../../../src/cli/sweep/end_text.ts";
import { stopReason } from "../../../src/run/stop.ts";
import { fixturePlan, fixtureResult } from "../../support/sweep_fixture.ts";

Deno.test("endText() names no option that sweep does not have", () => {
  for (const cause of ["time", "epochs", "SIGUSR1"] as const) {
    const end = {
      kind: "stopped",
      exitCode: 124,
      reason: stopReason(cause),
      run: "a",
      isOwnLimit: false,
    } as const;
    equal(endText(end, "runs", "").includes("--resume"), false, cause);
  }
  const end = {
    kind: "stopped",
    exitCode: 124,
    reason: stopReason("time"),
    run: "a",
    isOwnLimit: false,
  } as const;
  equal(endText(end, "runs", ""), "--max-time reached (exit code 124)");
});

Deno.test("stoppedText() says how much has ended, and what runs the rest", () => {
  equal(
    stoppedText({ isFailed: false, ended: 1, total: 3 }),
    "stopped: 1 of 3 trials have ended, the same command runs the others",
  );
  equal(
    stoppedText({ isFailed: true, ended: 2, total: 4 }),
    "stopped after a trial failed (--fail-fast): 2 of 4 trials have ended, the same command runs the others",
  );
});

Deno.test("endText() sums the seconds of all trainings", () => {
  const [trial] = fixturePlan().trials,
    metrics = { train: { seconds: 1.5 }, evaluate: { mse: 1 }, train2: { seconds: 2.25 } };
  const result = fixtureResult(trial, 1, { metrics, folder: undefined });
  equal(endText({ kind: "ended", result }, "runs", ""), "done (3.8 s of training)");
});
