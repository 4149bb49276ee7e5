import { deepStrictEqual as deepEqual, match, rejects } from "node:assert/strict";
import { readResults, readStates, resultFile } from "../../src/sweep/result.ts";
import { fixturePlan, fixtureResult, idOf, writeShard } from "../support/sweep_fixture.ts";

const PLAN = fixturePlan(), IDS = PLAN.trials.map(({ id }) => id);
const RESULTS = (["complete", "failed", "stoppedEarly"] as const).map((state, at) =>
  fixtureResult(PLAN.trials[at], 0.5, { state })
);

async function withSweep(use: (folder: string) => Promise<void>): Promise<void> {
  const runs = await Deno.makeTempDir();
  try {
    await use(await writeShard(runs, PLAN, RESULTS));
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
}

Deno.test("readStates() gives the states that readResults() gives", () =>
  withSweep(async (folder) => {
    const states = [...await readStates(folder, IDS)].sort();
    deepEqual(states, RESULTS.map(({ trial, state }) => [trial, state]));
    deepEqual(states, [...await readResults(folder, IDS)].map(([id, { state }]) => [id, state]).sort());
  }));

Deno.test("readStates() refuses what readResults() refuses: a result that was cut off, or is of another version", () =>
  withSweep(async (folder) => {
    const file = resultFile(folder, idOf(0)), text = await Deno.readTextFile(file);
    for (
      const [changed, message] of [
        [text.slice(0, -40), /0000\.json" must be the result of a trial, got: /],
        [
          text.replace(/"schema": \d+/, '"schema": 99'),
          /must have trial schema \d+, got 99: a newer version wrote it/,
        ],
        [text.replace('"complete"', '"done"'), /got: state: /],
        ["", /must be the result of a trial, got: /],
      ] as const
    ) {
      await Deno.writeTextFile(file, changed);
      for (const read of [readStates, readResults]) {
        await rejects(read(folder, IDS), (thrown: Error) => {
          match(thrown.message, message);
          return true;
        });
      }
    }
  }));
