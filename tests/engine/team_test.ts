import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  awaitChange,
  claim,
  CONTROL,
  control,
  isReached,
  leaveMessage,
  nextToken,
  takeMessage,
  tell,
} from "../../src/engine/team/control.ts";
import { type Helper, helperFor } from "../../src/engine/team/helper.ts";
import { SHARED_KERNELS } from "../../src/engine/team/task.ts";
import { sharedKernelModule } from "../../src/engine/wasm.ts";

const UNKNOWN_KERNEL = 99, SGD = SHARED_KERNELS.indexOf("sgd");

async function started(): Promise<{ helper: Helper; numbers: Float32Array }> {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
  const helper = helperFor({ module: await sharedKernelModule(), memory, looksFor: 0 });
  for (let tries = 0; tries < 1500 && !helper.isReady(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  ok(helper.isReady(), "the second thread did not start within 30 s");
  return { helper, numbers: new Float32Array(memory.buffer, 4096, 1024) };
}

/** Asks for `p -= 0.5 g` of eight numbers at 4096, with g at 4096 + 256 and the factor at 4096 + 512. */
function askForSgd({ helper, numbers }: { helper: Helper; numbers: Float32Array }): void {
  numbers.fill(8, 0, 8);
  numbers.fill(2, 64, 72);
  numbers[128] = 0.5;
  helper.arguments.set([4096, 4096 + 256, 8, 4096 + 512]);
  helper.ask(SGD);
}

Deno.test("helper runs a kernel on the memory of both threads, as often as it is asked, awake or asleep", async () => {
  const team = await started();
  for (const pause of [0, 0, 30, 0]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    askForSgd(team);
    team.helper.awaitLast();
    deepEqual([...team.numbers.subarray(0, 9)], [7, 7, 7, 7, 7, 7, 7, 7, 0]);
  }
  team.helper.close();
});

Deno.test("helper says what went wrong where it is waited for, and goes on after it", async () => {
  const team = await started();
  team.helper.ask(UNKNOWN_KERNEL);
  throws(() => team.helper.awaitLast(), { name: "RunError", message: /is not a function/ });
  askForSgd(team);
  team.helper.awaitLast();
  equal(team.numbers[7], 7);
  team.helper.close();
  team.helper.close();
});

Deno.test("helper does not begin what was taken from it, and the first thread cannot take what it has begun", async () => {
  const team = await started(), taken: boolean[] = [];
  for (let times = 0; times < 2000; times++) {
    askForSgd(team);
    // Now and then the helper has time to begin.
    for (let look = 0; look < (times % 4) * 200; look++) Atomics.pause();
    const isOurs = team.helper.takeFirst();
    taken.push(isOurs);
    if (!isOurs) team.helper.awaitLast();
    equal(
      team.numbers[7],
      isOurs ? 8 : 7,
      `the numbers were changed by who took them, and once (time ${times})`,
    );
  }
  ok(taken.includes(true) && taken.includes(false), "both came first now and then");
  team.helper.close();
});

Deno.test("claim() lets one of all take a piece, and nobody that of another token", () => {
  const own = control();
  own.numbers[CONTROL.firstPiece] = 7;
  equal(claim(own, CONTROL.firstPiece, 6), false);
  equal(claim(own, CONTROL.firstPiece, 7), true);
  equal(claim(own, CONTROL.firstPiece, 7), false);
});

Deno.test("nextToken() goes round in 32 bits and leaves out 0, and isReached() goes round with it", () => {
  equal(nextToken(2 ** 31 - 1), -(2 ** 31));
  equal(nextToken(-1), 1);
  equal(isReached(-(2 ** 31), 2 ** 31 - 1), true);
  equal(isReached(2 ** 31 - 1, -(2 ** 31)), false);
  equal(isReached(5, 5), true);
});

Deno.test("awaitChange() gives what a number is, at once when it has changed and else when its patience ends", () => {
  const own = control();
  equal(awaitChange(own, CONTROL.done, 7, 0), 0);
  equal(awaitChange(own, CONTROL.done, 0, 1, 5), 0);
  tell(own, CONTROL.done, 3);
  equal(awaitChange(own, CONTROL.done, 0, 0), 3);
});

Deno.test("takeMessage() takes what leaveMessage() left, once, cut to the room there is", () => {
  const own = control();
  equal(takeMessage(own), undefined);
  leaveMessage(own, "Cannot run: ä");
  equal(takeMessage(control(own.memory)), "Cannot run: ä");
  equal(takeMessage(own), undefined);
  leaveMessage(own, "x".repeat(5000));
  equal(takeMessage(own)!.length, 1024);
});
