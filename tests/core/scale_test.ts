import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import {
  brightness,
  BYTES_SCALE,
  isBrightness,
  PLAIN_SCALE,
  rawBrightness,
  type Scale,
  scaled,
  ScaleRecord,
  ScaleSetting,
  unscaled,
} from "../../src/core/scale.ts";
import { assertClose } from "../support/close.ts";

const EACH: Scale = {
  spec: { kind: "standardize", per: "feature" },
  shift: [10, -1],
  divisor: [2, 0.5],
  drawn: [0, 20],
};

Deno.test("scaled() and unscaled() undo one another, by one pair of numbers or one for each feature", () => {
  deepEqual([...scaled(EACH, [12, 0, 6, -1])], [1, 2, -2, 0]);
  deepEqual([...unscaled(EACH, [1, 2, -2, 0])], [12, 0, 6, -1]);
  deepEqual([...scaled(BYTES_SCALE, [0, 51, 255])], [0, 0.2, 1]);
  deepEqual([...scaled(PLAIN_SCALE, [-3, 0.5])], [-3, 0.5]);
});

Deno.test("brightness() of values that a model makes is that of the data's own units", () => {
  // 12 and -1 of a range from 0 to 20; what lies outside is left to the caller.
  assertClose(Array.from(brightness(EACH, [1, 0])), [0.6, -0.05], { absolute: 1e-12 }, "brightness");
  deepEqual([...rawBrightness(EACH, [0, 20])], [0, 1]);
  // Bytes and values in [0, 1] are brightness already, and are not copied.
  const values = Float32Array.of(0.25);
  equal(brightness(BYTES_SCALE, values), values);
  deepEqual([isBrightness(BYTES_SCALE), isBrightness(PLAIN_SCALE), isBrightness(EACH)], [true, true, false]);
  deepEqual(
    [...rawBrightness({ ...EACH, drawn: [3, 3] }, [3, 4])],
    [0, 1],
    "one value alone is drawn as black",
  );
});

Deno.test("ScaleRecord reads back what was written, and nothing else", () => {
  deepEqual(ScaleRecord.parse(JSON.parse(JSON.stringify(EACH))), EACH);
  for (const wrong of [{ ...EACH, divisor: [1] }, { ...EACH, divisor: [1, 0] }, { ...EACH, shift: [] }, {}]) {
    throws(() => ScaleRecord.parse(wrong));
  }
});

Deno.test("ScaleSetting refuses a range that runs backwards, and scales each feature by default", () => {
  throws(() => ScaleSetting.parse({ kind: "range", min: 1, max: 1 }), /must be above min/);
  throws(() => ScaleSetting.parse({ kind: "robust" }));
  deepEqual(ScaleSetting.parse({ kind: "minMax" }), { kind: "minMax", per: "feature" });
});
