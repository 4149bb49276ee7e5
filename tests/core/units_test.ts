import { strictEqual as equal } from "node:assert/strict";
import { currentUnit } from "../../src/core/units.ts";

Deno.test("currentUnit() turns the units of earlier versions into their current spelling, and leaves all others", () => {
  equal(currentUnit("nats a sample"), "nats/sample");
  equal(currentUnit("squared error a pixel"), "squared error/pixel");
  for (const unit of ["nats/sample", "", "toString"]) equal(currentUnit(unit), unit);
});
