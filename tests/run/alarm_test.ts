import { ok, strictEqual as equal } from "node:assert/strict";
import { alarm } from "../../src/run/alarm.ts";

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

Deno.test("alarm() beyond 24.8 days does not fire at once, and can be cancelled", async () => {
  let calls = 0;
  const far = alarm(60 * 24 * 3600 * 1000, () => calls++);
  await wait(20);
  equal(calls, 0);
  far.cancel();
});

Deno.test("alarm() splits a long wait into several timers, and fires once at the end", async () => {
  const started = performance.now(), calls: number[] = [];
  // As if a timer were limited to 10 ms.
  await new Promise<void>((resolve) =>
    alarm(35, () => {
      calls.push(performance.now() - started);
      resolve();
    }, 10)
  );
  await wait(30);
  equal(calls.length, 1);
  ok(calls[0] > 33, `it went off after ${calls[0]} ms`);
});

Deno.test("alarm() does not fire after it is cancelled", async () => {
  let calls = 0;
  const cancelled = alarm(10_000, () => calls++, 1);
  await wait(15);
  cancelled.cancel();
  await wait(15);
  equal(calls, 0);
});
