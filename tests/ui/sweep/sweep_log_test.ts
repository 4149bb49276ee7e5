import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { sweepLog, trialJson } from "../../../src/ui/sweep/sweep_log.ts";
import { completeTrial, fakeTrial, fakeView } from "../../sweep/fake_sweep.ts";

const named = (latent: number) => ({ label: `latent ${latent}`, settings: { latent } });
const first = completeTrial(1, 0.25, { ...named(2), folder: "runs/x/1" });
const second = completeTrial(2, 0.5, { ...named(4), seconds: 75 });
const failed = fakeTrial(3, {
  ...named(8),
  state: "failed",
  reason: "the loss is\nnot finite",
  seconds: 0.5,
});

Deno.test("sweepLog() writes a line for each trial that ends, with the best so far, and nothing else", () => {
  const lines: string[] = [], log = sweepLog((text) => lines.push(text));
  log.take(fakeView([fakeTrial(1), fakeTrial(2, named(4)), fakeTrial(3)]));
  log.take(fakeView([first, fakeTrial(2, { ...named(4), state: "running" }), fakeTrial(3)]));
  log.take(fakeView([first, fakeTrial(2, { ...named(4), state: "running" }), fakeTrial(3)]));
  log.take(fakeView([first, second, failed]));
  deepEqual(lines, [
    "1/3  latent 2, seed 1: complete in 0:12, evaluate.mse 0.25000 (the best so far)  runs/x/1\n",
    "2/3  latent 4, seed 1: complete in 1:15, evaluate.mse 0.50000; best 0.25000 (latent 2, seed 1)\n",
    "3/3  latent 8, seed 1: failed after 0.50 s: the loss is not finite; best 0.25000 (latent 2, seed 1)\n",
  ]);
});

Deno.test("sweepLog() of a resumed sweep counts the trials that ended before in one line", () => {
  const lines: string[] = [], log = sweepLog((text) => lines.push(text), { isResumed: true });
  log.take(fakeView([first, fakeTrial(2, named(4)), fakeTrial(3, named(8))]));
  log.take(fakeView([first, second, fakeTrial(3, named(8))]));
  deepEqual(lines.map((line) => line.split("  ")[0]), ["1/3 had ended before\n", "2/3"]);
});

Deno.test("trialJson() writes each trial that ends as one object", () => {
  const lines: string[] = [], log = trialJson((text) => lines.push(text));
  log.take(fakeView([first, fakeTrial(2, named(4))]));
  log.take(fakeView([first, failed]));
  deepEqual(
    lines.map((line) => JSON.parse(line)).map((
      { type, number, state, metrics },
    ) => [type, number, state, metrics]),
    [
      ["trial", 1, "complete", { evaluate: { mse: 0.25 } }],
      ["trial", 3, "failed", null],
    ],
  );
});

Deno.test("left() of a log names the states of what no process runs: in a line, or an object for each trial", () => {
  const view = fakeView([first, fakeTrial(2, { ...named(4), state: "interrupted" }), fakeTrial(3)]);
  const lines: string[] = [], objects: string[] = [];
  sweepLog((text) => lines.push(text)).left({ ...view, planned: 5 });
  trialJson((text) => objects.push(text)).left(view);
  deepEqual(lines, [
    "no process runs the sweep: 1 of 5 trials have ended, 1 interrupted, 3 waiting (the same sweep command runs them)\n",
  ]);
  deepEqual(objects.map((line) => JSON.parse(line)).map(({ number, state }) => [number, state]), [
    [2, "interrupted"],
    [3, "waiting"],
  ]);
});

Deno.test("left() of the log of a shard says that other shards may run what has not ended here", () => {
  const lines: string[] = [];
  sweepLog((text) => lines.push(text)).left(fakeView([first, fakeTrial(2)]), true);
  deepEqual(lines, [
    "no process runs the sweep: 1 of 2 trials have ended, 1 waiting (the same sweep command runs them, or those of other shards do)\n",
  ]);
});
