import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  awaitChange,
  claim,
  CONTROL,
  control,
  isReached,
  leaveMessage,
  nextToken,
  signal,
  takeMessage,
} from "../../src/engine/threads/control.ts";
import { threadsFor } from "../../src/engine/threads.ts";
import { type HelperThread, helperThread } from "../../src/engine/threads/helper_thread.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { perSample } from "../../src/graph/graph.ts";
import { windowOf } from "../../src/graph/window.ts";
import { SHARED_KERNELS } from "../../src/engine/wasm/sharing.ts";
import { sharedKernelModule } from "../../src/engine/wasm.ts";

const UNKNOWN_KERNEL = 99, SGD = SHARED_KERNELS.indexOf("sgd");

async function started(): Promise<{ helper: HelperThread; numbers: Float32Array }> {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
  const helper = helperThread({ module: await sharedKernelModule(), memory, spinMs: 0 });
  for (let tries = 0; tries < 1500 && !helper.isReady(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  ok(helper.isReady(), "the second thread did not start within 30 s");
  return { helper, numbers: new Float32Array(memory.buffer, 4096, 1024) };
}

/** Asks for `p -= 0.5 g` of eight numbers at 4096, with g at 4096 + 256 and the factor at 4096 + 512. */
function askForSgd({ helper, numbers }: { helper: HelperThread; numbers: Float32Array }): void {
  numbers.fill(8, 0, 8);
  numbers.fill(2, 64, 72);
  numbers[128] = 0.5;
  helper.arguments.set([4096, 4096 + 256, 8, 4096 + 512]);
  helper.ask(SGD);
}

Deno.test("ask() runs a kernel on the shared memory, each time, whether the helper thread spins or sleeps", async () => {
  const pair = await started();
  for (const pause of [0, 0, 30, 0]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    askForSgd(pair);
    pair.helper.awaitLast();
    deepEqual([...pair.numbers.subarray(0, 9)], [7, 7, 7, 7, 7, 7, 7, 7, 0]);
  }
  pair.helper.close();
});

Deno.test("awaitLast() throws the error of the helper thread, which continues after it", async () => {
  const pair = await started();
  pair.helper.ask(UNKNOWN_KERNEL);
  throws(() => pair.helper.awaitLast(), { name: "RunError", message: /is not a function/ });
  askForSgd(pair);
  pair.helper.awaitLast();
  equal(pair.numbers[7], 7);
  pair.helper.close();
  pair.helper.close();
});

Deno.test("takeFirst() claims a piece that the helper thread has not claimed, and only that", async () => {
  const pair = await started(), taken: boolean[] = [];
  for (let times = 0; times < 2000; times++) {
    askForSgd(pair);
    // In some rounds the helper thread has time to claim the piece.
    for (let look = 0; look < (times % 4) * 200; look++) Atomics.pause();
    const isOurs = pair.helper.takeFirst();
    taken.push(isOurs);
    if (!isOurs) pair.helper.awaitLast();
    equal(
      pair.numbers[7],
      isOurs ? 8 : 7,
      `the thread that claimed the piece runs it, and once (time ${times})`,
    );
  }
  ok(taken.includes(true) && taken.includes(false), "each thread was first sometimes");
  pair.helper.close();
});

Deno.test("claim() gives a piece to one thread, and never that of another token", () => {
  const own = control();
  own.numbers[CONTROL.firstPiece] = 7;
  equal(claim(own, CONTROL.firstPiece, 6), false);
  equal(claim(own, CONTROL.firstPiece, 7), true);
  equal(claim(own, CONTROL.firstPiece, 7), false);
});

Deno.test("nextToken() wraps around in 32 bits and skips 0, and isReached() wraps with it", () => {
  equal(nextToken(2 ** 31 - 1), -(2 ** 31));
  equal(nextToken(-1), 1);
  equal(isReached(-(2 ** 31), 2 ** 31 - 1), true);
  equal(isReached(2 ** 31 - 1, -(2 ** 31)), false);
  equal(isReached(5, 5), true);
});

Deno.test("awaitChange() returns the number, at once when it has changed and else after its timeout", () => {
  const own = control();
  equal(awaitChange(own, CONTROL.done, 7, 0), 0);
  equal(awaitChange(own, CONTROL.done, 0, 1, 5), 0);
  signal(own, CONTROL.done, 3);
  equal(awaitChange(own, CONTROL.done, 0, 0), 3);
});

Deno.test("takeMessage() takes what leaveMessage() left, once, cut to the space there is", () => {
  const own = control();
  equal(takeMessage(own), undefined);
  leaveMessage(own, "Cannot run: ä");
  equal(takeMessage(control(own.memory)), "Cannot run: ä");
  equal(takeMessage(own), undefined);
  leaveMessage(own, "x".repeat(5000));
  equal(takeMessage(own)!.length, 1024);
});

Deno.test("threadsFor() gives a graph with maps two threads at most, as its products go through the batch in blocks", () => {
  const window = windowOf({ height: 28, width: 28, channels: 32, kernel: [3, 3] });
  const build = graphBuilder(), x = build.input("x", [perSample(784), 32]);
  const y = build.matmul(build.patches(x, window), build.parameter("weight", [288, 32]));
  const large = build.finish({ outputs: { y } });
  equal(threadsFor(large, 64, 8), 2);
  equal(threadsFor(large, 64, 1), 1);
});
