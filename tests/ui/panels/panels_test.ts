import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { lossChart, lossScale } from "../../../src/ui/drawing/chart.ts";
import { pictureGrid } from "../../../src/ui/drawing/grid.ts";
import { emptyHistory, pointsOf, remember } from "../../../src/run/fold/history.ts";
import { metricLines } from "../../../src/ui/panels/metrics_text.ts";
import { numberLines } from "../../../src/ui/panels/numbers.ts";
import { noticeLine, progressLine, stagesLine } from "../../../src/ui/panels/panels.ts";
import { pictureLines, picturesOf } from "../../../src/ui/drawing/raster.ts";
import { initialView } from "../../../src/run/fold/fold.ts";
import { reduce } from "../../../src/ui/view/reduce.ts";
import { scatterLines } from "../../../src/ui/drawing/scatter.ts";
import { displayWidth } from "../../../src/ui/text/text.ts";
import { halfBlocks, paint } from "../../../src/ui/terminal/theme.ts";
import { currentTraining, type TrainingView } from "../../../src/run/fold/view.ts";
import { digitRun, onPlateau, untilEpoch } from "../fake_run.ts";
import { infoFor, metricsOf } from "../../support/metrics.ts";

const digits = untilEpoch(digitRun(), 14).reduce(reduce, initialView());

/** A training whose losses are given. */
function losses(values: (number | null)[], bestEpoch = 1): TrainingView {
  const training = currentTraining(digits)!;
  const history = values.reduce(
    (history, loss, index) => remember(history, index + 1, loss, undefined),
    emptyHistory(),
  );
  return { ...training, history, last: { ...training.last!, bestEpoch } };
}

Deno.test("numberLines has a gauge towards the next fall of the learning rate, below that of early stopping", () => {
  const training = currentTraining(untilEpoch(onPlateau(digitRun(), 3), 14).reduce(reduce, initialView()))!;
  const at = (width: number) => {
    const lines = numberLines(training, { width, level: 0 });
    return lines.find((line) => line.includes("rate falls"));
  };
  equal(at(64), "▰▰▰▰▱▱▱▱▱▱ rate falls after 2 of 5 epochs without improvement");
  equal(at(36), "▰▰▰▰▱▱▱▱▱▱ rate falls: 2 of 5 epochs");
  const without = numberLines(currentTraining(digits)!, { width: 60, level: 0 });
  equal(without.some((line) => line.includes("rate falls")), false);
});

Deno.test("lossChart draws a falling line from corner to corner", () => {
  deepEqual(lossChart(losses([8, 1]), { width: 8, height: 3, level: 0 }), [
    "8 ⠑⠢⣀   ",
    "1    ⠉⠢⢄",
    "  1    2",
  ]);
});

Deno.test("lossChart draws a flat line through the middle, and one epoch as one dot", () => {
  deepEqual(lossChart(losses([2, 2, 2]), { width: 6, height: 2, level: 0 }), ["2 ⠤⠤⠤⠤", "  1  3"]);
  deepEqual(lossChart(losses([2]), { width: 6, height: 2, level: 0 }), ["2 ⠄   ", "  1"]);
});

Deno.test("lossChart breaks the line where a loss was not finite", () => {
  deepEqual(lossChart(losses([2, 2, null, 2, 2]), { width: 7, height: 2, level: 0 }), ["2 ⠤⠄ ⠠⠤", "  1   5"]);
});

Deno.test("lossChart says that there is no loss yet", () => {
  deepEqual(lossChart(losses([null]), { width: 20, height: 3, level: 0 }), ["no loss yet"]);
});

Deno.test("lossScale turns logarithmic at a decade, and never with a loss of 0", () => {
  const scale = (values: number[]) => lossScale(pointsOf(losses(values).history));
  equal(scale([9, 1])?.logarithmic, false);
  equal(scale([10, 1])?.logarithmic, true);
  equal(scale([10, 0])?.logarithmic, false);
});

Deno.test("lossScale lets the first tenth of many epochs leave the top", () => {
  const values = [90, 80, ...Array.from({ length: 18 }, (_, index) => 50 - index)];
  deepEqual(lossScale(pointsOf(losses(values).history)), { low: 33, high: 50, logarithmic: false });
  equal(lossScale(pointsOf(losses(values.slice(0, 5)).history))?.high, 90);
});

