import { ok, strictEqual as equal } from "node:assert/strict";
import { alarm } from "../../src/run/alarm.ts";

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

Deno.test("alarm() beyond 24.8 days does not go off at once, and can be cancelled", async () => {
  let calls = 0;
  const far = alarm(60 * 24 * 3600 * 1000, () => calls++);
  await wait(20);
  equal(calls, 0);
  far.cancel();
});

Deno.test("alarm() waits in pieces for what one timer cannot wait, and goes off once at the end", async () => {
  const started = performance.now(), calls: number[] = [];
  // As if a timer could wait for 10 ms.
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

Deno.test("alarm() that is cancelled does not go off", async () => {
  let calls = 0;
  const cancelled = alarm(10_000, () => calls++, 1);
  await wait(15);
  cancelled.cancel();
  await wait(15);
  equal(calls, 0);
});
