import { doesNotThrow, throws } from "node:assert/strict";
import { assertClose } from "./close.ts";

Deno.test("assertClose() accepts what is within absolute plus relative tolerance", () => {
  doesNotThrow(() => assertClose([1.019, -0.009], [1, 0], { absolute: 0.01, relative: 0.01 }, "near"));
});

Deno.test("assertClose() reports how many differ and the worst of them", () => {
  throws(
    () => assertClose([1, 2.5, 9], [1, 2, 3], { absolute: 0.1 }, "far"),
    /^Error: far: 2 of 3 differ, worst at \[2\]: 9 vs 3$/,
  );
});

Deno.test("assertClose() never lets NaN pass, on either side", () => {
  throws(() => assertClose([NaN], [1], { absolute: Infinity }, "actual"), /1 of 1 differ/);
  throws(() => assertClose([1], [NaN], { absolute: 1 }, "expected"), /1 of 1 differ/);
});

Deno.test("assertClose() refuses lists of different lengths", () => {
  throws(() => assertClose([1], [1, 2], {}, "short"), /short: 1 numbers where 2 were expected/);
});
