import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { fillNormal, fillUniform } from "../../src/core/random.ts";
import { buildKernels, kernelsText } from "../../src/engine/kernels/build.mjs";
import { BINARY, DRAW, SCRATCH_BYTES, UNARY } from "../../src/engine/wasm/kernels.ts";
import { assertClose } from "../support/close.ts";
import { kernelBench, numbers } from "./wasm_support.ts";

Deno.test("kernels.wasm is byte for byte the build of its sources", async () => {
  const committed = Deno.readFileSync(new URL("../../src/engine/kernels.wasm", import.meta.url));
  const built: Uint8Array = await buildKernels();
  equal(built.length, committed.length, "run `deno task build:kernels` and commit what it writes");
  ok(
    built.every((byte, at) => byte === committed[at]),
    "run `deno task build:kernels` and commit what it writes",
  );
  equal(
    Deno.readTextFileSync(new URL("../../src/engine/kernels.wasm.base64", import.meta.url)),
    kernelsText(committed),
  );
});

/** The clear version of the product. */
function product(
  m: number,
  n: number,
  k: number,
  a: Float32Array,
  ta: number,
  b: Float32Array,
  tb: number,
  bias: number[],
) {
  return Array.from({ length: m * n }, (_, at) => {
    const row = Math.floor(at / n), column = at % n;
    let total = bias[column] ?? 0;
    for (let i = 0; i < k; i++) {
      total += a[ta ? i * m + row : row * k + i] * b[tb ? column * k + i : i * n + column];
    }
    return total;
  });
}

const SIZES = [
  [1, 1, 1],
  [1, 35, 2],
  [2, 3, 5],
  [3, 8, 4],
  [4, 9, 16],
  [5, 17, 7],
  [32, 50, 35],
  [33, 2, 25],
  [7, 12, 385],
  [6, 20, 1000],
  [13, 264, 300],
];

for (const [ta, tb] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
  const title = `a${ta ? "^T" : ""} b${tb ? "^T" : ""}`;
  Deno.test(`product() gives ${title} + bias of any size and writes nothing beyond`, () => {
    for (const [m, n, k] of SIZES) {
      for (const hasBias of [0, 1]) {
        const { kernels, put, overrun } = kernelBench();
        const a = put(numbers(m * k, 1)), b = put(numbers(k * n, 2)), bias = put(numbers(n, 3));
        const zeros = put(new Float32Array(8)), c = put(new Float32Array(m * n).fill(NaN));
        const scratch = put(new Float32Array(SCRATCH_BYTES / 4));
        const first = hasBias ? bias.at : zeros.at;
        kernels.product(c.at, m, n, k, a.at, ta, b.at, tb, first, hasBias, scratch.at);
        const expected = product(m, n, k, a.view, ta, b.view, tb, hasBias ? [...bias.view] : []);
        assertClose(
          c.view,
          expected,
          { absolute: 4e-6 * Math.sqrt(k), relative: 1e-5 },
          `${title} ${m}x${n}x${k}`,
        );
        equal(overrun(), false, `${title} ${m}x${n}x${k} wrote beyond a block`);
      }
    }
  });
}

Deno.test("product() of not-a-number rows leaves the other rows as they are", () => {
  const { kernels, put } = kernelBench();
  const a = put(numbers(5 * 6, 1)), b = put(numbers(6 * 3, 2)), zeros = put(new Float32Array(8));
  a.view.fill(NaN, 6, 12);
  const c = put(new Float32Array(15)), scratch = put(new Float32Array(SCRATCH_BYTES / 4));
  kernels.product(c.at, 5, 3, 6, a.at, 0, b.at, 0, zeros.at, 0, scratch.at);
  deepEqual([...c.view].map(Number.isNaN), Array.from({ length: 15 }, (_, at) => at >= 3 && at < 6));
});

const UNARY_REFERENCES: Record<keyof typeof UNARY, (x: number) => number> = {
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  relu: (x) => x > 0 ? x : 0.25 * x,
};

