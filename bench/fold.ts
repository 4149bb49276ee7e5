// deno-lint-ignore-file no-console -- a bench prints.

/**
 * What an event costs the screen: the reducer alone, with the history, and with the plain log, over a run of a hundred thousand epochs; the
 * memory that the run then holds, the time of a frame at its beginning and its end, and the time until a second terminal has caught up.
 *
 *     deno run -A --v8-flags=--expose-gc bench/fold.ts [epochs]
 *
 * @module
 */
import process from "node:process";
import { parseEvent, type RunEvent } from "../src/pipeline/events.ts";
import { logBuffer } from "../src/ui/plain_log/log_buffer.ts";
import { initialView } from "../src/run/fold/fold.ts";
import { reduce } from "../src/ui/view/reduce.ts";
import { timeline } from "../src/ui/view/timeline.ts";
import type { View } from "../src/run/fold/view.ts";
import { digitRun, START } from "../tests/ui/fake_run.ts";

// React takes its slow development form without it.
process.env.NODE_ENV ??= "production";
const { renderFrame } = await import("../src/ui/screens/dashboard.tsx");

const epochs = Number(Deno.args[0] ?? 100_000);
const [run, , , started, training] = digitRun();
const previews = digitRun().filter(({ type }) => type === "preview" || type === "latent");

/** The run: an epoch each 50 ms, with previews at the epochs that the trainer previews. */
function* events(): Generator<RunEvent> {
  yield run;
  yield started;
  yield { ...training, epochs } as RunEvent;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const t = START + 50 * epoch, loss = 100 / Math.log(epoch + 1);
    const parts = { reconstruction: loss * 0.9, kl: loss * 0.1 };
    const last = {
      best: loss,
      bestEpoch: epoch,
      epochsWithoutImprovement: 0,
      learningRate: 0.001,
      seconds: 0.05,
    };
    yield { type: "epoch", t, stage: "train", epoch, loss, validation: loss, parts, ...last };
    if (epoch % 10 ** Math.floor(Math.log10(epoch) + 1e-9) !== 0) continue;
    yield { ...previews[0], t, epoch } as RunEvent;
    yield { ...previews[1], t, epoch } as RunEvent;
  }
}

const gc = (globalThis as { gc?: () => void }).gc;
if (gc !== undefined) {
  for (const many of [Math.min(2000, epochs), epochs]) {
    gc();
    const before = Deno.memoryUsage().heapUsed;
    const held = timeline();
    let last = initialView();
    for (const event of events()) {
      if (event.type === "epoch" && event.epoch > many) break;
      last = reduce(last, event);
      held.take(last);
    }
    gc();
    const megabytes = (Deno.memoryUsage().heapUsed - before) / 1e6;
    console.log(
      `the past of ${many} epochs holds ${megabytes.toFixed(1)} MB in ${held.moments().length} moments`,
    );
  }
}

const all = [...events()];

/** Microseconds per event, the best of five rounds, and the last view. */
function time(take: () => (view: View, event: RunEvent) => void): { micros: number; view: View } {
  let micros = Infinity, view = initialView();
  for (let round = 0; round < 5; round++) {
    const each = take();
    view = initialView();
    const before = performance.now();
    for (const event of all) {
      view = reduce(view, event);
      each(view, event);
    }
    micros = Math.min(micros, 1000 * (performance.now() - before) / all.length);
  }
  return { micros, view };
}

/** Milliseconds of a frame at 120x40, the median of 30. */
function frame(view: View): number {
  const times = Array.from({ length: 30 }, () => {
    const before = performance.now();
    renderFrame(view, { columns: 120, rows: 40, color: 2, now: view.at });
    return performance.now() - before;
  });
  return times.sort((a, b) => a - b)[15];
}

const alone = time(() => () => {}).micros;
const withPast = time(() => timeline().take).micros;
const whole = time(() => {
  const past = timeline(), log = logBuffer(0);
  return (view, event) => {
    past.take(view);
    log.take(event, view);
  };
});
console.log(
  `${all.length} events: the fold ${alone.toFixed(2)}, with the past ${
    withPast.toFixed(2)
  }, with past and log ${whole.micros.toFixed(2)} microseconds/event`,
);

const lines = all.map((event) => JSON.stringify(event));
const before = performance.now();
const past = timeline(), log = logBuffer(0);
let view = initialView();
for (const line of lines) {
  const event = parseEvent(line)!;
  view = reduce(view, event);
  past.take(view);
  log.take(event, view);
}
console.log(
  `from ${(lines.reduce((sum, line) => sum + line.length, 0) / 1e6).toFixed(1)} MB of lines: ${
    ((performance.now() - before) / 1000).toFixed(2)
  } s; ${past.moments().length} moments kept`,
);

const early = all.slice(0, 200).reduce(reduce, initialView());
console.log(
  `a frame at 120x40 after ${early.trainings[0].last?.epoch} epochs ${
    frame(early).toFixed(1)
  } ms, after ${epochs} ${frame(view).toFixed(1)} ms, of the past ${
    frame(past.moments()[past.moments().length >> 1].view).toFixed(1)
  } ms`,
);
