import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { referenceEngine } from "../../src/engine/reference.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import {
  describeSchedule,
  endsWithEpochs,
  learningRateAt,
  momentumAt,
  ScheduleSpec,
} from "../../src/training/schedules.ts";
import {
  constant,
  cosine,
  oneCycle,
  plateau,
  type ScheduleOptions,
  stepDecay,
} from "../../src/training/schedules/kinds.ts";
import { adam, momentum, type OptimizerOptions, rmsprop } from "../../src/training/optimizers/kinds.ts";
import { firstPlateauState, observePlateau } from "../../src/training/schedules/plateau_state.ts";
import { assertClose } from "../support/close.ts";
import { optimizerOf } from "../support/optimizers.ts";
import golden from "../golden/schedules.json" with { type: "json" };

/** The shares at some moments, in epochs done of ten. */
const shares = (schedule: unknown, moments: readonly number[]) =>
  moments.map((epochsDone) =>
    learningRateAt(ScheduleSpec.parse(schedule), { learningRate: 1, epochsDone, stepEpochs: 0.1, epochs: 10 })
  );

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
  Deno.test(`learningRateAt ${name}`, () => {
    assertClose(shares(schedule, moments), expected, { absolute: 1e-12 }, name);
  });
}

Deno.test("learningRateAt is between 0 and the optimizer's rate for every schedule and moment", () => {
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
    fc.record({
      kind: fc.constant("oneCycle"),
      riseShare: share,
      startShare: fc.double({ min: 0.001, max: 1, noNaN: true }),
      finalShare: share,
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
      { kind: "plateau", factor: 1 },
      { kind: "plateau", patience: 0 },
      { kind: "plateau", cooldown: 0.5 },
      { kind: "oneCycle", warmupEpochs: 1 },
      { kind: "oneCycle", maximum: 0 },
      { kind: "oneCycle", riseShare: 1.1 },
      { kind: "oneCycle", momentum: { least: 0.9, most: 0.8 } },
    ]
  ) equal(ScheduleSpec.safeParse(wrong).success, false, JSON.stringify(wrong));
});

/** What PyTorch does in the same steps, see tests/golden/schedules.py; each minimises (p - 1)^2 from p = 3. */
const CYCLES: Record<keyof typeof golden.oneCycle, [OptimizerOptions, ScheduleOptions]> = {
  adam: [adam(), oneCycle({ maximum: 0.5 })],
  momentum: [
    momentum({ learningRate: 0.1 }),
    oneCycle({ riseShare: 0.45, startShare: 0.1, finalShare: 0.001, momentum: { least: 0.6, most: 0.9 } }),
  ],
  rmsprop: [rmsprop(), oneCycle({ maximum: 0.1 })],
};

for (const [name, { rates, momenta, parameters }] of Object.entries(golden.oneCycle)) {
  Deno.test(`oneCycle has the rates and momenta of PyTorch's OneCycleLR, and ${name} its parameters`, () => {
    const [options, schedule] = CYCLES[name as keyof typeof CYCLES];
    const { rule, scalars } = optimizerOf(options), spec = ScheduleSpec.parse(schedule);
    const build = graphBuilder(), p = build.parameter("p", [1, 1]);
    const program = referenceEngine("f64").compile(
      build.finish({ outputs: { loss: p }, gradients: [build.constant(1)] }),
      { capacity: 1, rule },
    );
    program.parameters[0] = 3;
    rates.forEach((rate, at) => {
      // Two epochs.
      const stepEpochs = 2 / rates.length;
      const moment = { learningRate: 0.1, epochsDone: (at + 1) * stepEpochs, stepEpochs, epochs: 2 };
      const learningRate = learningRateAt(spec, moment), momentum = momentumAt(spec, moment);
      assertClose([learningRate], [rate], { relative: 1e-9, absolute: 1e-12 }, `rate ${at}`);
      if (momenta[at] !== null) {
        assertClose([momentum!], [momenta[at]!], { relative: 1e-9 }, `momentum ${at}`);
      }
      program.gradients[0] = 2 * (program.parameters[0] - 1);
      program.update(scalars({ learningRate, momentum, step: at + 1 }));
      assertClose([program.parameters[0]], [parameters[at]], { relative: 1e-8 }, `parameter ${at}`);
    });
  });
}

