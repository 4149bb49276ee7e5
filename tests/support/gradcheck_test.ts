import { doesNotThrow, strictEqual as equal, throws } from "node:assert/strict";
import { gradcheck } from "./gradcheck.ts";

const points = () => new Float64Array([0.5, -1.25, 2]);
const cubes = (p: Float64Array) => () => p.reduce((sum, x) => sum + x ** 3, 0);
const slopes = [0.75, 4.6875, 12];

Deno.test("gradcheck() accepts a correct gradient", () => {
  const p = points();
  doesNotThrow(() => gradcheck(p, cubes(p), slopes, { label: "cubes" }));
});

Deno.test("gradcheck() refuses a gradient that is 1 % off, and says how many are", () => {
  const p = points();
  throws(
    () => gradcheck(p, cubes(p), slopes.map((slope) => 1.01 * slope), { label: "cubes" }),
    /cubes: 3 of 3 differ, worst at \[2\]/,
  );
});

Deno.test("gradcheck() refuses one wrong element among right ones", () => {
  const p = points();
  throws(() => gradcheck(p, cubes(p), slopes.with(1, -4.6875), { label: "cubes" }), /cubes: 1 of 3 differ/);
});

Deno.test("gradcheck() refuses a gradient that is not a number", () => {
  const p = points();
  throws(() => gradcheck(p, cubes(p), slopes.with(0, NaN), { label: "cubes" }), /1 of 3 differ/);
});

Deno.test("gradcheck() restores the parameters", () => {
  const p = points();
  gradcheck(p, cubes(p), slopes, { label: "cubes" });
  equal(p.join(), points().join());
});
