import { deepStrictEqual as deepEqual, rejects, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/pipeline/events.ts";
import { EarlyStop } from "../../../src/pipeline/sweep/early_stop_schema.ts";
import { openDecisionLog, readDecisions } from "../../../src/sweep/early/decision_log.ts";
import { watchTrial } from "../../../src/sweep/early/watch.ts";
import { withFolder } from "../../run/temporary.ts";

const ASHA = EarlyStop.parse({ kind: "asha", minimumEpochs: 2, reductionFactor: 2 });

/** The events of a training; the loss of each epoch is 100 more than what is validated. */
function eventsOf(validation: readonly number[], { samples = 5, epochs = 20 } = {}): RunEvent[] {
  const training = { type: "training", stage: "train", epochs, validationSamples: samples };
  return [
    training,
    ...validation.map((value, at) => ({
      type: "epoch",
      stage: "train",
      epoch: at + 1,
      loss: value + 100,
      parts: { kl: -value },
      ...(samples > 0 ? { validation: value } : {}),
    })),
  ] as unknown as RunEvent[];
}

/** Watches a trial to the end of its events; how often it was asked to stop, and why. */
async function watched(
  folder: string,
  trial: string,
  events: readonly RunEvent[],
  options = ASHA,
  isComplete = true,
) {
  let stops = 0;
  const log = openDecisionLog(folder);
  const watch = watchTrial({ log, options, trial, stage: "train", onStop: () => void stops++ });
  events.forEach(watch.observe);
  const stopped = await watch.ended(isComplete);
  await new Promise((resolve) => setTimeout(resolve));
  return { stops, stopped };
}

Deno.test("watchTrial() records each decision before it stops a run, and completes a trial that was not stopped", async () => {
  await withFolder(async (folder) => {
    deepEqual(await watched(folder, "a", eventsOf([5, 4, 3, 2, 1, 1])), { stops: 0, stopped: undefined });
    const { stops, stopped } = await watched(folder, "b", eventsOf([9, 8, 0, 0, 0]));
    equal(stops, 1);
    deepEqual(stopped, {
      trial: "b",
      epoch: 2,
      metric: "validation",
      value: 8,
      average: 8.5,
      decision: "stop",
    });
    deepEqual(await readDecisions(folder), [
      { trial: "a", epoch: 2, metric: "validation", value: 4, average: 4.5, decision: "continue" },
      { trial: "a", epoch: 4, metric: "validation", value: 2, average: 3.5, decision: "continue" },
      { trial: "a", complete: true },
      stopped,
    ]);
  });
});

Deno.test("watchTrial() repeats what was decided, and continues from there, when a trial runs again", async () => {
  await withFolder(async (folder) => {
    await watched(folder, "a", eventsOf([5, 4]), ASHA, false);
    await watched(folder, "b", eventsOf([5, 3]), ASHA, false);
    // Compared again, it would be behind "b".
    deepEqual((await watched(folder, "a", eventsOf([5, 4, 3, 2]))).stopped, undefined);
    equal((await readDecisions(folder)).length, 4);
    const before = await readDecisions(folder);
    await watched(folder, "a", eventsOf([5, 4, 3, 2]));
    deepEqual(await readDecisions(folder), before);
  });
});

Deno.test("watchTrial() watches the validation loss, or the loss where there is none, or what is named", async () => {
  for (
    const [metric, samples, value] of [[undefined, 5, 4], [undefined, 0, 104], ["loss", 5, 104], [
      "kl",
      5,
      -4,
    ]] as const
  ) {
    await withFolder(async (folder) => {
      await watched(folder, "a", eventsOf([5, 4], { samples }), { ...ASHA, metric });
      const [first] = await readDecisions(folder);
      equal("value" in first && first.value, value);
    });
  }
});

Deno.test("watchTrial() stops a run whose epochs lack the metric, with a message", async () => {
  await withFolder(async (folder) => {
    let stops = 0;
    const options = { ...ASHA, metric: "klDivergence" }, log = openDecisionLog(folder);
    const watch = watchTrial({ log, options, trial: "a", stage: "train", onStop: () => void stops++ });
    eventsOf([5, 4, 3]).forEach(watch.observe);
    await rejects(
      watch.ended(true),
      /earlyStop\.metric must be one that epochs of train have, got "klDivergence"; they have kl, loss, validation/,
    );
    equal(stops, 1);
    deepEqual(await readDecisions(folder), []);
  });
});

Deno.test("watchTrial() takes no notice of other stages, and decides nothing after the last epoch", async () => {
  await withFolder(async (folder) => {
    const other = eventsOf([1, 1, 1, 1]).map((event) => ({ ...event, stage: "train-2" }) as RunEvent);
    await watched(folder, "a", [...other, ...eventsOf([5, 4], { epochs: 2 })]);
    deepEqual(await readDecisions(folder), [{ trial: "a", complete: true }]);
  });
});