Deno.test("oneCycle of a single step, and one that only falls or only rises, has finite rates", () => {
  const rates = (schedule: ScheduleOptions, steps: number) =>
    Array.from({ length: steps }, (_, at) => {
      const moment = { learningRate: 1, epochsDone: (at + 1) / steps, stepEpochs: 1 / steps, epochs: 1 };
      return learningRateAt(ScheduleSpec.parse(schedule), moment);
    });
  assertClose(rates(oneCycle(), 1), [4e-6], { relative: 1e-9 }, "one step: the last");
  assertClose(rates(oneCycle({ riseShare: 0.25 }), 4).slice(0, 1), [1], { relative: 1e-12 }, "peak first");
  assertClose(rates(oneCycle({ riseShare: 1 }), 3), [0.04, 0.52, 1], { relative: 1e-12 }, "only rises");
  ok(rates(oneCycle({ riseShare: 0 }), 3).every((rate) => rate > 0 && rate < 1));
});

/** The rates after each value, from 1 on. */
function ratesOf(options: ScheduleOptions, learningRate: number, values: readonly number[]): number[] {
  const rule = ScheduleSpec.parse(options);
  if (rule.kind !== "plateau") throw new TypeError("needs a plateau");
  let state = firstPlateauState(learningRate);
  return values.map((value, at) => (state = observePlateau(rule, state, at + 1, value)).learningRate);
}

/** One more epoch of patience than PyTorch's. */
const PLATEAUS: Record<keyof typeof golden.plateau, [number, ScheduleOptions]> = {
  plain: [0.1, plateau({ patience: 2 })],
  cooldown: [0.1, plateau({ factor: 0.5, patience: 1, minDelta: 0.1, cooldown: 2, minimum: 0.02 })],
  delta: [1, plateau({ factor: 0.3, patience: 3, minDelta: 0.25, cooldown: 1 })],
};

for (const [name, { values, rates }] of Object.entries(golden.plateau)) {
  Deno.test(`plateau lowers the rate when PyTorch's ReduceLROnPlateau does (${name})`, () => {
    const [learningRate, options] = PLATEAUS[name as keyof typeof PLATEAUS];
    assertClose(ratesOf(options, learningRate, values), rates, { relative: 1e-12 }, name);
    ok(new Set(rates).size > 2, "it falls at least twice");
  });
}

Deno.test("plateau counts from the end of the warm-up, counts a NaN as no improvement, and stays at its minimum", () => {
  deepEqual(ratesOf(plateau({ patience: 2, warmupEpochs: 3, factor: 0.5 }), 1, [1, 1, 1, 1, 1, 1]), [
    ...[1, 1, 1, 1],
    ...[0.5, 0.5],
  ]);
  deepEqual(ratesOf(plateau({ patience: 1, factor: 0.5, minimum: 0.3 }), 1, [1, NaN, NaN, NaN]), [
    1,
    0.5,
    0.3,
    0.3,
  ]);
});

Deno.test("learningRateAt of plateau is the rate that it has come to, with the warm-up", () => {
  const schedule = ScheduleSpec.parse(plateau({ warmupEpochs: 2 }));
  const at = (epochsDone: number, learningRate?: number) =>
    learningRateAt(schedule, {
      learningRate: 1,
      epochsDone,
      stepEpochs: 0.1,
      epochs: 9,
      plateau: learningRate === undefined ? undefined : firstPlateauState(learningRate),
    });
  deepEqual([at(1), at(1, 0.5), at(3, 0.5)], [0.5, 0.25, 0.5]);
});

Deno.test("schedules say what they do, and which of them end with the epochs", () => {
  const specs = [
    constant(),
    constant({ warmupEpochs: 1 }),
    cosine({ warmupEpochs: 2, finalShare: 0.1 }),
    stepDecay({ everyEpochs: 3 }),
    plateau({ minimum: 1e-5 }),
    oneCycle(),
    oneCycle({ maximum: 0.01, riseShare: 0.5 }),
  ].map((options) => ScheduleSpec.parse(options));
  deepEqual(specs.map(describeSchedule), [
    "",
    "warm-up of 1 epoch",
    "cosine to 0.1 of it, warm-up of 2 epochs",
    "times 0.1 every 3 epochs",
    "times 0.1 after 10 epochs without improvement, at least 0.00001",
    "one cycle, 30 % of it rising",
    "one cycle with its peak at 0.01, 50 % of it rising",
  ]);
  deepEqual(specs.map(endsWithEpochs), [false, false, true, false, false, true, true]);
});
