import { match, strictEqual as equal, throws } from "node:assert/strict";
import { ALONE } from "../../src/core/collective.ts";
import { rankWatcher } from "../../src/run/ranks/processes.ts";
import { countWaits, openWaits, watchWaits } from "../../src/run/ranks/waits.ts";
import { until } from "../support/until.ts";

const SECONDS = 0.08, BLOCK = { numbers: new Float32Array(4), received: new Float32Array(4), add() {} };
const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

/** Memory of an exchange that lasts. */
function waiting(): SharedArrayBuffer {
  const waits = openWaits();
  new Int32Array(waits)[0] = 7;
  return waits;
}

Deno.test("watchWaits() calls back once when an exchange does not end", async () => {
  let calls = 0;
  const watch = watchWaits({ waits: waiting(), seconds: SECONDS }, () => calls++);
  await until(() => calls > 0, "the call");
  await wait(3 * SECONDS);
  equal(calls, 1);
  watch.close();
});

Deno.test("watchWaits() counts neither exchanges that end nor the time between them", async () => {
  const waits = openWaits(), count = new Int32Array(waits);
  let calls = 0;
  const watch = watchWaits({ waits, seconds: SECONDS }, () => calls++);
  await wait(2 * SECONDS);
  for (let times = 1; times <= 12; times++) {
    count[0]++;
    await wait(SECONDS / 4);
    // The next one has started before anybody has looked.
    count[0]++;
    if (times % 2 === 0) count[0] += 2;
  }
  await wait(3 * SECONDS);
  equal(calls, 0);
  watch.close();
});

Deno.test("countWaits() has an odd number exactly while an exchange lasts, also where one fails", () => {
  const waits = openWaits(), count = new Int32Array(waits), seen: number[] = [];
  const look = () => void seen.push(count[0]);
  const update = { range: { first: 0, count: 4 }, end: look, gather() {} };
  const connect = () => {
    look();
    return { run: look, update, close() {} };
  };
  const collective = countWaits({ ...ALONE, connect, total: look }, waits),
    connected = collective.connect(BLOCK);
  connected.run();
  connected.update!.end();
  collective.total(new Float64Array(2));
  equal(seen.join(), "1,3,5,7");
  equal(count[0], 8);
  const broken = countWaits({
    ...ALONE,
    total() {
      throw new Error("no");
    },
  }, waits);
  throws(() => broken.total(new Float64Array(1)), /no/);
  equal(count[0], 10);
});

Deno.test("rankWatcher() names the machines of the ranks when rank 0 waits too long, until they disconnect", async () => {
  const processes = ["n1", "n1", "n2"].map((host, rank) => ({ rank, pid: Deno.pid, host }));
  const reasons: string[] = [];
  const watcher = () =>
    rankWatcher(0, ({ reason }) => reasons.push(reason), { waits: waiting(), seconds: SECONDS });
  const left = watcher(), watched = watcher();
  left({ joined: processes });
  left({ disconnecting: true });
  watched({ joined: processes });
  await until(() => reasons.length > 0, "the reason");
  await wait(2 * SECONDS);
  equal(reasons.length, 1);
  match(
    reasons[0],
    /^rank 0 got no answer from the other ranks for 0\.08 s \(HOURGLASS_RANK_TIMEOUT\): .* of n1 \(ranks 0, 1\), n2 \(rank 2\): resume with/,
  );
});
