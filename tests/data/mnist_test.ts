import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { mnist } from "../../src/data/mnist.ts";
import { openSource, SourceSpec } from "../../src/data/source.ts";

const open = (options: Parameters<typeof mnist>[0] = {}) =>
  openSource(SourceSpec.parse(mnist(options)), { seed: 1, log: () => {} });

Deno.test("mnist() opens the 60,000 + 10,000 official digits with their labels", async () => {
  const { train, test, shape: [height, width], labelNames } = await open();
  deepEqual([train.count, test.count, height, width], [60_000, 10_000, 28, 28]);
  deepEqual([train.values.length, test.values.length], [60_000 * 784, 10_000 * 784]);
  deepEqual([...train.labels!.subarray(0, 5)], [5, 0, 4, 1, 9]);
  deepEqual([...test.labels!.subarray(0, 5)], [7, 2, 1, 0, 4]);
  equal(labelNames!.join(""), "0123456789");
  // The mean pixel, which every tutorial quotes as 0.1307.
  const sum = (train.values as Uint8Array).reduce((total, byte) => total + byte, 0);
  equal((sum / train.values.length / 255).toFixed(4), "0.1307");
});

Deno.test("mnist() with heldOut tests on the last train digits, and trains on none of them", async () => {
  const all = (await open()).train;
  const { train, test } = await open({ heldOut: 7 });
  deepEqual([train.count, test.count], [59_993, 7]);
  deepEqual(test.values, all.values.slice(59_993 * 784));
  deepEqual([...test.labels!], [...all.labels!.subarray(59_993)]);
  const part = await open({ heldOut: 59_000, offset: 998, limit: 9, testLimit: 3 });
  deepEqual([part.train.count, part.test.count], [2, 3]);
  deepEqual(part.test.values, all.values.slice(1000 * 784, 1003 * 784));
  const { error } = SourceSpec.safeParse(mnist({ heldOut: 59_000, offset: 1000 }));
  deepEqual(error!.issues.map(({ message }) => message), [
    "must be below 1,000, the number of train digits that are not held out, got 1,000",
  ]);
  equal(JSON.stringify(SourceSpec.parse(mnist())).includes("heldOut"), false);
});

Deno.test("mnist() takes a limit from an offset on, of the train split alone", async () => {
  const all = await open({ limit: 10 });
  const { train, test } = await open({ limit: 3, offset: 2, testLimit: 7 });
  deepEqual([train.count, test.count], [3, 7]);
  deepEqual([...train.labels!], [4, 1, 9]);
  deepEqual(train.values, all.train.values.slice(2 * 784, 5 * 784));
  equal(train.values.buffer.byteLength, 3 * 784, "only what is used is kept in memory");
});
