import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { holds, parseCondition } from "../../src/core/condition.ts";

Deno.test("parseCondition reads what, comparison and number, with or without blanks", () => {
  deepEqual(parseCondition("elbo < -110"), { what: "elbo", comparison: "<", value: -110 });
  deepEqual(parseCondition(" pixelAccuracy@0.3>=1e-3 "), {
    what: "pixelAccuracy@0.3",
    comparison: ">=",
    value: 0.001,
  });
});

for (const text of ["", "elbo", "elbo <", "< 3", "elbo ~ 3", "elbo < three", "a b < 3", "elbo < 3 4"]) {
  Deno.test(`parseCondition refuses ${JSON.stringify(text)}`, () => equal(parseCondition(text), undefined));
}

const TABLE: [text: string, measured: number, wanted: boolean][] = [
  ["x < 1", 0.5, true],
  ["x < 1", 1, false],
  ["x <= 1", 1, true],
  ["x > 1", 1, false],
  ["x >= 1", 1, true],
  ["x == 1", 1, true],
  ["x != 1", 1, false],
  ["x != 1", NaN, false],
  ["x < 1", NaN, false],
];
for (const [text, measured, wanted] of TABLE) {
  Deno.test(`holds says that ${text} is ${wanted} at ${measured}`, () => {
    equal(holds(parseCondition(text)!, measured), wanted);
  });
}
