/**
 * Exact frames, colours stripped, in tests/ui/frames. UPDATE_GOLDEN=1 rewrites them, for the difference to be read.
 *
 * @module
 */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { renderFrame } from "../../src/ui/screens/dashboard.tsx";
import { type Choices, NO_CHOICES, type Situation } from "../../src/ui/view/choices.ts";
import type { Comparison } from "../../src/ui/view/comparison.ts";
import { logBuffer } from "../../src/ui/plain_log/log_buffer.ts";
import { timeline } from "../../src/ui/view/timeline.ts";
import { initialView } from "../../src/run/fold/fold.ts";
import { reduce, withProgress } from "../../src/ui/view/reduce.ts";
import { displayWidth } from "../../src/ui/text/text.ts";
import type { View } from "../../src/run/fold/view.ts";
import { digitRun, glyphRun, START, untilEpoch } from "./fake_run.ts";

const fold = (events: readonly RunEvent[]) => events.reduce(reduce, initialView());
const digits = fold(untilEpoch(digitRun(), 26));
const glyphs = fold(untilEpoch(glyphRun(), 30));

/** Another run of digits: a little worse at first, better later. */
const other: Comparison = {
  name: "20261122-0300",
  view: fold(
    untilEpoch(digitRun(), 28).map((event) =>
      event.type !== "epoch" ? event : {
        ...event,
        validation: event.validation! + 30 * event.epoch ** -0.5 - 6.5,
        best: 146.2,
        bestEpoch: 28,
      }
    ),
  ),
};
const line = timeline();
digitRun().reduce((view, event) => {
  const next = reduce(view, event);
  if (view.at <= digits.at) line.take(next);
  return next;
}, initialView());
const attached: Situation = { attached: true, canDetach: false };
const detachable: Situation = { attached: false, canDetach: true };
/** What the plain log of the digits holds. */
const digitLog = (width: number) => buffer.lines(digits.at, { width: Math.max(1, width - 2), height: 100 });
const buffer = logBuffer(0);
untilEpoch(digitRun(), 26).reduce((view, event) => {
  const next = reduce(view, event);
  buffer.take(event, next);
  return next;
}, initialView());

/** The same view, so many batches into an epoch. */
function inside(view: View, epoch: number, batch: number): View {
  const loss = 140.2, batchesPerSecond = 108.5;
  return withProgress(view, {
    stage: "train",
    at: view.at,
    epoch,
    batch,
    batches: 422,
    loss,
    batchesPerSecond,
  });
}

/** A run on vectors: the measurements of two samples. */
const vectors: View = {
  ...digits,
  preview: {
    ...digits.preview!,
    height: 1,
    width: 4,
    features: ["mean radius", "mean texture", "worst area", "smoothness error"],
    items: [
      { target: [17.99, 10.38, 2019, 0.006399], output: [15.21, 10.41, 1010.5, 0.0071] },
      { target: [13.54, 14.36, 711.2, 0.008462], output: [13.2, 15.02, 702.8, 0.0081] },
    ].map((values, at) => ({ label: `tumour ${at + 1}`, target: "", input: "", output: "", values })),
  },
};

const FRAMES: {
  name: string;
  view: View;
  columns: number;
  rows: number;
  choices?: Partial<Choices>;
  situation?: Situation;
  compare?: Comparison;
  log?: string[];
}[] = [
  { name: "digits_80x24", view: digits, columns: 80, rows: 24 },
  { name: "digits_60x20", view: digits, columns: 60, rows: 20 },
  { name: "digits_200x50", view: digits, columns: 200, rows: 50 },
  { name: "glyphs_80x24", view: glyphs, columns: 80, rows: 24 },
  { name: "glyphs_60x20", view: glyphs, columns: 60, rows: 20 },
  { name: "glyphs_200x50", view: glyphs, columns: 200, rows: 50 },
  { name: "digits_120x40", view: digits, columns: 120, rows: 40 },
  { name: "digits_50x12", view: digits, columns: 50, rows: 12 },
  { name: "digits_latent_60x20", view: digits, columns: 60, rows: 20, choices: { panel: "latent" } },
  {
    name: "digits_more_80x24",
    view: digits,
    columns: 80,
    rows: 24,
    choices: { offset: 3, stopping: "batch" },
  },
  {
    name: "ask_80x24",
    view: digits,
    columns: 80,
    rows: 24,
    choices: { asking: true },
    situation: detachable,
  },
  {
    name: "ask_60x20",
    view: digits,
    columns: 60,
    rows: 20,
    choices: { asking: true },
    situation: detachable,
  },
  { name: "monitor_80x24", view: digits, columns: 80, rows: 24, situation: attached },
  { name: "past_80x24", view: digits, columns: 80, rows: 24, choices: { past: line.moments()[9] } },
  { name: "past_60x20", view: digits, columns: 60, rows: 20, choices: { past: line.moments()[9] } },
  { name: "compare_80x24", view: digits, columns: 80, rows: 24, compare: other },
  { name: "compare_60x20", view: digits, columns: 60, rows: 20, compare: other },
  { name: "compare_120x40", view: digits, columns: 120, rows: 40, compare: other },
  { name: "log_80x24", view: digits, columns: 80, rows: 24, choices: { log: true }, log: digitLog(80) },
  { name: "log_60x20", view: digits, columns: 60, rows: 20, choices: { log: true }, log: digitLog(60) },
  { name: "help_60x20", view: digits, columns: 60, rows: 20, choices: { help: true }, situation: detachable },
  {
    name: "help_monitor_80x24",
    view: digits,
    columns: 80,
    rows: 24,
    choices: { help: true },
    situation: attached,
  },
  { name: "help_80x24", view: digits, columns: 80, rows: 24, choices: { help: true } },
  { name: "loading_80x24", view: fold(digitRun().slice(0, 2)), columns: 80, rows: 24 },
  { name: "first_epoch_80x24", view: fold(digitRun().slice(0, 5)), columns: 80, rows: 24 },
  {
    name: "inside_first_epoch_80x24",
    view: inside(fold(digitRun().slice(0, 5)), 1, 210),
    columns: 80,
    rows: 24,
  },
  { name: "inside_80x24", view: inside(digits, 27, 210), columns: 80, rows: 24 },
  { name: "inside_200x50", view: inside(digits, 27, 210), columns: 200, rows: 50 },
  { name: "inside_50x12", view: inside(digits, 27, 210), columns: 50, rows: 12 },
  { name: "features_80x24", view: vectors, columns: 80, rows: 24 },
  { name: "features_160x40", view: vectors, columns: 160, rows: 40 },
  { name: "features_50x12", view: vectors, columns: 50, rows: 12 },
  { name: "ended_80x24", view: fold(digitRun()), columns: 80, rows: 24 },
];

