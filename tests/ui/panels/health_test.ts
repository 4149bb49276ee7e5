/**
 * Exact frames of the health panel, colours stripped, in tests/ui/frames. UPDATE_GOLDEN=1 rewrites them, for the difference to be read.
 *
 * @module
 */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { RunEvent } from "../../../src/pipeline/events.ts";
import { renderFrame } from "../../../src/ui/screens/dashboard.tsx";
import { NO_CHOICES } from "../../../src/ui/view/choices.ts";
import { healthLines } from "../../../src/ui/panels/health.ts";
import { markText } from "../../../src/ui/panels/marks.ts";
import { initialView } from "../../../src/run/fold/fold.ts";
import { reduce } from "../../../src/ui/view/reduce.ts";
import { displayWidth } from "../../../src/ui/text/text.ts";
import type { View } from "../../../src/run/fold/view.ts";
import { wrapWords } from "../../../src/ui/text/wrap.ts";
import { BROKEN, collapsedHealth, digitHealth, glyphHealth } from "../fake_health.ts";
import { digitRun, glyphRun, untilEpoch } from "../fake_run.ts";

const fold = (events: readonly RunEvent[]) => events.reduce(reduce, initialView());
const before = untilEpoch(digitRun(), 26);
const digits = fold([...before, digitHealth(20)]);
const collapsed = fold([...before, collapsedHealth(20)]);
const broken = fold([...before, digitHealth(20), BROKEN]);
const glyphs = fold([...untilEpoch(glyphRun(), 30), glyphHealth(30)]);
const early = fold(digitRun().slice(0, 5));
const choices = { ...NO_CHOICES, health: true };

const FRAMES: { name: string; view: View; columns: number; rows: number }[] = [
  { name: "health_80x24", view: digits, columns: 80, rows: 24 },
  { name: "health_60x20", view: digits, columns: 60, rows: 20 },
  { name: "health_200x50", view: digits, columns: 200, rows: 50 },
  { name: "health_50x12", view: digits, columns: 50, rows: 12 },
  { name: "health_collapsed_80x24", view: collapsed, columns: 80, rows: 24 },
  { name: "health_broken_80x24", view: broken, columns: 80, rows: 24 },
  { name: "health_ae_80x24", view: glyphs, columns: 80, rows: 24 },
  { name: "health_early_60x20", view: early, columns: 60, rows: 20 },
];

for (const { name, view, columns, rows } of FRAMES) {
  Deno.test(`renderFrame shows ${name} exactly`, async () => {
    const frame = renderFrame(view, { columns, rows, now: view.at + 600, choices, color: 0 });
    const file = new URL(`../frames/${name}.txt`, import.meta.url);
    if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, frame + "\n");
    deepEqual(frame.split("\n"), (await Deno.readTextFile(file)).trimEnd().split("\n"));
    const colored = renderFrame(view, { columns, rows, now: view.at + 600, choices, color: 3 });
    deepEqual(stripVTControlCharacters(colored).split("\n"), frame.split("\n"));
  });
}

Deno.test("renderFrame offers v where there is something to see, and shows the panels until it is pressed", () => {
  const keys = (view: View) =>
    renderFrame(view, { columns: 120, rows: 24, now: view.at, color: 0 }).split("\n").at(-1)!;
  ok(keys(digits).includes("v health   l log"), keys(digits));
  ok(!keys(early).includes("v health"), keys(early));
});

Deno.test("healthLines fit any size, for one latent dimension or a thousand", () => {
  for (const all of [1, 2, 20, 64, 1000]) {
    const view = { ...broken, health: { ...digitHealth(20, all), collapse: "all of it ".repeat(20) } };
    for (const width of [1, 9, 31, 32, 57, 58, 80, 130, 300]) {
      for (const height of [0, 1, 4, 9, 18, 60]) {
        const lines = healthLines(view, { width, height }, 0);
        ok(lines.length <= height, `${lines.length} lines of ${height}`);
        // Below the least width of a column, the frame cuts.
        if (width >= 32) lines.forEach((line) => ok(displayWidth(line) <= width, `${width}: ${line}`));
      }
    }
  }
});

Deno.test("healthLines show all dimensions that fit, and the number and the largest value of the others", () => {
  const lines = healthLines({ ...initialView(), health: digitHealth(20) }, { width: 40, height: 9 }, 0);
  // Three lines of head, one of header, four numbers of the twenty.
  equal(lines.length, 9);
  deepEqual(lines.slice(4, 8).map((line) => line.split(" ")[0]), ["z1", "z2", "z4", "z5"]);
  equal(lines[8], "16 more, at most 1.592 nats each");
});

Deno.test("markText draws a mean and its spread against the prior", () => {
  const axis = { cells: 17, reach: 2, ticks: [-1, 1] };
  const TABLE: [mean: number | null, spread: number | null, text: string][] = [
    [0, 1, "    ├───●───┤    "],
    [0, 0.5, "    ┊ ├─●─┤ ┊    "],
    [0, 0, "    ┊   ●   ┊    "],
    [1, 0.5, "    ┊     ├─●─┤  "],
    [0, 3, "‹───────●───────›"],
    [5, 1, "    ┊       ┊   ›"],
    [-5, 1, "‹   ┊       ┊    "],
    [null, null, "    ┊       ┊    "],
  ];
  for (const [mean, spread, text] of TABLE) equal(markText({ mean, spread }, axis), text);
});

Deno.test("wrapWords breaks between words, and a word only where it is longer than a line", () => {
  deepEqual(wrapWords("one two three", 7), ["one two", "three"]);
  deepEqual(wrapWords("a abcdefghij b", 4), ["a", "abcd", "efgh", "ij b"]);
  deepEqual(wrapWords("", 4), [""]);
});