Deno.test("pictureLines draws a ramp of characters without colour and marks what is wrong", () => {
  const target = Uint8Array.from([255, 0, 255, 0]), output = Uint8Array.from([255, 200, 100, 0]);
  const options = { height: 2, width: 2, scale: 2, level: 0 } as const;
  deepEqual(pictureLines(output, null, options), ["@@##", "--  "]);
  deepEqual(pictureLines(output, target, options), ["@@XX", "oo  "]);
});

Deno.test("pictureLines scales down by the mean and marks a block where at least half is wrong", () => {
  const picture = Uint8Array.from([255, 255, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const target = new Uint8Array(16);
  const options = { height: 4, width: 4, scale: 1 / 2, level: 0 } as const;
  deepEqual(pictureLines(picture, null, options), ["= "], "the mean of a light and a dark half");
  deepEqual(pictureLines(picture, target, options), ["X "]);
});

Deno.test("halfBlocks writes a colour only where it changes, and has no cell behind a last odd line", () => {
  equal(halfBlocks(2, [0, 0], [255, 255]), "\u001b[38;5;16m\u001b[48;5;231m▀▀\u001b[39m\u001b[49m");
  equal(halfBlocks(2, ["extra"], undefined), "\u001b[38;5;208m\u001b[49m▀\u001b[39m\u001b[49m");
  equal(halfBlocks(1, [255], ["missing"]), "\u001b[97m\u001b[44m▀\u001b[39m\u001b[49m");
});

Deno.test("paint writes nothing without colour", () => {
  equal(paint(0, "bad", "x"), "x");
  equal(paint(1, "bad", "x"), "\u001b[31mx\u001b[39m");
  equal(paint(3, "bad", "x"), "\u001b[38;2;213;94;0mx\u001b[39m");
});

Deno.test("picturesOf counts wrong pixels at a threshold of 0.5, and shows a damaged picture as black", () => {
  const base64 = (...bytes: number[]) => Uint8Array.from(bytes).toBase64();
  const item = {
    label: "",
    target: base64(255, 0, 128),
    input: base64(255, 0, 128),
    output: base64(127, 127, 128),
  };
  const grey = { height: 1, width: 3 };
  const { wrong, corrupted } = picturesOf(item, grey);
  deepEqual([wrong, corrupted], [1, false]);
  equal(picturesOf({ ...item, output: "!!!" }, grey).wrong, 2);
  equal(picturesOf({ ...item, output: base64(255) }, grey).wrong, 1);
  // One pixel in colour: its error in red is 128 of 255, in green 127, in blue 0.
  const colour = picturesOf({ ...item }, { height: 1, width: 1, channels: 3 });
  deepEqual([colour.wrong, colour.mse], [undefined, ((128 / 255) ** 2 + (127 / 255) ** 2) / 3]);
});

Deno.test("pictureGrid shows two noisy glyphs, or one digit at half size, below the curves of a small terminal", () => {
  const room = { items: 8, pictures: 3, columns: 78, lines: 8 };
  const glyphs = pictureGrid({ ...room, height: 7, width: 5 })!;
  deepEqual([glyphs.scale, glyphs.across, glyphs.down, glyphs.lines], [2, 2, 1, 8]);
  const digits = pictureGrid({ ...room, height: 28, width: 28 })!;
  deepEqual([digits.scale, digits.across, digits.down, digits.lines], [1 / 2, 1, 1, 8]);
});

Deno.test("pictureGrid fits whatever it is given, or nothing fits", () => {
  for (const size of [5, 7, 28, 70, 200]) {
    for (let columns = 1; columns < 200; columns += 13) {
      for (let lines = 1; lines < 40; lines += 3) {
        const grid = pictureGrid({ items: 10, pictures: 3, height: size, width: size, columns, lines });
        if (grid === undefined) continue;
        equal(grid.lines <= lines, true);
        equal(grid.across * grid.pitch - 5 <= columns, true);
      }
    }
  }
  equal(pictureGrid({ items: 1, pictures: 3, height: 28, width: 28, columns: 20, lines: 5 }), undefined);
});

Deno.test("scatterLines puts names at the median of their points, and leaves out points that are not finite", () => {
  const latent = {
    stage: "train",
    epoch: 1,
    labelNames: ["a", "b"],
    points: [[0, 0], [0, 1], [0, 2], [10, 0], [10, 1], [10, 2], [NaN, 1]] as [number, number][],
    labels: [0, 0, 0, 1, 1, 1, 1],
  };
  deepEqual(scatterLines(latent, { width: 5, height: 3, level: 0 }), ["⠁   ⠈", "a   b", "⡀   ⢀"]);
  const unnamed = { ...latent, labels: [], labelNames: [] };
  deepEqual(scatterLines(unnamed, { width: 5, height: 1, level: 0 }), ["⡃   ⢘"]);
  deepEqual(scatterLines({ ...latent, points: [] }, { width: 5, height: 3, level: 0 }), []);
});

Deno.test("metricLines wraps pairs and sorts noise levels by number", () => {
  deepEqual(
    metricLines(
      {
        a: { value: 1, unit: "reams", direction: "lower" },
        b: { value: null, unit: "ratio", direction: "none" },
        ...metricsOf({ "x@0.5": 2, "x@0.25": 3, "mse@0.5": 10, "mail@home": 4 }),
      },
      32,
    ),
    [
      "a 1 reams ↓   b not finite ratio",
      "mail@home 4 ratio",
      "noise  0.25  0.5",
      "x         3    2  ratio",
      "mse           10  squared error/pixel ↓",
    ],
  );
});

const style = { width: 60, level: 0, now: digits.at + 600 } as const;

Deno.test("metricLines puts levels with a name into the table too, and leaves intervals out", () => {
  const metrics = {
    ...metricsOf({ "x@flips0.15": 2, "x@flips0.1": 3 }),
    a: { value: 1, ...infoFor("a"), interval: { low: 0, high: 2 } },
  };
  deepEqual(metricLines(metrics, 40), [
    "a 1 ratio",
    "noise  flips0.1  flips0.15",
    "x             3          2  ratio",
  ]);
});

Deno.test("stagesLine shows the stages around the running one if not all fit", () => {
  equal(stagesLine(digits, { ...style, width: 20 }), "…  ● train 0:55  …");
  equal(stagesLine(digits, { ...style, width: 30 }), "✔ load 0.31 s  ● train 0:55  …");
  for (let width = 8; width < 90; width++) {
    const line = stagesLine(digits, { ...style, width });
    equal(displayWidth(line) <= width, true, `${width}: ${line}`);
    if (width >= 20) equal(line.includes("● train"), true, `${width}: ${line}`);
  }
});

Deno.test("progressLine drops the least important parts first", () => {
  for (let width = 10; width < 120; width++) {
    const line = progressLine(digits, { ...style, width });
    equal(displayWidth(line) <= width || line === "epoch 14 of 60", true, `${width}: ${line}`);
    equal(line.startsWith("epoch 14"), true);
  }
});

Deno.test("noticeLine says what Ctrl-C does next", () => {
  equal(noticeLine(digits, "batch", style), "stopping after this batch, Ctrl-C again aborts");
  equal(noticeLine(digits, "abort", style), "aborting");
  equal(noticeLine(digits, null, style), "");
});

Deno.test("noticeLine shows the newest of warnings and messages", () => {
  const warned = reduce(digits, { type: "warning", t: 5, stage: "load", message: "slow" });
  equal(noticeLine(warned, null, style), "! load: slow");
  equal(
    noticeLine(reduce(warned, { type: "log", t: 6, message: "downloading" }), null, style),
    "downloading",
  );
});

for (
  const { name, epochs, width, text } of [
    {
      name: "an epoch within the training",
      epochs: 60,
      width: 44,
      text: "early stop at epoch 30 unless it improves",
    },
    { name: "it in short on a narrow panel", epochs: 60, width: 28, text: "early stop at epoch 30" },
    {
      name: "the end where patience lasts longer than the training",
      epochs: 29,
      width: 44,
      text: "ends at epoch 29",
    },
    { name: "the end where patience lasts as long", epochs: 30, width: 44, text: "ends at epoch 30" },
    { name: "an epoch where the end is not known", epochs: 0, width: 28, text: "early stop at epoch 30" },
  ]
) {
  Deno.test(`numberLines names for an early stop ${name}`, () => {
    const view = untilEpoch(digitRun(), 26).reduce(reduce, initialView());
    const lines = numberLines({ ...currentTraining(view)!, epochs }, { width, level: 0 });
    deepEqual(lines.filter((line) => /^(early stop|ends|patience)/.test(line)), [text]);
  });
}
