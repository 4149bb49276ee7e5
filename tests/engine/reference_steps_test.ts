import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { DrawKey } from "../../src/core/random.ts";
import type { Corruption } from "../../src/engine/engine.ts";
import { corruptRows, gatherRows, norm } from "../../src/engine/reference_steps.ts";
import { assertClose } from "../support/close.ts";

const KEY: DrawKey = { seed: 42, stream: "noise", epoch: 0 };
const ROWS = 2000, COLUMNS = 10;

/** Corrupts a grey image of 0.5 many times. */
function corrupted(
  corruption: Corruption,
  samples: ArrayLike<number> = Array(ROWS).keys().toArray(),
  from = new Float64Array(samples.length * COLUMNS).fill(0.5),
): Float64Array {
  const to = new Float64Array(from.length);
  corruptRows(from, to, COLUMNS, corruption, KEY, Uint32Array.from(samples), 0, samples.length);
  return to;
}

const share = (numbers: Float64Array, what: number) =>
  numbers.filter((x) => x === what).length / numbers.length;
const std = (numbers: Float64Array) => Math.hypot(...numbers.map((x) => x - 0.5)) / Math.sqrt(numbers.length);

Deno.test("corruptRows() with gaussian noise adds numbers of mean 0 and the given std", () => {
  const noisy = corrupted({ kind: "gaussian", std: 0.3, maximumStd: 0.3 });
  assertClose([noisy.reduce((sum, x) => sum + x, 0) / noisy.length, std(noisy)], [0.5, 0.3], {
    absolute: 0.01,
  }, "noise");
  ok(noisy.some((x) => x < 0) && noisy.some((x) => x > 1), "noise is not clipped");
});

Deno.test("corruptRows() with a maximum std gives each sample a std of its own, uniform between the two", () => {
  const noisy = corrupted({ kind: "gaussian", std: 0.2, maximumStd: 0.8 });
  // The mean of a variance that is uniform in the std: (0.8^3 - 0.2^3) / (3 * 0.6).
  assertClose([std(noisy) ** 2], [0.28], { absolute: 0.02 }, "variance");
  const rows = Array.from(
    { length: ROWS },
    (_, row) => std(noisy.subarray(row * COLUMNS, (row + 1) * COLUMNS)),
  );
  const quiet = rows.filter((spread) => spread < 0.25).length / ROWS,
    loud = rows.filter((x) => x > 0.75).length / ROWS;
  ok(quiet > 0.08 && loud > 0.08, `${quiet} of the samples are quiet, ${loud} are loud`);
});

Deno.test("corruptRows() with a maximum below the std, or with no std, uses the std alone", () => {
  assertClose(
    [std(corrupted({ kind: "gaussian", std: 0.3, maximumStd: 0 }))],
    [0.3],
    { absolute: 0.01 },
    "std",
  );
  deepEqual(new Set(corrupted({ kind: "gaussian", std: 0, maximumStd: 0 })), new Set([0.5]));
});

Deno.test("corruptRows() with salt and pepper sets half the share to 0 and half to 1", () => {
  const noisy = corrupted({ kind: "saltAndPepper", share: 0.3 });
  const shares = [0, 1, 0.5].map((what) => share(noisy, what));
  assertClose(shares, [0.15, 0.15, 0.7], { absolute: 0.01 }, "shares");
});

Deno.test("corruptRows() with masking sets the share to 0 and keeps the rest", () => {
  const noisy = corrupted({ kind: "masking", share: 0.3 });
  assertClose([share(noisy, 0), share(noisy, 0.5)], [0.3, 0.7], { absolute: 0.01 }, "shares");
  equal(share(corrupted({ kind: "masking", share: 0 }), 0.5), 1);
  equal(share(corrupted({ kind: "masking", share: 1 }), 0), 1);
});

Deno.test("corruptRows() with flips flips the share and keeps the rest", () => {
  const from = new Float64Array(ROWS * COLUMNS).fill(0.25);
  const noisy = corrupted({ kind: "flips", share: 0.15 }, undefined, from);
  assertClose([share(noisy, 0.75), share(noisy, 0.25)], [0.15, 0.85], { absolute: 0.01 }, "shares");
  equal(share(corrupted({ kind: "flips", share: 1 }, undefined, from), 0.75), 1);
});

Deno.test("corruptRows() with a Bernoulli draw sets as many pixels to 1 as they are bright, and the others to 0", () => {
  const bright = (value: number) => {
    const drawn = corrupted({ kind: "bernoulli" }, undefined, new Float64Array(ROWS * COLUMNS).fill(value));
    deepEqual([...new Set(drawn)].sort(), value === 0 ? [0] : value === 1 ? [1] : [0, 1]);
    return share(drawn, 1);
  };
  assertClose([0, 0.2, 0.7, 1].map(bright), [0, 0.2, 0.7, 1], { absolute: 0.01 }, "shares");
});

Deno.test("corruptRows() gives a sample the same noise in every batch", () => {
  const noise: Corruption = { kind: "gaussian", std: 0.1, maximumStd: 0.5 };
  const whole = corrupted(noise), some = corrupted(noise, [7, 1999, 7]);
  const row = (data: Float64Array, at: number) => [...data.subarray(at * COLUMNS, (at + 1) * COLUMNS)];
  deepEqual([0, 1, 2].map((at) => row(some, at)), [7, 1999, 7].map((sample) => row(whole, sample)));
});

Deno.test("gatherRows() gathers the images of the order, modulo their number", () => {
  const bytes = Uint8Array.of(0, 255, 51, 102, 153, 204);
  const out = new Float64Array(6);
  gatherRows(out, bytes, { capacity: 3, size: 2 }, Uint32Array.of(9, 2, 4, 3), 1, 3);
  assertClose(out, [0.6, 0.8, 0.2, 0.4, 0, 1], { relative: 1e-7 }, "images 2, 4 mod 3 and 3 mod 3");
});

Deno.test("gatherRows() scales in single precision, one number for each value of a sample", () => {
  const scale = { shift: [0.1, 100], divisor: [0.3, 7] }, out = new Float64Array(2);
  gatherRows(out, Float32Array.of(1, 3), { capacity: 1, size: 2, scale }, Uint32Array.of(0), 0, 1);
  const { fround } = Math;
  deepEqual([...out], [fround(fround(1 - fround(0.1)) / fround(0.3)), fround(-97 / 7)]);
});

Deno.test("norm() is the Euclidean norm", () => equal(norm(Float64Array.of(3, 0, -4)), 5));
