import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import type { SampledAxis } from "../../../src/pipeline/sweep/axes.ts";
import { placeAt, shareOf, sizeOf, valuesAt } from "../../../src/sweep/samplers/space.ts";

const share = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });

Deno.test("placeAt() gives the ends and the middle of each axis", () => {
  const rate = { kind: "logUniform", low: 1e-4, high: 1, integer: false } as const;
  ok(Math.abs(placeAt(rate, 0.5) - 1e-2) < 1e-15);
  equal(placeAt({ kind: "uniform", low: 2, high: 6, integer: false }, 0.25), 3);
  equal(placeAt({ kind: "uniform", low: 2, high: 6, integer: true }, 0.999), 6);
  equal(placeAt({ kind: "choice", values: ["a", "b", "c"] }, 0.34), 1);
});

Deno.test("placeAt() draws both ends of whole numbers as often as those between", () => {
  const axis = { kind: "uniform", low: 3, high: 7, integer: true } as const,
    counts = new Map<number, number>();
  for (let at = 0; at < 500; at++) {
    const place = placeAt(axis, (at + 0.5) / 500);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  deepEqual([...counts], [[3, 100], [4, 100], [5, 100], [6, 100], [7, 100]]);
});

Deno.test("placeAt() stays within the bounds, and shareOf() leads back", () => {
  const axes = fc.tuple(
    fc.constantFrom("uniform" as const, "logUniform" as const),
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 1, max: 1000 }),
    fc.boolean(),
  );
  fc.assert(fc.property(axes, share, ([kind, low, width, integer], at) => {
    const axis = { kind, low, high: low + width, integer }, place = placeAt(axis, at);
    ok(place >= axis.low && place <= axis.high);
    if (integer) ok(Number.isInteger(place));
    else ok(Math.abs(shareOf(axis, place) - at) < 1e-9);
  }));
});

Deno.test("valuesAt() gives the values of choices, and sizeOf() counts the points of finite spaces", () => {
  const space: SampledAxis[] = [
    { kind: "choice", values: ["sgd", { kind: "adam" }] },
    { kind: "uniform", low: 1, high: 4, integer: true },
  ];
  deepEqual(valuesAt(space, [1, 3]), [{ kind: "adam" }, 3]);
  equal(sizeOf(space), 8);
  equal(sizeOf([...space, { kind: "uniform", low: 0, high: 1, integer: false }]), Infinity);
});
