import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { stopFlag, type StopOrder, stopReason } from "../../src/run/stop.ts";

const cases: { name: string; orders: StopOrder[]; then: [boolean, boolean, number, string] }[] = [
  { name: "is off before a request", orders: [], then: [false, false, 0, "SIGINT"] },
  {
    name: "stops after the batch",
    orders: [{ exitCode: 143, cause: "SIGTERM" }],
    then: [true, true, 143, "SIGTERM"],
  },
  {
    name: "stops after the epoch",
    orders: [{ exitCode: 130, after: "epoch", cause: "request" }],
    then: [false, true, 130, "request"],
  },
  {
    name: "becomes sooner, with the cause of the later request",
    orders: [{ exitCode: 124, after: "epoch", cause: "epochs" }, { exitCode: 143, cause: "SIGTERM" }],
    then: [true, true, 143, "SIGTERM"],
  },
  {
    name: "never becomes later",
    orders: [{ exitCode: 143, cause: "SIGTERM" }, { exitCode: 130, after: "epoch", cause: "request" }],
    then: [true, true, 143, "SIGTERM"],
  },
  {
    name: "keeps the first of two equal requests",
    orders: [{ exitCode: 124, cause: "time" }, { exitCode: 130, cause: "SIGINT" }],
    then: [true, true, 124, "time"],
  },
];
for (const { name, orders, then } of cases) {
  Deno.test(`stopFlag() ${name}`, () => {
    const flag = stopFlag(), other = stopFlag(flag.memory);
    orders.forEach(flag.ask);
    for (const { aborted, ending, reason, cause } of [flag, other]) {
      deepEqual([aborted, ending, reason, cause], then);
    }
  });
}

Deno.test("stopFlag() counts how often the terminal hung up, without stopping", () => {
  const flag = stopFlag();
  flag.hangUp();
  flag.hangUp();
  equal(stopFlag(flag.memory).hangUps, 2);
  equal(flag.ending, false);
});

Deno.test("stopFlag() loses no sooner request when two threads make one at the same time", async () => {
  const worker = new Worker(new URL("./stop_worker.ts", import.meta.url), { type: "module" });
  const answered = () => new Promise<void>((resolve) => worker.onmessage = () => resolve());
  await answered();
  for (let round = 0; round < 200; round++) {
    const flag = stopFlag(), gate = new Int32Array(new SharedArrayBuffer(4)), done = answered();
    worker.postMessage({ memory: flag.memory, gate: gate.buffer });
    // One number releases both, so that they make their requests at the same moment.
    while (Atomics.load(gate, 0) === 0);
    Atomics.store(gate, 0, 2);
    flag.ask({ exitCode: 143, cause: "SIGTERM" });
    await done;
    deepEqual([flag.aborted, flag.reason, flag.cause], [true, 143, "SIGTERM"]);
  }
  worker.terminate();
});

const reasons = [
  { cause: "SIGTERM", text: "stopped by SIGTERM" },
  { cause: "SIGINT", text: "stopped by SIGINT" },
  { cause: "SIGQUIT", text: "stopped by SIGQUIT" },
  { cause: "SIGUSR1", text: "stopped by SIGUSR1: resume with --resume auto" },
  { cause: "SIGXCPU", text: "stopped by SIGXCPU: resume with --resume auto" },
  { cause: "request", text: "stopped on request" },
  { cause: "time", text: "--max-time reached: resume with --resume auto" },
  { cause: "epochs", text: "--max-epochs reached: resume with --resume auto" },
] as const;
for (const { cause, text } of reasons) {
  Deno.test(`stopReason() says "${text}"`, () => equal(stopReason(cause), text));
}
