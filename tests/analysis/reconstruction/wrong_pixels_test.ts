import { strictEqual as equal } from "node:assert/strict";
import { countWrongPixels } from "../../../src/analysis/reconstruction/wrong_pixels.ts";

Deno.test("countWrongPixels() counts a pixel once, however many of its channels are wrong", () => {
  const wrong = [true, false, true, false, false, false, false, false, true];
  equal(countWrongPixels(9, 3, (value) => wrong[value]), 2);
  equal(countWrongPixels(9, 1, (value) => wrong[value]), 3);
});
