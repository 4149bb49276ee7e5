import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import type { EventOf } from "../../../src/pipeline/events.ts";
import type { EarlyStopOptions } from "../../../src/pipeline/sweep/early_stop.ts";
import { EarlyStop } from "../../../src/pipeline/sweep/early_stop_schema.ts";
import { followCourse } from "../../../src/sweep/early/course.ts";
import type { Course, LogEntry } from "../../../src/sweep/early/decision.ts";
import { completedTrials, decisionOf, isDecided, stopOf } from "../../../src/sweep/early/rules.ts";

const asha = (options: Partial<EarlyStopOptions> = {}) => EarlyStop.parse({ kind: "asha", ...options });
const median = (options: Partial<EarlyStopOptions> = {}) => EarlyStop.parse({ kind: "median", ...options });

/** Runs trials one after the other to the end or a stop, each given by its metric after every epoch; the epochs that each had. */
function epochsOf(curves: readonly (number | null)[][], options: EarlyStop): number[] {
  const log: LogEntry[] = [];
  return curves.map((curve, at) => {
    const trial = `trial ${at}`, add = followCourse({ validationSamples: 0 }, options);
    for (const [before, loss] of curve.entries()) {
      const now = add({ epoch: before + 1, loss } as EventOf<"epoch">);
      if (!isDecided(now.epoch, options, curve.length)) continue;
      const decision = decisionOf(trial, now, log, options);
      log.push(decision);
      if (decision.decision === "stop") return now.epoch;
    }
    log.push({ trial, complete: true });
    return curve.length;
  });
}

const constant = (value: number | null, epochs: number) => Array<number | null>(epochs).fill(value);

Deno.test("isDecided() has rungs at r, r h, r h^2, ... below the maximum of the sweep and of the training", () => {
  const rungs = (options: EarlyStop, epochs: number) =>
    Array.from({ length: 300 }, (_, at) => at + 1).filter((epoch) => isDecided(epoch, options, epochs));
  deepEqual(rungs(asha(), 300), [10, 30, 90, 270]);
  deepEqual(rungs(asha(), 90), [10, 30]);
  deepEqual(rungs(asha({ minimumEpochs: 1, reductionFactor: 4, maximumEpochs: 20 }), 300), [1, 4, 16]);
  deepEqual(rungs(median({ minimumEpochs: 5, everyEpochs: 20 }), 66), [5, 25, 45, 65]);
  deepEqual(rungs(median({ minimumEpochs: 5, everyEpochs: 20 }), 65), [5, 25, 45]);
});

Deno.test("ASHA lets the best third of a rung continue, and the best one while there are fewer than three", () => {
  // At the rung after epoch 1: 5 is alone; 6 is behind it; 4 is the best of 3; 4.5 is the second of 4, of which one continues; 4.4 too;
  // of six two continue: 4.3 is the second; of seven two: 4.35 is the third.
  const options = asha({ minimumEpochs: 1, maximumEpochs: 3 });
  const values = [5, 6, 4, 4.5, 4.4, 4.3, 4.35];
  deepEqual(epochsOf(values.map((value) => constant(value, 9)), options), [9, 1, 9, 1, 1, 9, 1]);
});

Deno.test("ASHA compares within a rung only, by the metric after its epoch", () => {
  // The second is worse after epoch 1 and would win after epoch 3; the third is better first and is stopped at the second rung.
  const curves = [[5, 5, 5, 5], [6, 1, 1, 1], [4, 9, 9, 9]];
  deepEqual(epochsOf(curves, asha({ minimumEpochs: 1 })), [4, 1, 3]);
});

Deno.test("ASHA goes by the direction, lets equal ones continue, and takes what is not finite for the worst", () => {
  const options = asha({ minimumEpochs: 1, direction: "higher" });
  deepEqual(epochsOf([0.5, 0.4, 0.5, 0.6].map((value) => constant(value, 3)), options), [3, 1, 3, 3]);
  deepEqual(epochsOf([null, 0.4, null].map((value) => constant(value, 3)), options), [3, 3, 1]);
});

