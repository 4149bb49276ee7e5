import { deepStrictEqual as deepEqual, throws } from "node:assert/strict";
import {
  klCapacity,
  klConstant,
  klCyclic,
  klLinear,
  type KlScheduleOptions,
  klShare,
  klTarget,
} from "../../src/models/kl_schedule.ts";
import { KlScheduleSpec } from "../../src/models/spec.ts";
import { assertClose } from "../support/close.ts";

const shares = (options: KlScheduleOptions, epochs: number) =>
  Array.from({ length: epochs }, (_, epoch) => klShare(KlScheduleSpec.parse(options), epoch));

Deno.test("klShare is 1 throughout under a constant schedule, and under a capacity", () => {
  deepEqual(shares(klConstant(), 3), [1, 1, 1]);
  deepEqual(shares(klCapacity({ nats: 20, epochs: 2 }), 3), [1, 1, 1]);
});

Deno.test("klShare grows in equal steps from 0 to 1 under a linear schedule", () => {
  deepEqual(shares(klLinear({ epochs: 3 }), 6), [0, 1 / 3, 2 / 3, 1, 1, 1]);
});

Deno.test("klShare grows from 0 in the first half of each cycle under a cyclic schedule, then starts again", () => {
  const cycle = [0, 0.5, 1, 1];
  assertClose(shares(klCyclic({ cycleEpochs: 4 }), 8), [...cycle, ...cycle], { relative: 1e-15 }, "shares");
  deepEqual(shares(klCyclic({ cycleEpochs: 3, rampShare: 1 }), 4), [0, 1 / 3, 2 / 3, 0]);
  throws(() => KlScheduleSpec.parse(klCyclic({ cycleEpochs: 1 })), /cycleEpochs/);
});

Deno.test("klTarget grows in equal steps from 0 to the capacity, and is 0 under other schedules", () => {
  const capacity = KlScheduleSpec.parse(klCapacity({ nats: 20, epochs: 4 }));
  deepEqual([0, 1, 2, 3, 4, Infinity].map((epoch) => klTarget(capacity, epoch)), [0, 5, 10, 15, 20, 20]);
  deepEqual(klTarget(KlScheduleSpec.parse(klLinear({ epochs: 4 })), 2), 0);
});
