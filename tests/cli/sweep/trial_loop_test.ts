import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { endText } from "../../../src/cli/sweep/end_text.ts";
import { sweepStops } from "../../../src/cli/sweep/sweep_stops.ts";
import { runTrials } from "../../../src/cli/sweep/trial_loop.ts";
import type { HostEnd } from "../../../src/cli/sweep/trial_host.ts";
import type { TrialResult } from "../../../src/sweep/result.ts";
import { fixturePlan, fixtureResult } from "../../support/sweep_fixture.ts";

const [trial] = fixturePlan().trials.map((listed) => ({ ...listed, overrides: [] }));

/** Runs one trial that ends in turn as is given; returns what was printed of it. */
async function printed(ends: HostEnd[], giveUp: (reason: string) => TrialResult | undefined) {
  const lines: string[] = [], left = [...ends];
  await runTrials({
    trials: [trial],
    propose: () => Promise.resolve(undefined),
    hosts: [{ run: () => Promise.resolve(left.shift()!), close: () => Promise.resolve() }],
    stops: sweepStops(),
    failFast: false,
    onEnd: (_, end) => void lines.push(endText(end, "runs", "")),
    onWaiting() {},
    giveUp: (_, reason) => Promise.resolve(giveUp(reason)),
  });
  equal(left.length, 0);
  return lines;
}

const died: HostEnd = { kind: "died", reason: "its process was ended by SIGKILL" };

Deno.test("a trial whose process is killed three times is given up, and said to be resumed only twice", async () => {
  const lines = await printed(
    [died, died, died],
    (reason) => fixtureResult(trial, 0, { state: "failed", exitCode: 1, reason, folder: undefined }),
  );
  deepEqual(lines, [
    "its process was ended by SIGKILL; it is resumed",
    "its process was ended by SIGKILL; it is resumed",
    "its process was ended by SIGKILL, 3 times (exit code 1)",
  ]);
});

Deno.test("a trial that another process claims after the third death is left to it, and the sweep continues", async () => {
  const result = fixtureResult(trial, 0.5);
  const lines = await printed(
    [died, died, died, { kind: "taken" }, { kind: "ended", result }],
    () => undefined,
  );
  equal(lines.length, 3);
  equal(lines[2], `done (1.5 s of training)  runs/${result.folder}`);
});

Deno.test("a trial that its own limit has stopped leaves the others running; what else stops one stops all", async () => {
  const trials = fixturePlan().trials.map((listed) => ({ ...listed, overrides: [] }));
  for (const [isOwnLimit, started] of [[true, 4], [false, 1]] as const) {
    const ran: string[] = [], stops = sweepStops();
    await runTrials({
      trials,
      propose: () => Promise.resolve(undefined),
      hosts: [{
        run({ id }) {
          ran.push(id);
          return Promise.resolve({ kind: "stopped", exitCode: 124, reason: "why", run: "a", isOwnLimit });
        },
        close: () => Promise.resolve(),
      }],
      stops,
      failFast: false,
      onEnd() {},
      onWaiting() {},
      giveUp: () => Promise.resolve(undefined),
    });
    deepEqual(ran, trials.slice(0, started).map(({ id }) => id));
    equal(stops.requested()?.exitCode, isOwnLimit ? undefined : 124);
  }
});
