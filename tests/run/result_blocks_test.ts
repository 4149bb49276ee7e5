import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { serialize } from "node:v8";
import { encodeModel } from "../../src/models/tensors.ts";
import { packResult, unpackResult } from "../../src/run/result_blocks.ts";
import { modelOf } from "../stages/fake_run.ts";

const MODEL = { ...modelOf({ kind: "vae", encoder: [784, 40] }), epoch: 3 };
const RESULT = {
  outputs: { model: MODEL, map: new Map([["a", Float32Array.of(1)]]), list: [undefined, null] },
  note: "x",
};

Deno.test("packResult() stores weights only in their file, and unpackResult() returns the same result bit for bit", () => {
  const files = new Map([
    ["files/other.bin", new Uint8Array(10)],
    ["files/checkpoints/train.safetensors", encodeModel(MODEL)],
  ]);
  const packed = packResult(RESULT, files);
  ok(MODEL.parameters.byteLength > 100_000);
  ok(packed.length < 5000, `${packed.length} bytes`);
  const read = unpackResult(packed, files);
  deepEqual(read, RESULT);
  equal((read as typeof RESULT).outputs.model.parameters.byteOffset, 0);
});

Deno.test("packResult() stores an array that is not the end of a file", () => {
  const others = new Map([["files/other.bin", new Uint8Array(MODEL.parameters.byteLength + 9)]]);
  const packed = packResult(RESULT, others);
  ok(packed.length > MODEL.parameters.byteLength);
  deepEqual(unpackResult(packed, new Map()), RESULT);
  deepEqual(unpackResult(serialize(RESULT), new Map()), RESULT, "results of earlier versions are read");
});

Deno.test("unpackResult() refuses a reference to a file that is missing or shorter", () => {
  const name = "files/checkpoints/train.safetensors", file = encodeModel(MODEL);
  const packed = packResult(RESULT, new Map([[name, file]]));
  throws(() => unpackResult(packed, new Map()), /result\.bin refers to files\/checkpoints/);
  throws(() => unpackResult(packed, new Map([[name, file.subarray(1)]])), /which lacks it/);
});

Deno.test("unpackResult() returns one object where one was stored: a dataset that is tested on its train split", () => {
  const split = { count: 1, values: new Uint8Array(70_000).fill(7) };
  const read = unpackResult(packResult({ dataset: { train: split, test: split } }, new Map()), new Map()) as {
    dataset: { train: typeof split; test: typeof split };
  };
  equal(read.dataset.test, read.dataset.train);
  deepEqual(read.dataset.train, split);
});

Deno.test("packResult() refuses what would not be the same after reading, by its path", () => {
  class Kernel {}
  const circle: Record<string, unknown> = {};
  circle.again = circle;
  const cases: [unknown, RegExp][] = [
    [() => 1, /^outputs\.a\.0 must be plain data or typed arrays, got a function/],
    [new Kernel(), /got an instance of Kernel/],
    [Promise.resolve(1), /got an instance of Promise/],
    [circle, /outputs\.a\.0\.again must be .*got an object that contains itself/],
    [new Float32Array(new SharedArrayBuffer(8)), /got shared memory/],
    [new Map([["a", () => 1]]), /got a function/],
  ];
  for (const [value, says] of cases) {
    throws(
      () => packResult({ outputs: { a: [value] } }, new Map()),
      (thrown: Error) => says.test(thrown.message),
    );
  }
  const kept = {
    a: [1, new Map([["b", 2]]), new Set([3]), new Date(4), new Int8Array(2), null, undefined, "x", 5n],
  };
  deepEqual(unpackResult(packResult({ outputs: kept }, new Map()), new Map()), { outputs: kept });
});
