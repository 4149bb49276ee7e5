import { match, strictEqual as equal } from "node:assert/strict";
import { openProgress, progressWriter } from "../../src/run/progress.ts";
import { rankWatcher } from "../../src/run/ranks/processes.ts";
import { watchSteps } from "../../src/run/ranks/step_timeout.ts";
import { until } from "../support/until.ts";

const SECONDS = 0.08;
const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

Deno.test("watchSteps() calls back once when a batch does not end", async () => {
  const progress = openProgress(), { begin, batch } = progressWriter(progress, 1);
  let calls = 0;
  const watch = watchSteps({ progress, seconds: SECONDS }, () => calls++);
  begin(1, 10);
  batch(3, 0.5);
  await until(() => calls > 0, "the call");
  await wait(3 * SECONDS);
  equal(calls, 1);
  watch.close();
});

Deno.test("watchSteps() counts neither batches that end nor the time before and after an epoch's batches", async () => {
  const progress = openProgress(), { begin, batch } = progressWriter(progress, 1);
  let calls = 0;
  const watch = watchSteps({ progress, seconds: SECONDS }, () => calls++);
  await wait(2 * SECONDS);
  begin(1, 12);
  for (let done = 1; done <= 12; done++) {
    await wait(SECONDS / 4);
    batch(done, 0.5);
  }
  await wait(3 * SECONDS);
  equal(calls, 0);
  watch.close();
});

Deno.test("rankWatcher() names the machines of the ranks when a step takes too long, until they disconnect", async () => {
  const processes = ["n1", "n1", "n2"].map((host, rank) => ({ rank, pid: Deno.pid, host }));
  const reasons: string[] = [];
  const watcher = () => {
    const progress = openProgress();
    progressWriter(progress, 1).begin(1, 10);
    return rankWatcher(0, ({ reason }) => reasons.push(reason), { progress, seconds: SECONDS });
  };
  const left = watcher(), watched = watcher();
  left({ joined: processes });
  left({ disconnecting: true });
  watched({ joined: processes });
  await until(() => reasons.length > 0, "the reason");
  await wait(2 * SECONDS);
  equal(reasons.length, 1);
  match(
    reasons[0],
    /^no step has ended for 0\.08 s \(HOURGLASS_RANK_TIMEOUT\): .* of n1 \(ranks 0, 1\), n2 \(rank 2\): resume with/,
  );
});
