import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { bytesText, countText, inUnits, plural } from "../../src/core/amounts.ts";

Deno.test("countText() separates thousands, and plural() adds the noun", () => {
  deepEqual([0, 1, 999.6, 13_412].map(countText), ["0", "1", "1,000", "13,412"]);
  deepEqual([0, 1, 2000].map((count) => plural(count, "epoch")), ["0 epochs", "1 epoch", "2,000 epochs"]);
  deepEqual(plural(2, "pass", "passes"), "2 passes");
});

Deno.test("bytesText() takes the largest unit that a size reaches, at exact powers too", () => {
  deepEqual([0, 340, 999, 1000, 1.2345e6, 1e9, 5e15].map(bytesText), [
    ...["0 B", "340 B", "999 B", "1 kB", "1.23 MB", "1 GB", "5000 TB"],
  ]);
  deepEqual(inUnits(1e9, ["FLOP", "kFLOP", "MFLOP", "GFLOP"]), "1 GFLOP");
});
