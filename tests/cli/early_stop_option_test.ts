import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { parseEarlyStop } from "../../src/cli/sweep/early_stop_option.ts";

Deno.test("parseEarlyStop() gives a rule with its options: numbers, null and text", () => {
  deepEqual(parseEarlyStop("asha"), { kind: "asha" });
  deepEqual(parseEarlyStop("asha, minimumEpochs=5, maximumEpochs=null, metric=kl"), {
    minimumEpochs: 5,
    maximumEpochs: null,
    metric: "kl",
    kind: "asha",
  });
  equal(parseEarlyStop("none"), null);
});

Deno.test("parseEarlyStop() refuses what is no rule with options", () => {
  for (const wrong of ["asha,5", "asha,=5", "none,5", "asha,"]) {
    throws(
      () => parseEarlyStop(wrong),
      /It must be a rule and its options, as in asha,minimumEpochs=5, got "/,
    );
  }
});
