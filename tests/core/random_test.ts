import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import {
  type DrawKey,
  fillNormal,
  fillUniform,
  permutation,
  seedWords,
  STREAMS,
} from "../../src/core/random.ts";
import { toNormal, toUniform } from "../../src/core/normal.ts";
import { philox } from "../../src/core/philox.ts";
import { assertClose } from "../support/close.ts";
import { inverseNormal, normalDistribution } from "../support/normal_distribution.ts";

const KEY: DrawKey = { seed: 42, stream: "noise", epoch: 0 };

/** Samples 0, 1, 2, ... */
const first = (count: number) => Uint32Array.from({ length: count }, (_, sample) => sample);

function normals(samples: ArrayLike<number>, columns: number, key: DrawKey = KEY): Float32Array {
  const out = new Float32Array(samples.length * columns);
  fillNormal(out, samples.length, columns, samples, key);
  return out;
}

Deno.test("philox() gives the known answers of the Random123 distribution", () => {
  const ones = 0xffffffff;
  const answers: [counter: number[], key: number[], expected: string][] = [
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [[ones, ones, ones, ones], [ones, ones], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ];
  const out = new Uint32Array(4);
  for (const [[c0, c1, c2, c3], [k0, k1], expected] of answers) {
    philox(out, c0, c1, c2, c3, k0, k1);
    equal(Array.from(out, (word) => word.toString(16).padStart(8, "0")).join(" "), expected);
  }
});

Deno.test("seedWords() splits a seed of up to 2^53 - 1 into two words", () => {
  deepEqual(seedWords(7), [7, 0]);
  deepEqual(seedWords(2 ** 32 + 5), [5, 1]);
  deepEqual(seedWords(Number.MAX_SAFE_INTEGER), [0xffffffff, 0x1fffff]);
});

Deno.test("STREAMS have numbers that never change, for a seed must give the same run in every version", () => {
  equal(
    Object.entries(STREAMS).map(([name, number]) => `${number} ${name}`).join(", "),
    "0 initial, 1 shuffle, 2 split, 3 noise, 4 noiseLevel, 5 latent, 6 evaluation, 7 evaluationLatent, " +
      "8 generation, 9 preview, 10 importance, 11 analysis, 12 binarise, 13 dropout, 14 codes, 15 sweep, 16 shards",
  );
});

Deno.test("fillNormal() and fillUniform() begin with these numbers, in every version", () => {
  deepEqual([...normals([0, 1], 4)], [
    0.3708163797855377,
    0.04382050037384033,
    -0.5001676082611084,
    1.5183756351470947,
    1.07655668258667,
    0.8040269613265991,
    -0.8602357506752014,
    -0.3062797486782074,
  ]);
  const uniform = new Float32Array(4);
  fillUniform(uniform, 1, 4, [0], KEY);
  deepEqual([...uniform], [0.6446128487586975, 0.5174762606620789, 0.30847853422164917, 0.9355401396751404]);
});

Deno.test("toUniform() is strictly between 0 and 1 and is an exact single", () => {
  for (const word of [0, 1, 511, 512, 0x7fffffff, 0x80000000, 0xffffffff]) {
    const uniform = toUniform(word);
    ok(uniform > 0 && uniform < 1, `${word} gives ${uniform}`);
    equal(uniform, Math.fround(uniform));
  }
  equal(toUniform(0) + toUniform(0xffffffff), 1);
});

Deno.test("fillUniform() fills 64 bins evenly (chi squared)", () => {
  const count = 64_000, bins = new Float64Array(64), out = new Float32Array(count);
  fillUniform(out, count / 10, 10, first(count / 10), KEY);
  for (const uniform of out) bins[Math.floor(uniform * 64)]++;
  const chiSquared = bins.reduce((sum, seen) => sum + (seen - 1000) ** 2 / 1000, 0);
  // 63 degrees of freedom: 99.9 % of even generators lie between these.
  ok(chiSquared > 32 && chiSquared < 104, `chi squared is ${chiSquared}`);
});

Deno.test("toNormal() follows the inverse of the normal distribution to 2e-6 of it, out to 5.3", () => {
  const words = [0, 1, 512, 1024, 0x7fffffff, 0x80000000, 0xfffffe00, 0xffffffff];
  for (let word = 0; word < 2 ** 32; word += 2 ** 21 - 3) words.push(word);
  // The far ends, where one draw in a hundred thousand falls.
  for (let near = 0; near < 80; near++) words.push(near * 512, 0xffffffff - near * 512);
  const uniforms = words.map(toUniform);
  assertClose(
    uniforms.map(toNormal),
    uniforms.map(inverseNormal),
    { absolute: 4e-7, relative: 4e-7 },
    "normal",
  );
});

Deno.test("toNormal() is symmetric about 0", () => {
  for (const word of [0, 512, 12345 * 512, 0x12345600, 0x7ffffe00]) {
    equal(toNormal(toUniform(word)) + toNormal(toUniform(0xfffffe00 - word)), 0);
  }
});

Deno.test("fillNormal() has the moments of the normal distribution", () => {
  const z = Float64Array.from(normals(first(4000), 10));
  const moment = (power: number) => z.reduce((sum, x) => sum + x ** power, 0) / z.length;
  // Four standard errors of 40,000 draws.
  assertClose([moment(1), moment(2)], [0, 1], { absolute: 0.03 }, "mean and variance");
  assertClose([moment(3), moment(4)], [0, 3], { absolute: 0.2 }, "third and fourth moment");
});

Deno.test("fillNormal() passes a Kolmogorov-Smirnov test against the exact distribution", () => {
  const z = Float64Array.from(normals(first(2000), 5)).sort();
  const gap = z.reduce((worst, x, rank) => {
    const share = normalDistribution(x);
    return Math.max(worst, Math.abs(share - rank / z.length), Math.abs(share - (rank + 1) / z.length));
  }, 0);
  // The 1 % limit of the Kolmogorov distribution.
  ok(gap * Math.sqrt(z.length) < 1.63, `sqrt(n) D is ${gap * Math.sqrt(z.length)}`);
});

Deno.test("fillNormal() makes columns and samples that are not correlated", () => {
  const count = 4000, columns = 6, z = normals(first(count), columns);
  const correlation = (shift: number) => {
    let sum = 0;
    for (let at = 0; at + shift < z.length; at++) sum += z[at] * z[at + shift];
    return sum / (z.length - shift);
  };
  for (const shift of [1, 2, 3, 4, 6, 12]) ok(Math.abs(correlation(shift)) < 0.026, `shift ${shift}`);
});

Deno.test("fillNormal() scales by a standard deviation", () => {
  const out = new Float32Array(6);
  fillNormal(out, 2, 3, [4, 9], KEY, 0.25);
  deepEqual([...out], [...normals([4, 9], 3)].map((z) => Math.fround(z * 0.25)));
});

Deno.test("fillNormal() gives a sample the same numbers in every batch, order and width", () => {
  const whole = normals(first(20), 7);
  const row = (
    data: Float32Array,
    at: number,
    width: number,
  ) => [...data.subarray(at * width, (at + 1) * width)];
  const order = [19, 3, 3, 0, 11];
  const some = normals(order, 7);
  order.forEach((sample, at) => deepEqual(row(some, at, 7), row(whole, sample, 7)));
  const narrow = normals(order, 5);
  order.forEach((sample, at) => deepEqual(row(narrow, at, 5), row(whole, sample, 7).slice(0, 5)));
});

Deno.test("fillNormal() differs with the seed, both its words, the stream, the epoch and the sample", () => {
  const keys: DrawKey[] = [
    KEY,
    { ...KEY, seed: 43 },
    { ...KEY, seed: 42 + 2 ** 32 },
    { ...KEY, stream: "latent" },
    { ...KEY, epoch: 1 },
  ];
  const drawn = [...keys.map((key) => normals([0], 8, key)), normals([1], 8)];
  equal(new Set(drawn.map(String)).size, drawn.length);
  equal(new Set(drawn.flatMap((numbers) => [...numbers])).size, 8 * drawn.length);
});

Deno.test("fillNormal() writes nothing after its rows", () => {
  const out = new Float32Array(8).fill(9);
  fillNormal(out, 2, 3, [0, 1], KEY);
  deepEqual([...out.subarray(6)], [9, 9]);
});

Deno.test("permutation() holds each number once, at any length", () => {
  for (const length of [0, 1, 2, 3, 10, 1001]) {
    deepEqual([...permutation(length, KEY)].sort((a, b) => a - b), [...first(length)]);
  }
});

Deno.test("permutation() is a function of seed, stream and epoch, and begins with these numbers", () => {
  const key: DrawKey = { seed: 42, stream: "shuffle", epoch: 0 };
  deepEqual([...permutation(10, key)], [7, 3, 4, 6, 9, 0, 8, 2, 5, 1]);
  deepEqual([...permutation(10, { ...key, epoch: 1 })], [5, 4, 9, 2, 0, 1, 7, 8, 6, 3]);
  notDeepEqual(permutation(10, { ...key, seed: 43 }), permutation(10, key));
  notDeepEqual(permutation(10, { ...key, stream: "split" }), permutation(10, key));
});

Deno.test("permutation() fills the array that it is given, whatever that held", () => {
  const out = new Uint32Array(10).fill(77);
  equal(permutation(10, KEY, out), out);
  deepEqual(out, permutation(10, KEY));
});

Deno.test("permutation() has each number in each place equally often", () => {
  const length = 5, rounds = 5000, seen = new Float64Array(length * length);
  for (let epoch = 0; epoch < rounds; epoch++) {
    permutation(length, { ...KEY, epoch }).forEach((number, place) => seen[place * length + number]++);
  }
  const expected = rounds / length;
  // Five standard deviations of a count.
  assertClose(
    seen,
    new Float64Array(seen.length).fill(expected),
    { absolute: 5 * Math.sqrt(expected * 0.8) },
    "places",
  );
});
