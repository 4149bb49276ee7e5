import { strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { plainNumber } from "../../../src/data/table/plain_number.ts";

Deno.test("plainNumber() reads each plain decimal as Number() does, to the last bit", () => {
  const decimal = fc.stringMatching(/^-?\d{0,16}\.?\d{0,16}$/);
  fc.assert(
    fc.property(decimal, (text) => {
      const value = plainNumber(text);
      if (value !== undefined) equal(Object.is(value, Number(text)), true, text);
      else equal(text.replace(/\D/g, "").length === 0 || text.length > 15, true, `${text} is left out`);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("plainNumber() leaves everything else to a closer look", () => {
  const others = [
    "",
    "-",
    ".",
    "-.",
    "1e5",
    "+1",
    " 1",
    "1 ",
    "0x10",
    "1,5",
    "1.2.3",
    "--1",
    "NaN",
    "1234567890123456",
    null,
    true,
  ];
  for (const cell of others) equal(plainNumber(cell), undefined, JSON.stringify(cell));
  equal(plainNumber(2.5), 2.5);
  equal(plainNumber(NaN), NaN);
});
