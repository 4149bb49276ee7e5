import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { classifyNovelty, countAuthentic, noveltyThresholds } from "../../../src/analysis/novelty/novelty.ts";

Deno.test("noveltyThresholds are quantiles of the held-out distances", () => {
  const heldOut = Array.from({ length: 101 }, (_, at) => 100 - at);
  deepEqual(noveltyThresholds(heldOut, { near: 0.01, far: 0.99 }), { near: 1, far: 99 });
  deepEqual(noveltyThresholds([4], { near: 0.01, far: 0.99 }), { near: 4, far: 4 });
});

Deno.test("classifyNovelty calls what is near a near duplicate, what is far off the manifold, and the thresholds themselves new", () => {
  deepEqual(classifyNovelty([0.9, 1, 5, 9, 9.1], { near: 1, far: 9 }), [
    "nearDuplicate",
    "new",
    "new",
    "new",
    "offManifold",
  ]);
});

Deno.test("classifyNovelty calls a copy a near duplicate even where the threshold is 0", () => {
  deepEqual(classifyNovelty([0, 0.5], { near: 0, far: 0 }), ["nearDuplicate", "offManifold"]);
  deepEqual(classifyNovelty([], { near: 0, far: 0 }), []);
});

Deno.test("classifyNovelty by thresholds of 1 and 99 % calls 1 % of the held-out images each", () => {
  const heldOut = Array.from({ length: 1000 }, (_, at) => 1 + at);
  const kinds = classifyNovelty(heldOut, noveltyThresholds(heldOut, { near: 0.01, far: 0.99 }));
  deepEqual(["nearDuplicate", "offManifold"].map((kind) => kinds.filter((own) => own === kind).length), [
    10,
    10,
  ]);
});

Deno.test("countAuthentic counts images farther from their training image than its own nearest one", () => {
  equal(countAuthentic([1, 2, 3], [2, 2, 2]), 1);
  equal(countAuthentic([], []), 0);
});
