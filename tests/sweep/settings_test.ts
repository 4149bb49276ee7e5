import { deepStrictEqual as deepEqual, throws } from "node:assert/strict";
import type { Sweep } from "../../src/pipeline/sweep/sweep.ts";
import { sweepMembers } from "../../src/sweep/settings.ts";
import { pipeline, sweep } from "../../mod.ts";

const ANY = pipeline("any");

Deno.test("sweepMembers() gives every combination of a grid, the last axis changing soonest, with every seed of each", () => {
  const members = sweepMembers(
    sweep(ANY, { "train.epochs": [1, 2], "train.batchSize": [8] }, { seeds: 2 }),
    7,
  );
  deepEqual(members.map(({ label, seed }) => `${label} ${seed}`), [
    "epochs 1, batchSize 8 7",
    "epochs 1, batchSize 8 8",
    "epochs 2, batchSize 8 7",
    "epochs 2, batchSize 8 8",
  ]);
  deepEqual(members[2].overrides, ["train.epochs=2", "train.batchSize=8"]);
});

Deno.test("sweepMembers() takes settings one by one as they are listed, several options of each together", () => {
  const listed = sweep(ANY, [{ label: "plain" }, {
    label: "faces",
    set: { "filterClasses.labels": ["a", "b"], "train.epochs": 3 },
  }]);
  deepEqual(sweepMembers(listed, 1), [
    { label: "plain", settings: {}, overrides: [], seed: 1 },
    {
      label: "faces",
      settings: { "filterClasses.labels": ["a", "b"], "train.epochs": 3 },
      overrides: ['filterClasses.labels=["a","b"]', "train.epochs=3"],
      seed: 1,
    },
  ]);
});

Deno.test("sweepMembers() refuses a sweep of too many runs before it lists any, and what is no sweep", () => {
  const any = (value: unknown) => value as never;
  const axis = Array.from({ length: 100 }, (_, place) => place);
  const cases: [Sweep, RegExp][] = [
    [
      sweep(ANY, { "train.epochs": [1] }, { seeds: 1e9 }),
      /^sweep must have at most 100000 trials, got 1000000000/,
    ],
    [sweep(ANY, { a: axis, b: axis, c: axis, d: axis, e: axis }), /got 10000000000/],
    [sweep(ANY, any(5)), /^sweep\.axes must be .*, got 5$/],
    [sweep(ANY, any({ a: 5 })), /^sweep\.axes/],
    [sweep(ANY, { a: [1] }, { seeds: 0 }), /^sweep\.options\.seeds must be at least 1/],
    [sweep(ANY, { a: [1] }, any({ sedes: 2 })), /^sweep\.options\.sedes is unknown: did you mean "seeds"\?/],
  ];
  for (const [wrong, says] of cases) {
    throws(() => sweepMembers(wrong, 1), { name: "UsageError", message: says });
  }
  throws(() => sweep(ANY, {}, any(5)), /^UsageError: sweep: options must be an object, got 5/);
});
