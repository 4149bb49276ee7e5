import { ok, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import {
  constant,
  cosine,
  learningRateShare,
  ScheduleSpec,
  stepDecay,
} from "../../src/training/schedules.ts";
import { assertClose } from "../support/close.ts";

/** The shares at some moments, in epochs done of ten. */
const shares = (schedule: unknown, moments: readonly number[]) =>
  moments.map((moment) => learningRateShare(ScheduleSpec.parse(schedule), moment, 10));

const CASES = [
  { name: "constant keeps the rate", schedule: constant(), moments: [0.1, 5, 10], expected: [1, 1, 1] },
  {
    name: "constant rises in a line over parts of epochs",
    schedule: constant({ warmupEpochs: 2.5 }),
    moments: [0.25, 1, 2, 2.5, 7],
    expected: [0.1, 0.4, 0.8, 1, 1],
  },
  {
    name: "cosine is at half the rate in the middle and at none at the end",
    schedule: cosine(),
    moments: [0, 2.5, 5, 7.5, 10],
    expected: [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2, 0],
  },
  {
    name: "cosine ends at its final share",
    schedule: cosine({ finalShare: 0.2 }),
    moments: [0, 5, 10],
    expected: [1, 0.6, 0.2],
  },
  {
    name: "cosine begins after the warm-up and still ends with the training",
    schedule: cosine({ warmupEpochs: 2 }),
    moments: [1, 2, 6, 10],
    expected: [0.5, 1, 0.5, 0],
  },
  {
    name: "cosine under a warm-up as long as the training only rises",
    schedule: cosine({ warmupEpochs: 10 }),
    moments: [5, 9.5],
    expected: [0.5, 0.95],
  },
  {
    name: "stepDecay falls by a factor of 10 every few epochs",
    schedule: stepDecay({ everyEpochs: 3 }),
    moments: [2.9, 3, 5.9, 6, 9],
    expected: [1, 0.1, 0.1, 0.01, 0.001],
  },
  {
    name: "stepDecay counts its epochs from the end of the warm-up",
    schedule: stepDecay({ everyEpochs: 2, factor: 0.5, warmupEpochs: 1 }),
    moments: [0.5, 1, 2.9, 3, 5],
    expected: [0.5, 1, 1, 0.5, 0.25],
  },
];

for (const { name, schedule, moments, expected } of CASES) {
  Deno.test(`learningRateShare of ${name}`, () => {
    assertClose(shares(schedule, moments), expected, { absolute: 1e-12 }, name);
  });
}

Deno.test("learningRateShare is between 0 and 1 for every schedule and moment", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const warmupEpochs = fc.double({ min: 0, max: 20, noNaN: true });
  const schedule = fc.oneof(
    fc.record({ kind: fc.constant("constant"), warmupEpochs }),
    fc.record({ kind: fc.constant("cosine"), warmupEpochs, finalShare: share }),
    fc.record({
      kind: fc.constant("step"),
      warmupEpochs,
      everyEpochs: fc.double({ min: 0.1, max: 20, noNaN: true }),
      factor: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
  );
  const moment = fc.double({ min: 0, max: 10, noNaN: true });
  fc.assert(
    fc.property(schedule, moment, (schedule, moment) => {
      const [value] = shares(schedule, [moment]);
      ok(value >= 0 && value <= 1 + 1e-12, `${value}`);
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("ScheduleSpec refuses invalid schedules", () => {
  for (
    const wrong of [
      { kind: "cosine", finalShare: 1.5 },
      { kind: "step" },
      { kind: "step", everyEpochs: 0 },
      { kind: "step", everyEpochs: 1, factor: 2 },
      { kind: "constant", warmupEpochs: -1 },
      { kind: "constant", factor: 0.1 },
      { kind: "linear" },
    ]
  ) equal(ScheduleSpec.safeParse(wrong).success, false, JSON.stringify(wrong));
});
