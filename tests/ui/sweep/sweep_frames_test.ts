/**
 * Exact frames of a sweep's screen, colours stripped, in tests/ui/sweep/frames. UPDATE_GOLDEN=1 rewrites them, for the difference to be read.
 *
 * @module
 */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { SweepView } from "../../../src/sweep/view.ts";
import { renderSweep } from "../../../src/ui/screens/sweep_screen.tsx";
import { NO_SWEEP_CHOICES, type SweepChoices } from "../../../src/ui/sweep/sweep_choices.ts";
import type { SweepFrameProps } from "../../../src/ui/sweep/sweep_lines.ts";
import { sweepSentences } from "../../../src/ui/sweep/sweep_sentences.ts";
import { displayWidth } from "../../../src/ui/text/text.ts";
import { fakeTrial, fakeView, searchView } from "../../sweep/fake_sweep.ts";
import { halfway, momentOf } from "./fake_moments.ts";

const half = halfway();
const SIZES = { "80x24": [80, 24], "200x50": [200, 50], "60x16": [60, 16], "40x8": [40, 8] } as const;

interface FrameCase {
  readonly name: string;
  readonly view: SweepView;
  readonly size: keyof typeof SIZES;
  readonly choices?: Partial<SweepChoices>;
  readonly attached?: boolean;
}

const idOf = (number: number) => half.trials[number - 1].id;
const FRAMES: FrameCase[] = [
  { name: "half_80x24", view: half, size: "80x24" },
  { name: "half_200x50", view: half, size: "200x50" },
  { name: "half_60x16", view: half, size: "60x16" },
  { name: "half_40x8", view: half, size: "40x8" },
  { name: "running_80x24", view: half, size: "80x24", choices: { id: idOf(16) }, attached: true },
  { name: "failed_80x24", view: half, size: "80x24", choices: { id: idOf(4) } },
  { name: "rank_80x24", view: half, size: "80x24", choices: { byRank: true } },
  { name: "rank_200x50", view: half, size: "200x50", choices: { byRank: true, id: idOf(15) } },
  { name: "ask_trial_80x24", view: half, size: "80x24", choices: { id: idOf(15), asking: "trial" } },
  { name: "ask_sweep_80x24", view: half, size: "80x24", choices: { asking: "sweep" } },
  { name: "stopping_80x24", view: half, size: "80x24", choices: { stopping: true } },
  { name: "help_80x24", view: half, size: "80x24", choices: { help: true } },
  { name: "help_200x50", view: half, size: "200x50", choices: { help: true }, attached: true },
  { name: "ended_80x24", view: searchView(10), size: "80x24" },
  {
    name: "begin_80x24",
    view: { ...fakeView([1, 2].map((at) => fakeTrial(at))), metric: null },
    size: "80x24",
  },
  {
    name: "many_80x24",
    view: searchView(5000),
    size: "80x24",
    choices: { id: (4000).toString(16).padStart(16, "0") },
  },
];

function propsOf({ view, size, choices, attached = false }: FrameCase): SweepFrameProps {
  const [columns, lines] = SIZES[size];
  const own = { ...NO_SWEEP_CHOICES, ...choices };
  return { ...momentOf(view), columns, lines, color: 0, choices: own, attached, canDetach: !attached };
}

for (const frame of FRAMES) {
  Deno.test(`renderSweep() shows ${frame.name} exactly`, async () => {
    const shown = renderSweep(propsOf(frame)), file = new URL(`./frames/${frame.name}.txt`, import.meta.url);
    if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, shown + "\n");
    deepEqual(shown.split("\n"), (await Deno.readTextFile(file)).trimEnd().split("\n"));
  });
}

Deno.test("renderSweep() is never larger than the terminal, and shows no control code of a text", () => {
  const hostile = halfway(), label = `evil\u001b[2J${"日本".repeat(40)}\n`;
  const view = {
    ...hostile,
    pipeline: `p\u0007${"x".repeat(300)}`,
    trials: hostile.trials.map((trial) => ({ ...trial, label, reason: label, settings: { [label]: label } })),
  };
  for (let columns = 4; columns < 240; columns += 19) {
    for (let lines = 2; lines < 60; lines += 9) {
      for (const help of [false, true]) {
        const props = {
          ...momentOf(view),
          columns,
          lines,
          color: 2,
          attached: true,
          canDetach: false,
        } as const;
        const shown = renderSweep({ ...props, choices: { ...NO_SWEEP_CHOICES, help } }).split("\n");
        ok(shown.length < lines, `${shown.length} of ${lines} lines`);
        for (const line of shown) {
          ok(displayWidth(line) <= columns, `${displayWidth(line)} of ${columns} columns: ${line}`);
          // deno-lint-ignore no-control-regex
          ok(!/[\u0000-\u001a\u001c-\u001f]|\u001b(?!\[[0-9;]*m)/.test(line), JSON.stringify(line));
        }
      }
    }
  }
});

Deno.test("renderSweep() has the same text with colours as without", () => {
  for (const size of ["80x24", "200x50"] as const) {
    const props = propsOf({ name: "", view: half, size }), plain = renderSweep(props).split("\n");
    const linesOf = (text: string) => text.split("\n").map((line) => line.trimEnd());
    for (const color of [1, 2, 3, { depth: 3, theme: "light" }] as const) {
      // deno-lint-ignore no-control-regex
      deepEqual(linesOf(renderSweep({ ...props, color }).replace(/\u001b\[[0-9;]*m/g, "")), plain);
    }
  }
});

Deno.test("renderSweep() draws the best curve in the colour of what is good, and the others in grey", () => {
  const frame = renderSweep({ ...propsOf({ name: "", view: half, size: "80x24" }), color: 3 });
  // deno-lint-ignore no-control-regex
  ok(/\u001b\[38;2;0;158;115m[\u2801-\u28ff]/.test(frame), "the best");
  // deno-lint-ignore no-control-regex
  ok(/\u001b\[38;2;153;153;153m[\u2801-\u28ff]/.test(frame), "others");
});

Deno.test("sweepSentences() reads the state, the trials around the chosen one, and the keys", () => {
  const lines = sweepSentences({
    ...propsOf({ name: "", view: half, size: "80x24", choices: { id: idOf(15) } }),
  });
  equal(
    lines[0],
    "glyphs-dae sweep   14 of 20 trials, 2 running, 1 failed, 1 interrupted, 1 stopped early   ETA 2:10",
  );
  equal(lines.filter((line) => line.startsWith("Chosen: ")).length, 1);
  equal(
    lines.find((line) => line.startsWith("Chosen: ")),
    "Chosen: trial 15 running, learningRate 0.02251, latent 32, optimizer sgd, seed 1, epoch 26 of 40, ETA 1 min.",
  );
  equal(lines.at(-2), "10 more trials.");
  ok(lines.at(-1)!.startsWith("? help   q stop"));
});
