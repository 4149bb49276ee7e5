import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  directionText,
  estimateText,
  metricText,
  namedMetric,
  parseMetric,
  splitText,
  unitText,
} from "../../src/report/metric_names.ts";
import { numberText, percentText, secondsText } from "../../src/report/numbers.ts";
import { repeatCommand } from "../../src/report/summary.ts";
import { dataOf, RECORD } from "./fake_run_folder.ts";

Deno.test("numberText shows about five significant digits, and a missing number as a dash with a word", () => {
  const texts: [number | null | undefined, string][] = [
    [0, "0"],
    [60000, "60,000"],
    [-152.1384, "-152.14"],
    [0.0000891563, "8.916e-5"],
    [0.00002, "2e-5"],
    [1234567.891, "1,234,600"],
    [NaN, "– none"],
    [-Infinity, "– none"],
    [null, "– none"],
    [undefined, "– none"],
  ];
  for (const [value, text] of texts) equal(numberText(value), text);
  equal(percentText(0.99551), "99.55 %");
  deepEqual([0.000373, 0.2899, 59, 252, 7384, -1, null].map(secondsText), [
    "0.37 ms",
    "0.29 s",
    "59 s",
    "4 min 12 s",
    "2 h 3 min",
    "– none",
    "– none",
  ]);
});

Deno.test("parseMetric separates noise level, qualifier and prose from the name", () => {
  const parts = (name: string) => {
    const { base, level, meaning } = parseMetric(name);
    return [base, level, meaning !== undefined];
  };
  deepEqual(parts("train.mse"), ["mse", undefined, true]);
  deepEqual(parts("pixelAccuracy@0.3"), ["pixelAccuracy", 0.3, true]);
  deepEqual(parts("epochs"), ["epochs", undefined, true]);
  deepEqual(parts("my.own@x"), ["my.own@x", undefined, false]);
  deepEqual(parts("toString"), ["toString", undefined, false]);
  deepEqual(parts("aurocDifference.neighbours"), ["aurocDifference", undefined, true]);
  const of = (name: string) => [parseMetric(name).base, parseMetric(name).of];
  deepEqual(of("auroc.elbo"), ["auroc", "elbo"]);
  deepEqual(of("inverted.mse"), ["mse", "inverted"]);
  deepEqual(of("share.3 to 8"), ["share", "3 to 8"]);
  deepEqual(of("train.kl"), ["kl", undefined]);
});

Deno.test("namedMetric takes unit, direction and split from the metric, for any name", () => {
  const interval = { low: 0.98, high: 1 };
  const known = namedMetric("train.pixelAccuracy", {
    unit: "share of pixels",
    direction: "higher",
    split: "train",
    interval,
  });
  deepEqual([splitText(known), unitText(known), directionText(known.direction)], [
    "train",
    "share of pixels",
    "↑ higher",
  ]);
  equal(estimateText(known, 0.9955), "99.55 % (98.00 % to 100.00 %)");
  const own = namedMetric("sheets", { unit: "reams", direction: "lower" });
  deepEqual([own.meaning, unitText(own), directionText(own.direction), splitText(own)], [
    undefined,
    "reams",
    "↓ lower",
    "–",
  ]);
  equal(metricText(own, 0.9955), "0.9955");
  deepEqual([unitText(namedMetric("mse")), directionText(undefined)], ["–", "–"]);
});

Deno.test("repeatCommand is the typed command without display options, with the run's seed and engine", async () => {
  const { record } = await dataOf();
  equal(
    repeatCommand(record),
    "deno task run pipelines/glyphs-dae.ts --set train.epochs=3000 --seed 42 --engine wasm",
  );
  const argv = [
    "run",
    "my file's.ts",
    "--ui=json",
    "--runs",
    "x",
    "--seed=7",
    "--engine",
    "native",
    "--debug",
  ];
  const { record: other } = await dataOf({
    record: { ...RECORD, argv, engine: { name: "native", threads: 2, cores: 2 } },
  });
  equal(repeatCommand(other), `deno task run 'my file'\\''s.ts' --seed=7 --engine native --threads 2`);
  equal(repeatCommand({ ...record, argv: [] }), undefined);
});
