import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { frameScheduler, type Part } from "../../../src/ui/terminal/frame_scheduler.ts";
import { meter } from "../../../src/ui/terminal/meter.ts";
import type { FrameRates } from "../../../src/ui/terminal/frame_rates.ts";
import { fakeTerminal, pause } from "../fake_terminal.ts";

const turns = (milliseconds: number, share: number) => ({ every: () => milliseconds, share });
const rates: FrameRates = {
  parts: { figures: turns(100, 5), curves: turns(500, 5), pictures: turns(1000, 10) },
  tick: 1000,
  cpuShare: 0.01,
};
/** A screen that computes nothing. */
const written = (bytes: () => number) => ({ bytes, cpu: () => 0 });

/** Frames in the order they are drawn, with the cost of each and the part that changes. */
const TABLE: { name: string; frames: [now: number, bytes: number, pictures: boolean, part: Part][] }[] = [
  {
    name: "draws curves every half second",
    frames: [[0, 10, false, "curves"], [100, 10, false, "figures"], [400, 10, false, "figures"], [
      500,
      10,
      false,
      "curves",
    ]],
  },
  {
    name: "draws new pictures first",
    frames: [[0, 10, true, "pictures"], [100, 10, true, "curves"], [900, 10, true, "curves"], [
      1000,
      10,
      true,
      "pictures",
    ]],
  },
  {
    name: "delays expensive pictures until the output is transmitted",
    frames: [
      [0, 30_000, true, "pictures"],
      [1000, 100, true, "curves"],
      [3000, 100, true, "curves"],
      [3019, 10, true, "figures"],
      [3021, 10, true, "pictures"],
    ],
  },
  {
    name: "draws pictures in succession when there is little other output",
    frames: [[0, 9000, true, "pictures"], [5000, 10, true, "curves"], [5100, 9000, true, "pictures"], [
      6100,
      10,
      true,
      "curves",
    ], [6200, 10, true, "pictures"]],
  },
  {
    name: "alternates pictures and curves when frames are rare",
    frames: [[0, 10, true, "pictures"], [4000, 10, true, "curves"], [8000, 10, true, "pictures"], [
      12_000,
      10,
      true,
      "curves",
    ]],
  },
  {
    name: "delays expensive curves",
    frames: [[0, 10_000, false, "curves"], [1999, 10, false, "figures"], [2000, 10, false, "curves"]],
  },
];
for (const { name, frames } of TABLE) {
  Deno.test(`frameScheduler ${name}`, () => {
    let bytes = 0;
    const turn = frameScheduler(rates, written(() => bytes));
    const parts = frames.map(([now, cost, pictures]) => {
      const part = turn.begin(now, { pictures, curves: true });
      bytes += cost;
      return part;
    });
    deepEqual(parts, frames.map(([, , , part]) => part));
  });
}

Deno.test("frameScheduler delays a frame after expensive figures, but not after expensive pictures", () => {
  let bytes = 0;
  const turn = frameScheduler(rates, written(() => bytes));
  turn.begin(0, { pictures: true, curves: true });
  bytes += 50_000;
  equal(turn.wait(40), 60);
  equal(turn.begin(100, { pictures: false, curves: false }), "figures");
  bytes += 1500;
  equal(turn.wait(150), 250, "1,500 bytes at 5 a millisecond");
  equal(turn.wait(500), 0);
  turn.begin(500, { pictures: false, curves: false });
  bytes += 50_000;
  equal(turn.wait(600), 900, "at most a second");
});

Deno.test("frameScheduler starts at full speed, then limits frames to their share of a core", () => {
  let cpu = 5000;
  const turn = frameScheduler(rates, { bytes: () => 0, cpu: () => cpu });
  const news = { pictures: false, curves: false };
  /** Draws a frame of 20 milliseconds of work. */
  function draw(now: number): void {
    turn.begin(now, news);
    cpu += 20;
  }
  for (let now = 0; now < 1500; now += 100) {
    equal(turn.wait(now), 0, `at ${now}`);
    draw(now);
  }
  draw(1500);
  equal(Math.round(turn.wait(1600)), 500, "320 less 300 that are free, and less 15 earned from 100 to 1600");
  equal(turn.wait(1600, true), 0, "news are not delayed");
  equal(turn.wait(2101), 0);
  draw(2101);
  equal(Math.round(turn.wait(2201)), 1899);
  draw(4102);
  cpu += 10_000;
  equal(turn.wait(4200), 4000, "at most 4 s");
});

Deno.test("meter counts bytes, not characters, and forwards the output", async () => {
  const terminal = fakeTerminal(20, 5);
  const { stream, bytes } = meter(terminal.stdout);
  stream.write("⠁é");
  stream.write(Buffer.from("abc"));
  await pause(20);
  equal(bytes(), 8);
  equal(terminal.bytes(), 8);
  deepEqual([stream.columns, stream.isTTY], [20, true]);
});
