import { rejects, strictEqual as equal } from "node:assert/strict";
import { until } from "./until.ts";

Deno.test("until() polls until something holds", async () => {
  let polls = 0;
  await until(() => ++polls === 3, "the third poll", { every: 1 });
  equal(polls, 3);
});

Deno.test("until() fails after its seconds, and says what else is known", async () => {
  const explain = () => Promise.resolve("the log: idle");
  await rejects(until(() => false, "a start", { seconds: 0.02, every: 1, explain }), {
    message: "a start did not happen within 0.02 s\nthe log: idle",
  });
});

Deno.test("until() fails at once where it can no longer happen", async () => {
  await rejects(until(() => false, "a start", { isOver: () => true }), {
    message: "a start did not happen before the end of its process",
  });
});
