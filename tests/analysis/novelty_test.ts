import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { countAuthentic, judgeNovelty, noveltyThresholds } from "../../src/analysis/novelty.ts";

Deno.test("noveltyThresholds are quantiles of the held-out distances", () => {
  const heldOut = Array.from({ length: 101 }, (_, at) => 100 - at);
  deepEqual(noveltyThresholds(heldOut, { near: 0.01, far: 0.99 }), { near: 1, far: 99 });
  deepEqual(noveltyThresholds([4], { near: 0.01, far: 0.99 }), { near: 4, far: 4 });
});

Deno.test("judgeNovelty calls what is near an imitation, what is far a worm, and the thresholds themselves new", () => {
  deepEqual(judgeNovelty([0.9, 1, 5, 9, 9.1], { near: 1, far: 9 }), [
    "nearDuplicate",
    "new",
    "new",
    "new",
    "offManifold",
  ]);
});

Deno.test("judgeNovelty calls a copy an imitation even where the threshold is 0", () => {
  deepEqual(judgeNovelty([0, 0.5], { near: 0, far: 0 }), ["nearDuplicate", "offManifold"]);
  deepEqual(judgeNovelty([], { near: 0, far: 0 }), []);
});

Deno.test("judgeNovelty by thresholds of 1 and 99 % calls 1 % of the held-out images each", () => {
  const heldOut = Array.from({ length: 1000 }, (_, at) => 1 + at);
  const kinds = judgeNovelty(heldOut, noveltyThresholds(heldOut, { near: 0.01, far: 0.99 }));
  deepEqual(["nearDuplicate", "offManifold"].map((kind) => kinds.filter((own) => own === kind).length), [
    10,
    10,
  ]);
});

Deno.test("countAuthentic counts images farther from their training image than its own nearest one", () => {
  equal(countAuthentic([1, 2, 3], [2, 2, 2]), 1);
  equal(countAuthentic([], []), 0);
});
