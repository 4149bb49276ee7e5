import { deepEqual, doesNotMatch, equal, ok } from "node:assert/strict";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { listRuns } from "../../src/run/list.ts";
import { plainLines } from "../../src/ui/plain_log/plain.ts";
import { initialView } from "../../src/run/fold/fold.ts";
import { reduce } from "../../src/ui/view/reduce.ts";
import { elapsedSeconds, samplesPerSecond, secondsLeft } from "../../src/run/fold/view.ts";
import { glyphRun } from "./fake_run.ts";

const HOUR = 3600_000;

/** What a clock does that is not right. */
const CLOCKS: { name: string; at(t: number, index: number, count: number): number }[] = [
  { name: "set back by an hour in the middle", at: (t, index, count) => index < count / 2 ? t : t - HOUR },
  { name: "set on by an hour in the middle", at: (t, index, count) => index < count / 2 ? t : t + HOUR },
  { name: "that runs backwards", at: (t, index) => t - 2000 * index },
  { name: "that does not move", at: () => Date.UTC(2026, 0, 1) },
];

for (const { name, at } of CLOCKS) {
  Deno.test(`reduce() and plainLines() handle a clock ${name}`, () => {
    const events = glyphRun().map((event, index, all) =>
      ({ ...event, t: at(event.t, index, all.length) }) as RunEvent
    );
    let text = "";
    const screen = plainLines({ write: (lines) => text += lines, now: () => events[0].t });
    let view = initialView();
    for (const event of events) {
      screen.event(event);
      view = reduce(view, event);
      ok(elapsedSeconds(view, event.t) >= 0);
      for (const training of view.trainings) {
        const left = secondsLeft(training, event.t), rate = samplesPerSecond(training);
        ok(left === undefined || left >= 0 && Number.isFinite(left), `${left} s left`);
        ok(rate === undefined || rate > 0 && Number.isFinite(rate), `${rate} samples/s`);
      }
    }
    screen.finish();
    doesNotMatch(text, /NaN|Infinity|undefined| -\d+(\.\d+)? (s|ms)\b|-\d+:\d\d/);
    const straight = glyphRun().reduce(reduce, initialView());
    deepEqual(view.trainings.map(({ last }) => last!.loss), straight.trainings.map(({ last }) => last!.loss));
  });
}

Deno.test("listRuns() lists a run of tomorrow and one of before the clocks began", async () => {
  const root = await Deno.makeTempDir();
  for (const id of ["20991231-235959-aaaa", "19700101-000000-bbbb", "20261124-000000-cccc"]) {
    await Deno.mkdir(`${root}/p/${id}`, { recursive: true });
    await Deno.writeTextFile(`${root}/p/${id}/run.json`, "{}");
  }
  equal(
    (await listRuns(root)).map(({ id }) => id.slice(-4)).join(" "),
    "aaaa cccc bbbb",
  );
  await Deno.remove(root, { recursive: true });
});