Deno.test("ASHA never stops the best of a rung so far, and of many equal chances about one of h continues", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 60 }),
    fc.integer({ min: 2, max: 5 }),
    (values, reductionFactor) => {
      const options = asha({ minimumEpochs: 1, reductionFactor, maximumEpochs: 2 });
      const epochs = epochsOf(values.map((value) => constant(value, 5)), options);
      let best = Infinity;
      for (const [at, value] of values.entries()) {
        if (value <= best) equal(epochs[at], 5);
        best = Math.min(best, value);
      }
    },
  ));
  const values = Array.from({ length: 900 }, (_, at) => (at * 611 + 307) % 900);
  const epochs = epochsOf(values.map((value) => constant(value, 2)), asha({ minimumEpochs: 1 }));
  const share = epochs.filter((epoch) => epoch === 2).length / 900;
  ok(Math.abs(share - 1 / 3) < 0.05, String(share));
});

Deno.test("the median rule stops a trial whose best is worse than the median of the others' means", () => {
  const options = median({ minimumEpochs: 2, everyEpochs: 2, minimumTrials: 3 });
  // Means after epoch 2: 5 (of 6 and 4), 3, 8; their median is 5. A best of 5 continues, one of 5.1 does not.
  const first = [[6, 4, 4, 4, 4], [3, 3, 3, 3, 3], [8, 8, 8, 8, 8]];
  deepEqual(epochsOf([...first, [9, 5, 1, 1, 1]], options), [5, 5, 5, 5]);
  deepEqual(epochsOf([...first, [5.1, 7, 1, 1, 1]], options), [5, 5, 5, 2]);
  // After epoch 4 the means are 4.5, 3, 8: a best of 4.6 continues at 2, and is stopped at 4.
  deepEqual(epochsOf([...first, [4.6, 7, 7, 7, 7]], options), [5, 5, 5, 4]);
});

Deno.test("the median rule counts complete trials alone, with their mean at their last comparison", () => {
  const options = median({ minimumEpochs: 1, everyEpochs: 1, minimumTrials: 2 });
  // The third is stopped and not compared with; the fourth would be behind a median with it, too, but for 2.5 there is 1 and 4.
  deepEqual(epochsOf([[1, 1, 1], constant(4, 9), constant(3, 9), constant(2.5, 9)], options), [3, 9, 1, 9]);
});

Deno.test("the median rule takes what is not finite for the worst", () => {
  const options = median({ minimumEpochs: 1, minimumTrials: 2 });
  deepEqual(epochsOf([constant(1, 4), constant(2, 4), constant(null, 4)], options), [4, 4, 1]);
  deepEqual(epochsOf([constant(null, 4), constant(null, 4), constant(7, 4)], options), [4, 4, 4]);
});

Deno.test("decisionOf() gives the same decisions whatever the ids, and the log names the trial that stops", () => {
  const course: Course = { metric: "loss", epoch: 10, value: 2, best: 2, average: 3 };
  for (const [first, second] of [["a", "b"], ["b", "a"], ["10", "9"], ["ffff", "0000"]]) {
    const log: LogEntry[] = [
      { trial: first, epoch: 10, metric: "loss", value: 1, average: 1, decision: "continue" },
      { trial: first, complete: true },
    ];
    const stop = {
      trial: second,
      epoch: 10,
      metric: "loss",
      value: 2,
      average: 3,
      decision: "stop",
    } as const;
    deepEqual(decisionOf(second, course, log, asha()), stop);
    deepEqual(stopOf(second, [...log, stop]), stop);
    equal(stopOf(first, [...log, stop]), undefined);
    deepEqual([...completedTrials(log)], [first]);
  }
});

Deno.test("EarlyStop has defaults, and refuses unknown options and a maximum that is no more than the minimum", () => {
  deepEqual(asha(), {
    kind: "asha",
    direction: "lower",
    minimumEpochs: 10,
    reductionFactor: 3,
    maximumEpochs: null,
  });
  for (
    const wrong of [
      { kind: "asha", maximumEpochs: 10 },
      { kind: "asha", reductionFactor: 1 },
      { kind: "median", reductionFactor: 3 },
      { kind: "median", minimumEpochs: 0 },
      { kind: "best" },
    ]
  ) equal(EarlyStop.safeParse(wrong).success, false, JSON.stringify(wrong));
});
