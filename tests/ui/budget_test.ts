import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { budget, type Part } from "../../src/ui/budget.ts";
import { meter } from "../../src/ui/meter.ts";
import type { Rhythm } from "../../src/ui/rhythm.ts";
import { fakeTerminal, pause } from "./fake_terminal.ts";

const turns = (milliseconds: number, share: number) => ({ every: () => milliseconds, share });
const rhythm: Rhythm = {
  parts: { figures: turns(100, 5), curves: turns(500, 5), pictures: turns(1000, 10) },
  tick: 1000,
  cpuShare: 0.01,
};
/** A screen that computes nothing. */
const written = (bytes: () => number) => ({ bytes, cpu: () => 0 });

/** Frames in the order they are begun, with what each costs, and whose turn it is. */
const TABLE: { name: string; frames: [now: number, bytes: number, pictures: boolean, part: Part][] }[] = [
  {
    name: "gives curves their turn each half second",
    frames: [[0, 10, false, "curves"], [100, 10, false, "figures"], [400, 10, false, "figures"], [
      500,
      10,
      false,
      "curves",
    ]],
  },
  {
    name: "gives new pictures the first turn",
    frames: [[0, 10, true, "pictures"], [100, 10, true, "curves"], [900, 10, true, "curves"], [
      1000,
      10,
      true,
      "pictures",
    ]],
  },
  {
    name: "lets dear pictures wait until all that was written is through",
    frames: [
      [0, 30_000, true, "pictures"],
      [1000, 100, true, "curves"],
      [3000, 100, true, "curves"],
      [3019, 10, true, "figures"],
      [3021, 10, true, "pictures"],
    ],
  },
  {
    name: "lets pictures follow each other when little else is written",
    frames: [[0, 9000, true, "pictures"], [5000, 10, true, "curves"], [5100, 9000, true, "pictures"], [
      6100,
      10,
      true,
      "curves",
    ], [6200, 10, true, "pictures"]],
  },
  {
    name: "lets pictures and curves take turns where frames are rare",
    frames: [[0, 10, true, "pictures"], [4000, 10, true, "curves"], [8000, 10, true, "pictures"], [
      12_000,
      10,
      true,
      "curves",
    ]],
  },
  {
    name: "lets dear curves wait",
    frames: [[0, 10_000, false, "curves"], [1999, 10, false, "figures"], [2000, 10, false, "curves"]],
  },
];
for (const { name, frames } of TABLE) {
  Deno.test(`budget ${name}`, () => {
    let bytes = 0;
    const turn = budget(rhythm, written(() => bytes));
    const parts = frames.map(([now, cost, pictures]) => {
      const part = turn.begin(now, { pictures, curves: true });
      bytes += cost;
      return part;
    });
    deepEqual(parts, frames.map(([, , , part]) => part));
  });
}

Deno.test("budget holds a frame back after dear figures, but not after dear pictures", () => {
  let bytes = 0;
  const turn = budget(rhythm, written(() => bytes));
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

Deno.test("budget lets a screen begin at full speed, then holds frames back to its share of a core", () => {
  let cpu = 5000;
  const turn = budget(rhythm, { bytes: () => 0, cpu: () => cpu });
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
  equal(turn.wait(1600, true), 0, "news wait for no processor time");
  equal(turn.wait(2101), 0);
  draw(2101);
  equal(Math.round(turn.wait(2201)), 1899);
  draw(4102);
  cpu += 10_000;
  equal(turn.wait(4200), 4000, "at the most");
});

Deno.test("meter counts bytes, not letters, and passes all on", async () => {
  const terminal = fakeTerminal(20, 5);
  const { stream, bytes } = meter(terminal.stdout);
  stream.write("⠁é");
  stream.write(Buffer.from("abc"));
  await pause(20);
  equal(bytes(), 8);
  equal(terminal.bytes(), 8);
  deepEqual([stream.columns, stream.isTTY], [20, true]);
});
