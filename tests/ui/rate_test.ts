// deno-lint-ignore-file no-console -- SHOW_RATE=1 shows the figures.

/**
 * How much the dashboard writes while a training runs, as over SSH every byte counts: thousands of epochs per second with new previews,
 * into a terminal that counts. The limit is 20 kB/s.
 *
 * @module
 */
import { strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { startDashboard } from "../../src/ui/screens/dashboard.tsx";
import { digitRun, glyphRun } from "./fake_run.ts";
import { fakeTerminal, pause } from "./fake_terminal.ts";

/** Bytes a second that are allowed. */
const LIMIT = 20_000;
const SECONDS = 5;

/** The run with its pictures in colour: hues change from column to column, so that hardly two neighbours share a code. */
function inColour(run: readonly RunEvent[]): RunEvent[] {
  const coloured = (text: string) => {
    const grey = Uint8Array.fromBase64(text), values = new Uint8Array(3 * grey.length);
    grey.forEach((value, at) => values.set([value, (value + 9 * at) % 256, 255 - value], 3 * at));
    return values.toBase64();
  };
  return run.map((event) =>
    event.type !== "preview" ? event : {
      ...event,
      channels: 3,
      items: event.items.map(({ target, input, output, ...item }) => ({
        ...item,
        target: coloured(target),
        input: coloured(input),
        output: coloured(output),
      })),
    }
  );
}

const RUNS = { digits: digitRun(), glyphs: glyphRun(), "digits in colour": inColour(digitRun()) };

/** Events of a training that begins now and does not end: 20 epochs each 10 ms, and new pictures ten times a second. */
async function train(
  run: readonly RunEvent[],
  take: (event: RunEvent) => void,
  seconds: number,
): Promise<void> {
  const start = Date.now(), first = run[0].t;
  const training = run.findIndex(({ type }) => type === "training");
  for (const event of run.slice(0, training + 1)) take({ ...event, t: start + event.t - first } as RunEvent);
  const epoch = run.find((event) => event.type === "epoch")!;
  const shown = run.filter(({ type }) => type === "preview" || type === "latent");
  let number = 0, pictured = 0;
  while (Date.now() - start < 1000 * seconds) {
    for (let each = 0; each < 20; each++) {
      number++;
      const t = Date.now(), wobble = 1 + 0.2 * Math.sin(number * 12.9898);
      const loss = 100 / Math.log(number + 2) * wobble;
      const validation = epoch.validation === undefined ? {} : { validation: loss * 1.1 };
      const parts = epoch.parts === undefined
        ? {}
        : { parts: { reconstruction: loss * 0.9, kl: loss * 0.1 } };
      take({
        ...epoch,
        t,
        epoch: number,
        loss,
        ...validation,
        ...parts,
        best: loss,
        epochsWithoutImprovement: number % 7,
        seconds: 0.0005,
      });
    }
    const tenths = Math.floor((Date.now() - start) / 100);
    if (tenths > pictured) {
      pictured = tenths;
      const { type } = shown[0];
      const next = shown.filter((event) => event.type === type)[tenths % (shown.length >> 1)] ?? shown[0];
      take({ ...next, t: Date.now(), epoch: number } as RunEvent);
    }
    await pause(10);
  }
}

const CASES: {
  run: keyof typeof RUNS;
  columns: number;
  rows: number;
  over: "" | " over SSH";
  frames: number;
}[] = [
  { run: "digits", columns: 80, rows: 24, over: "", frames: 10 },
  { run: "digits", columns: 120, rows: 40, over: "", frames: 10 },
  { run: "digits in colour", columns: 120, rows: 40, over: "", frames: 10 },
  { run: "glyphs", columns: 120, rows: 40, over: " over SSH", frames: 5 },
];
for (const { run, columns, rows, over, frames } of CASES) {
  Deno.test({
    name: `startDashboard writes less than 20 kB/s about ${run} at ${columns}x${rows}${over}`,
    // Ink listens for signals and keeps timers of its own until the next turn of the event loop.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const terminal = fakeTerminal(columns, rows);
      const env = over === "" ? {} : { SSH_CONNECTION: "10.0.0.1 50000 10.0.0.2 22" };
      const screen = startDashboard({ ...terminal, color: 3, controls: { stop() {}, abort() {} }, env });
      let before = { bytes: 0, frames: 0 };
      const counted = () => ({
        bytes: terminal.bytes(),
        frames: terminal.written().split("\u001b[?2026h").length,
      });
      // The first frame is written whole, once; from then on it counts.
      setTimeout(() => before = counted(), 1000);
      await train(RUNS[run], (event) => screen.event(event), 1 + SECONDS);
      const after = counted();
      const rate = (after.bytes - before.bytes) / SECONDS, drawn = (after.frames - before.frames) / SECONDS;
      if (Deno.env.get("SHOW_RATE") === "1") console.log(rate, drawn);
      equal(rate < LIMIT, true, `${rate.toFixed(0)} bytes/s`);
      equal(drawn <= frames + 0.5, true, `${drawn} frames a second`);
      equal(drawn > 0, true, `${drawn} frames a second`);
      // No clearing of the whole screen, no jump to its first line, no scrolling: what would flicker in tmux.
      // deno-lint-ignore no-control-regex
      equal(/\u001b\[[23]J|\u001b\[(1;1)?H|\u001bc/.test(terminal.written()), false);
      equal(terminal.scrolled(), 0);
      await screen.finish();
    },
  });
}