for (const [name, reference] of Object.entries(UNARY_REFERENCES)) {
  Deno.test(`unary() ${name} follows Math over the whole range, with its tail, in place`, () => {
    const { kernels, put, overrun } = kernelBench();
    const positive = name === "log" || name === "sqrt";
    const points = Array.from({ length: 4003 }, (_, at) => (at - 2001) / 100)
      .concat([-1e4, -100, -88, -50, -1e-3, -1e-20, 0, 1e-20, 1e-3, 50, 88, 100, 1e4])
      .map((x) => Math.fround(positive ? Math.exp(x) : x)).filter((x) => Number.isFinite(x));
    const x = put(points), y = put(new Float32Array(points.length));
    const kind = UNARY[name as keyof typeof UNARY];
    kernels.unary(kind, y.at, x.at, points.length, 0.25);
    const expected = points.map((point) => Math.fround(reference(point)));
    const finite = expected.map((number, at) => Number.isFinite(number) ? at : -1).filter((at) => at >= 0);
    const pick = (from: ArrayLike<number>) => finite.map((at) => from[at]);
    assertClose(pick(y.view), pick(expected), { absolute: 1e-38, relative: 1e-6 }, name);
    expected.forEach((number, at) =>
      Number.isFinite(number) || equal(y.view[at], number, `${name}(${points[at]})`)
    );
    kernels.unary(kind, x.at, x.at, points.length, 0.25);
    deepEqual(x.view, y.view);
    equal(overrun(), false);
  });
}

Deno.test("binary() makes the derivative of an activation by its result", () => {
  const { kernels, put, overrun } = kernelBench();
  const above = numbers(23, 1), result = numbers(23, 2);
  const references = {
    tanhGradient: (a: number, y: number) => a * (1 - y * y),
    sigmoidGradient: (a: number, y: number) => a * (y - y * y),
    reluGradient: (a: number, y: number) => y > 0 ? a : 0.125 * a,
  };
  for (const [name, reference] of Object.entries(references)) {
    const a = put(above), b = put(result), y = put(new Float32Array(23));
    kernels.binary(BINARY[name as keyof typeof references], y.at, a.at, 0, 16, b.at, 0, 16, 1, 23, 0.125);
    assertClose(y.view, [...above].map((each, at) => reference(each, result[at])), {
      absolute: 3e-7,
      relative: 1e-6,
    }, name);
  }
  equal(overrun(), false);
});

Deno.test("sumRows(), sumColumns() and sumSquares() of 128 x 785 numbers keep seven digits", () => {
  const { kernels, put, overrun } = kernelBench();
  const rows = 128, columns = 785, x = put(numbers(rows * columns).map((z) => 1 + z / 8));
  const down = put(new Float32Array(columns)), across = put(new Float32Array(rows)), all = put([0]);
  const expectedDown = new Array(columns).fill(0), expectedAcross = new Array(rows).fill(0);
  x.view.forEach((value, at) => {
    expectedDown[at % columns] += value;
    expectedAcross[Math.floor(at / columns)] += value;
  });
  kernels.sumRows(down.at, x.at, rows, columns);
  kernels.sumColumns(across.at, x.at, rows, columns);
  kernels.sumColumns(all.at, x.at, 1, rows * columns);
  assertClose(down.view, expectedDown, { relative: 1e-7 }, "sumRows");
  assertClose(across.view, expectedAcross, { relative: 1e-7 }, "sumColumns");
  assertClose(all.view, [expectedAcross.reduce((sum, each) => sum + each)], { relative: 1e-7 }, "sumAll");
  const squares = [...x.view].reduce((sum, each) => sum + each * each, 0);
  assertClose([kernels.sumSquares(x.at, rows * columns)], [squares], { relative: 1e-12 }, "sumSquares");
  equal(overrun(), false);
});

Deno.test("corruptRows() draws exactly the bits of core/random.ts at any width, seed and sample", () => {
  for (const [rows, columns] of [[1, 1], [3, 2], [2, 16], [2, 35], [1, 1003]]) {
    for (const seed of [0, 42, 2 ** 31, 2 ** 53 - 1]) {
      const { kernels, put, overrun } = kernelBench();
      const order = put(new Float32Array(rows)), samples = new Uint32Array(order.view.buffer, order.at, rows);
      samples.set(Array.from({ length: rows }, (_, row) => 4294967295 - 1000003 * row));
      const y = put(new Float32Array(rows * columns)), scratch = put(new Float32Array(16));
      const settings = put([0, 0, 0]), low = seed | 0, high = Math.floor(seed / 2 ** 32) | 0;
      const corrupt = (kind: number) =>
        kernels.corruptRows(
          kind,
          y.at,
          y.at,
          order.at,
          rows,
          columns,
          scratch.at,
          5,
          3,
          4,
          low,
          high,
          settings.at,
        );
      const key = { seed, stream: "noise", epoch: 5 } as const, expected = new Float32Array(rows * columns);
      corrupt(DRAW.normal);
      fillNormal(expected, rows, columns, samples, key);
      deepEqual(y.view, expected);
      settings.view.set([0, 0, 0.5]);
      corrupt(DRAW.switches);
      fillUniform(expected, rows, columns, samples, key);
      assertClose(y.view.map((x) => x === 1 ? 1 : 0), expected.map((u) => u >= 0.5 ? 1 : 0), {}, "halves");
      equal(overrun(), false);
    }
  }
});
