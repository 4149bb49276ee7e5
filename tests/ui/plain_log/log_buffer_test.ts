import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/pipeline/events.ts";
import { KEPT_LINES, logBuffer } from "../../../src/ui/plain_log/log_buffer.ts";
import { plainLines } from "../../../src/ui/plain_log/plain.ts";
import { initialView } from "../../../src/run/fold/fold.ts";
import { reduce } from "../../../src/ui/view/reduce.ts";
import { frameRatesFor } from "../../../src/ui/terminal/frame_rates.ts";
import { wrap } from "../../../src/ui/text/wrap.ts";
import { digitRun, glyphRun, START } from "../fake_run.ts";

/** A log of the events. */
function logOf(events: readonly RunEvent[], color: 0 | 1 = 0) {
  const log = logBuffer(color);
  events.reduce((view, event) => {
    const next = reduce(view, event);
    log.take(event, next);
    return next;
  }, initialView());
  return log;
}

for (const [name, events] of [["glyphs", glyphRun()], ["digits", digitRun()]] as const) {
  Deno.test(`logBuffer holds what plain lines wrote about ${name}, the summary included`, () => {
    let text = "", now = 0;
    let due: { at: number; callback: () => void } | undefined;
    const later = (callback: () => void, milliseconds: number) => {
      due = { at: now + milliseconds, callback };
      return () => due = undefined;
    };
    const screen = plainLines({ write: (more) => text += more, now: () => now, later });
    for (const event of events) {
      now = event.t;
      if (due !== undefined && due.at <= now) due.callback();
      screen.event(event);
    }
    screen.finish();
    const lines = logOf(events).lines(now, { width: 1000, height: 1000 });
    deepEqual(lines, text.trimEnd().split("\n"));
  });
}

Deno.test("logBuffer says that a stage has started only if it runs for a while", () => {
  const log = logOf([{ type: "stage", t: START, stage: "load", state: "started" }]);
  const size = { width: 80, height: 10 };
  deepEqual(log.lines(START + 900, size), []);
  deepEqual(log.lines(START + 1100, size), ["load  started"]);
  deepEqual(log.lines(START + 2100, size), ["load  started"]);
});

Deno.test("logBuffer keeps the newest lines, and shows as many as fit when they are wrapped", () => {
  const messages = Array.from(
    { length: 1000 },
    (_, index): RunEvent => ({ type: "log", t: index, message: `line ${index}` }),
  );
  const log = logOf(messages);
  const all = log.lines(1000, { width: 80, height: 10_000 });
  equal(all.length >= KEPT_LINES && all.length <= 2 * KEPT_LINES, true, `${all.length}`);
  equal(all.at(-1), "line 999");
  deepEqual(log.lines(1000, { width: 5, height: 3 }), ["998", "line ", "999"].slice(0, 3));
});

Deno.test("wrap breaks full lines, keeps wide letters whole and continues a colour", () => {
  deepEqual(wrap("abcdef", 4), ["abcd", "ef"]);
  deepEqual(wrap("abcd", 4), ["abcd"]);
  deepEqual(wrap("日本語", 5), ["日本", "語"]);
  deepEqual(wrap("日", 1), ["日"]);
  deepEqual(wrap("a\u001b[33mbcd\u001b[39me", 3), [
    "a\u001b[33mbc\u001b[22m\u001b[39m",
    "\u001b[33md\u001b[39me",
  ]);
});

Deno.test("frameRatesFor draws ten frames a second, five over SSH or on a large terminal, and fewer to be read", () => {
  const frame = (env: Record<string, string>, cells = 1920, isRead = false) =>
    frameRatesFor({ env, isRead, cells: () => cells }).parts.figures.every();
  equal(frame({}), 100);
  equal(frame({}, 10_000), 200);
  equal(frame({ SSH_CONNECTION: "10.0.0.1 5 10.0.0.2 22" }), 200);
  equal(frame({ SSH_TTY: "/dev/pts/1" }), 200);
  equal(frame({ SSH_TTY: "" }), 100);
  equal(frame({}, 1920, true), 5000);
});

Deno.test("frameRatesFor lets frames take 0.3 % of each core, wherever they are drawn", () => {
  for (const [env, isRead] of [[{}, false], [{ SSH_TTY: "/dev/pts/1" }, false], [{}, true]] as const) {
    const share = (cores: number) => frameRatesFor({ env, isRead, cells: () => 1920, cores }).cpuShare;
    equal(share(2), 0.006);
    equal(share(16), 0.048);
  }
});
