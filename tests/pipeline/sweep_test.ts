import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { sweepMembers } from "../../src/pipeline/sweep.ts";
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
    set: { "only.labels": ["a", "b"], "train.epochs": 3 },
  }]);
  deepEqual(sweepMembers(listed, 1), [
    { label: "plain", overrides: [], seed: 1 },
    { label: "faces", overrides: ['only.labels=["a","b"]', "train.epochs=3"], seed: 1 },
  ]);
});
