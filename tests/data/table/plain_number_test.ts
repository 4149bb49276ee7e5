import { strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { plainNumber } from "../../../src/data/table/plain_number.ts";

/** The number of a text between other bytes. */
function numberIn(text: string): number | undefined {
  const bytes = new TextEncoder().encode(`9,${text},9`);
  return plainNumber(bytes, 2, bytes.length - 2);
}

Deno.test("plainNumber() reads each plain decimal as Number() does, to the last bit", () => {
  const decimal = fc.stringMatching(/^-?\d{0,16}\.?\d{0,16}$/);
  fc.assert(
    fc.property(decimal, (text) => {
      const value = numberIn(text);
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
  ];
  for (const cell of others) equal(numberIn(cell), undefined, JSON.stringify(cell));
  equal(numberIn("-2.5"), -2.5);
});