for (const { name, view, columns, rows, choices, ...rest } of FRAMES) {
  Deno.test(`renderFrame shows ${name} exactly`, async () => {
    const options = { ...rest, columns, rows, now: view.at + 600, choices: { ...NO_CHOICES, ...choices } };
    const frame = renderFrame(view, { ...options, color: 0 });
    const file = new URL(`./frames/${name}.txt`, import.meta.url);
    if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, frame + "\n");
    deepEqual(frame.split("\n"), (await Deno.readTextFile(file)).trimEnd().split("\n"));
  });
}

Deno.test("renderFrame has the same text with colours as without, but for the pictures", () => {
  const options = { columns: 80, rows: 24, now: digits.at };
  // deno-lint-ignore no-control-regex
  const strip = (text: string) => text.replace(/\u001b\[[0-9;]*m/g, "").split("\n");
  const plain = renderFrame(digits, { ...options, color: 0 }).split("\n");
  for (const color of [1, 2, 3] as const) {
    const colored = strip(renderFrame(digits, { ...options, color }));
    deepEqual(colored.slice(0, 14), plain.slice(0, 14));
    deepEqual(colored.slice(21), plain.slice(21));
    equal(colored[14].includes("▀▀▀▀▀▀▀▀▀▀▀▀▀▀"), true);
  }
});

const HOSTILE: RunEvent[] = [
  {
    ...(digitRun()[0] as RunEvent & { type: "run" }),
    pipeline: `${"long ".repeat(60)}\u001b[2J`,
    engine: "日本".repeat(40),
    stages: Array.from(
      { length: 40 },
      (_, index) => ({ name: `stage\u0007 ${"x".repeat(index)}`, kind: "train" }),
    ),
  },
  ...digitRun().slice(3, 40).map((event) =>
    event.type === "preview"
      ? { ...event, items: event.items.map((item) => ({ ...item, label: "ラベル\n".repeat(9) })) }
      : event.type === "latent"
      ? { ...event, labelNames: event.labelNames.map(() => "\u001b[31m長い名前".repeat(9)) }
      : event
  ),
  { type: "warning", t: START, message: "w\r\n\u001b[H".repeat(99) },
];

const VIEWS: [name: string, view: View][] = [
  ["an empty view", initialView()],
  ["digits", digits],
  ["glyphs", glyphs],
  ["a run that has ended", fold(digitRun())],
  ["a run before its training", fold(glyphRun().slice(0, 3))],
  ["a training without a known end", fold([{ ...digitRun()[5], type: "epoch" } as RunEvent])],
  ["hostile names", fold(HOSTILE)],
];

const VARIANTS: Partial<Choices>[] = [
  {},
  { help: true, panel: "latent" },
  { log: true, asking: true, past: line.moments()[9] },
];

for (const [name, view] of VIEWS) {
  Deno.test(`renderFrame is lower than the terminal and no wider, whatever its size: ${name}`, () => {
    for (let columns = 40; columns <= 220; columns += columns < 130 ? 18 : 45) {
      for (let rows = 10; rows <= 60; rows += rows < 26 ? 4 : 11) {
        for (const part of VARIANTS) {
          const choices = { ...NO_CHOICES, ...part };
          const rest = { choices, compare: other, situation: detachable, log: digitLog(columns) };
          const frame = renderFrame(view, { ...rest, columns, rows, color: 0, now: view.at });
          const lines = frame.split("\n");
          equal(lines.length < rows, true, `${lines.length} lines at ${columns}x${rows}`);
          const widest = Math.max(...lines.map(displayWidth));
          equal(widest <= columns, true, `${widest} cells at ${columns}x${rows}:\n${frame}`);
          // deno-lint-ignore no-control-regex
          equal(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(frame), false);
        }
      }
    }
  });
}

Deno.test("renderFrame survives a terminal of almost no size", () => {
  for (const [columns, rows] of [[1, 1], [2, 5], [10, 2], [200, 3], [3, 60]]) {
    const frame = renderFrame(digits, { columns, rows, color: 2, now: START });
    equal(frame.split("\n").length <= Math.max(1, rows - 1), true, `${columns}x${rows}`);
  }
});
