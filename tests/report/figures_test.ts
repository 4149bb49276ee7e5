import { SCHEMA } from "../../src/core/schema_version.ts";
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { cssColor, PALETTES } from "../../src/core/palette.ts";
import { colour, loadPlots, PLOT_COLOURS, SERIES } from "../../src/report/figures/plot.ts";
import { histogram } from "../../src/report/figures/distances_figure.ts";
import { runningMean } from "../../src/report/figures/pairs_figure.ts";
import { curvesSection } from "../../src/report/figures/curves.ts";
import { detailsSection, valueContent } from "../../src/report/details.ts";
import { spansDecades, thinnedSeries } from "../../src/report/figures/figure.ts";
import { healthSection } from "../../src/report/health.ts";
import { html } from "../../src/report/html.ts";
import { klCurve, scheduleValue } from "../../src/report/figures/kl_schedule.ts";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { assertClose } from "../support/close.ts";
import { compareGroups, meanDifference, seedMean } from "../../src/report/comparison/intervals.ts";
import { fittingPictures } from "../../src/report/pictures.ts";
import { comparability, groupRuns } from "../../src/report/comparison/comparable.ts";
import { digitRun, glyphRun } from "../ui/fake_run.ts";
import { reportPage } from "../../src/report/page.ts";
import { modelOf } from "../stages/fake_run.ts";
import { dataOf, PIXEL, RECORD } from "./fake_run_folder.ts";

Deno.test("thinned keeps the highest, the lowest and the last point of a long curve", () => {
  const values = Array.from(
    { length: 100_000 },
    (_, at) => at === 31_234 ? 99 : at === 77_777 ? -99 : Math.sin(at / 500),
  );
  const kept = thinnedSeries(values, (value) => value);
  ok(kept.length <= 502);
  ok(kept.includes(99) && kept.includes(-99));
  equal(kept.at(-1), values.at(-1));
  deepEqual(thinnedSeries([3, 1, 2], (value) => value), [3, 1, 2]);
});

Deno.test("spansDecades is true above a factor of 20, and false with values at or below 0", () => {
  deepEqual([[1, 21], [1, 19], [0, 50], [-1, 50], []].map(spansDecades), [true, false, false, false, false]);
});

Deno.test("loadPlots draws SVG that follows the page", async () => {
  const { grammar, draw } = await loadPlots();
  const svg = draw({ marks: [grammar.lineY([1, 2], { stroke: colour("first") })] });
  match(svg, /^<svg [^>]*viewBox="0 0 640 400"/);
  match(svg, /stroke="var\(--plot-first, #0072b2\)"/);
});

Deno.test("seedMean gives the mean with Student's 95 % interval", () => {
  // Mean 3, standard deviation 1 and n = 3: 4.303 / sqrt(3).
  const { mean, half } = seedMean([2, 3, 4]);
  equal(mean, 3);
  ok(Math.abs(half! - 2.4843) < 1e-4, `${half}`);
  deepEqual(seedMean([7]), { count: 1, mean: 7 });
});

Deno.test("meanDifference() has Welch's interval, as scipy.stats.ttest_ind gives it but for whole degrees of freedom", () => {
  const a = [104.68, 104.65, 104.81, 104.82, 104.84], b = [104.74, 104.77, 104.68, 104.59, 104.83];
  const { value, half } = meanDifference(a, b)!;
  // s_a^2 = 0.00775, s_b^2 = 0.00837; 7.99 degrees of freedom, rounded down to 7: t = 2.365.
  const variance = (values: number[]) => {
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    return values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1);
  };
  assertClose(
    [value, half],
    [0.038, 2.365 * Math.sqrt((variance(a) + variance(b)) / 5)],
    { absolute: 1e-9 },
    "difference",
  );
  equal(meanDifference([1, 2], b), undefined);
});

Deno.test("compareGroups distinguishes groups only when the interval of their difference excludes 0", () => {
  equal(compareGroups([1, 2, 3], [11, 12, 13]), "higher");
  equal(compareGroups([11, 12, 13], [1, 2, 3]), "lower");
  equal(compareGroups([1, 2, 3], [2, 3, 4]), "tie");
  equal(compareGroups([5, 5, 5], [5, 5, 5]), "tie");
  equal(compareGroups([1, 2], [11, 12, 13]), "unknown");
});

Deno.test("groupRuns groups runs that differ in their seed alone, and names groups by the options in which they differ", async () => {
  const stages = (latent: number) => ({
    stages: [{ name: "train", kind: "train", options: { model: { latent } } }],
  });
  const runs = await Promise.all(
    [[2, 1], [12, 1], [2, 2]].map(([latent, seed]) =>
      dataOf({ record: { ...RECORD, seed, spec: stages(latent) }, events: [] })
    ),
  );
  deepEqual(groupRuns(runs).map(({ name, places }) => [name, places]), [["latent 2", [0, 2]], ["latent 12", [
    1,
  ]]]);
  const both = await Promise.all(
    [[2, 10], [12, 20]].map(([latent, epochs]) => {
      const options = { model: { latent }, epochs };
      return dataOf({
        record: { ...RECORD, spec: { stages: [{ name: "train", kind: "train", options }] } },
        events: [],
      });
    }),
  );
  deepEqual(groupRuns(both).map(({ name }) => name), ["latent 2, epochs 10", "latent 12, epochs 20"]);
  // Labels take precedence.
  deepEqual(groupRuns(runs, ["small", "large", "small"]).map(({ name }) => name), ["small", "large"]);
  deepEqual(comparability(runs), []);
});

Deno.test("comparability refuses runs of other images or another unit of loss, with the reason", async () => {
  const other = {
    ...RECORD,
    spec: { stages: [{ name: "load", kind: "load", options: { source: { source: "mnist" } } }] },
  };
  const runs = [await dataOf(), await dataOf({ record: other, events: digitRun() })];
  match(
    comparability(runs).join("; "),
    /differ in their images \(load\.source\.source "glyphs" \/ load\.source\.source "mnist"\)/,
  );
});

Deno.test("fittingPictures leaves out the largest when not all fit", () => {
  const picture = (file: string, size: number) => ({
    file,
    title: file,
    type: "image/png",
    bytes: new Uint8Array(size),
  });
  const pictures = [picture("a", 500), picture("b", 900), picture("c", 100)];
  deepEqual([...fittingPictures(pictures, 700)].map(({ file }) => file), ["c", "a"]);
});

Deno.test("reportPage stays under 5 MB for any run folder, and lists what it left out", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  const large = new Uint8Array(1_200_000).map((_, at) => noise[at % noise.length]);
  const files = { "a.png": large, "b.png": large, "c.png": PIXEL };
  const page = await reportPage(
    await dataOf({ files, events: digitRun(), model: modelOf({ encoder: [784, 1000] }) }),
  );
  ok(page.length < 5_000_000, `${page.length}`);
  match(page, /Too large for this page \(1,200 kB\); see the file in the run folder/);
  ok(page.includes("the weights rounded to 16-bit floats"));
  equal(page.match(/<img src="data:image\/png/g)?.length, 2);
});

Deno.test("curvesSection shows the values of an epoch in a tooltip, names the best one and shades the epochs without improvement", async () => {
  const data = await dataOf({ events: digitRun() }), markup = curvesSection(data, await loadPlots())!.markup;
  // 140 + 66 - 0.18 and at most 0.15 more or less; 143.4 + 62 and at most 0.2 more or less.
  match(markup, /<title>epoch 1\ntrain 205\.\d+\nvalidation 205\.\d+<\/title>/);
  match(
    markup,
    /Dashed: best validation [\d.]+ at epoch \d+\. Grey: No improvement for 8 of 8 epochs\./,
  );
  match(markup, /KL\(posterior \|\| prior\) of the train split, nats\/sample/);
});

Deno.test("scheduleValue follows each schedule of the KL by its formula", () => {
  const values = (schedule: Parameters<typeof scheduleValue>[0]) =>
    [0, 1, 2, 3, 4].map((e) => scheduleValue(schedule, 2, e));
  deepEqual(values({ kind: "linear", epochs: 4 }), [0, 0.5, 1, 1.5, 2]);
  deepEqual(values({ kind: "cyclic", cycleEpochs: 2, rampShare: 0.5 }), [0, 2, 0, 2, 0]);
  deepEqual(values({ kind: "capacity", nats: 8, epochs: 4 }), [0, 2, 4, 6, 8]);
  deepEqual(values({ kind: "constant" }), [2, 2, 2, 2, 2]);
});

Deno.test("klCurve reads the schedule from the options of the train stage", async () => {
  const text = async (model: object) => {
    const spec = { stages: [{ name: "train", kind: "train", options: { model } }] };
    const data = await dataOf({ record: { ...RECORD, spec } });
    return klCurve(data, data.trainings[0])?.text;
  };
  const vae = { kind: "vae", beta: 1 };
  equal(
    await text({ ...vae, klSchedule: { kind: "linear", epochs: 5 }, freeBits: 0.5 }),
    "Rises linearly to 1 over 5 epochs, then stays constant; 0.5 nats of each latent dimension are free.",
  );
  equal(await text({ ...vae, klWarmupEpochs: 5 }), "Rises linearly to 1 over 5 epochs, then stays constant.");
  equal(await text({ ...vae, klSchedule: { kind: "constant" } }), undefined);
  equal(await text({ kind: "ae" }), undefined);
});

Deno.test("histogram distributes values over even bins, both ends included", () => {
  const bins = histogram([0, 0.5, 1, 1], 0, 1);
  equal(bins.length, 40);
  deepEqual(
    bins.filter(({ share }) => share > 0).map(({ from, share }) => [Number(from.toFixed(9)), share]),
    [[0, 25], [
      0.5,
      25,
    ], [0.975, 50]],
  );
});

Deno.test("detailsSection plots artifacts of known shapes, and lists the fields of all others", async () => {
  const files = {
    "novelty.json": JSON.stringify({
      unit: "Euclidean distance",
      thresholds: { near: 2, far: 6 },
      heldOut: [3, 4, 5],
      generated: { distances: [1, 3, null, 7], nearest: [0, 1, 2, 3], kinds: [] },
    }),
    "roc.json": JSON.stringify({
      score: "elbo",
      curves: { elbo: { value: 0.976, points: [[0, 0], [0.1, 0.9], [1, 1]] } },
    }),
    "pairs.json": JSON.stringify({
      columns: ["distance", "sharpness"],
      units: ["a", "b"],
      pairs: [[1, 2, 0], [2, 1, 0], [null, 1, 1]],
    }),
    "other.json": `{"thresholds":{"a":1}}`,
  };
  const markup = detailsSection(await dataOf({ files }), await loadPlots())!.markup;
  match(markup, /3 generated and 3 held-out images; near threshold 2, far threshold 6/);
  match(markup, /Bold: elbo. Area under each curve: elbo 97.60 %/);
  match(markup, /Dots: 2 images/);
  match(markup, /<dt>thresholds<\/dt>/);
  equal(markup.match(/<svg/g)?.length, 6);
});

Deno.test("runningMean gives the means over groups of equally many pairs, sorted by the first number", () => {
  const dots = [{ x: 3, y: 30 }, { x: 1, y: 10 }, { x: 2, y: 20 }, { x: 4, y: 60 }];
  deepEqual(runningMean(dots, 2), [{ x: 1.5, y: 15 }, { x: 3.5, y: 45 }]);
  deepEqual(runningMean(dots.slice(0, 1)), [{ x: 3, y: 30 }]);
});

Deno.test("valueContent shows any JSON: long lists by their range, records as a table, long texts abbreviated", () => {
  const text = (value: unknown) => html`${valueContent(value)}`.markup;
  equal(text(null), "– none");
  equal(text(0.000012345), "1.234e-5");
  equal(text(Array.from({ length: 1000 }, (_, at) => at)), "1,000 numbers from 0 to 999, mean 499.5");
  match(text([{ a: 1, b: "<i>" }, { a: null, c: true }]), /<th scope="col">a<\/th>.*&lt;i&gt;.*– none.*yes/s);
  match(text("x".repeat(1000)), /^x{100}… \(1,000 characters\)$/);
  match(text({ deep: { deeper: { still: { more: { beyond: { end: 1 } } } } } }), /1 fields/);
});

Deno.test("healthSection reports a collapse as the training did, plots the posterior, and omits the note where all dimensions are used", async () => {
  const model = modelOf({ kind: "vae", latent: 4 });
  const sample = (variance: number[]) =>
    JSON.stringify({
      schema: SCHEMA.latent,
      split: "test",
      latent: 4,
      height: 7,
      width: 5,
      points: "",
      images: "",
      labels: [],
      labelNames: [],
      names: [],
      nearest: null,
      mean: [0, 0, 0, null],
      variance,
      kl: [2, 0.001, 0.002, 1],
      measured: 10,
    });
  const healthOf = (collapse?: string): RunEvent => ({
    type: "health",
    t: 1,
    stage: "train",
    epoch: 7,
    images: 500,
    split: "validation",
    mean: [0.5, 0, 0, 0],
    std: [0.6, 0, 0, 0],
    variance: [0.64, 1, 1, 1],
    kl: [2, 0, 0, 0],
    activeUnits: 1,
    collapse,
  });
  const markup = async (variance: number[], collapse?: string) => {
    const events = [...glyphRun(), healthOf(collapse)];
    const data = await dataOf({ model, events, files: { "latent.json": sample(variance) } });
    return healthSection(data, await loadPlots())!.markup.replace(/\s+/g, " ");
  };
  match(
    await markup([0.9, 0, 0, 0], "it has collapsed: <klLinear> helps"),
    /it has collapsed: &lt;klLinear&gt; helps/,
  );
  const posterior = await markup([0.9, 0, 0, 0]);
  match(posterior, /over 500 samples of the validation split, after epoch 7/);
  // sqrt(0.6^2 + 0.64) = 1.
  match(posterior, /<td>z1<\/td><td>0\.5(00)?<\/td><td>1(\.00)?<\/td>|z1.{0,40}0\.5.{0,40}>1/);
  match(await markup([0.9, 0, 0, 0.5]), /2 of 4 latent dimensions are unused\./);
  const all = await markup([0.9, 0.1, 0.1, 0.5]);
  ok(!/are unused/.test(all));
  match(all, /4 of 4 latent dimensions are active; together 3.003 nats\/sample/);
});

Deno.test("healthSection draws the 128 dimensions with the largest KL where the latent has more", async () => {
  const count = 1500, rising = Array.from({ length: count }, (_, k) => k / count);
  const latent = {
    ...{
      schema: SCHEMA.latent,
      split: "test",
      latent: count,
      height: 7,
      width: 5,
      measured: 10,
      nearest: null,
    },
    ...{ points: "", images: "", labels: [], labelNames: [], names: [] },
    ...{ mean: rising.map(() => 0), variance: rising.map(() => 1), kl: rising },
  };
  const model = modelOf({ kind: "vae", latent: count });
  const data = await dataOf({ model, events: glyphRun(), files: { "latent.json": JSON.stringify(latent) } });
  const markup = healthSection(data, await loadPlots())!.markup.replace(/\s+/g, " ");
  match(markup, /1,500 of 1,500 latent dimensions are active/);
  match(markup, /The 128 of 1,500 dimensions with the largest KL\./);
  // A row of the table for each, the largest first.
  equal(markup.match(/<td>z\d+<\/td>/g)?.length, 128);
  match(markup, /<td>z1500<\/td>/);
  equal(/<td>z1372<\/td>/.test(markup), false);
});

Deno.test("PLOT_COLOURS are those of the page, and its losses those of the terminal", async () => {
  const style = await Deno.readTextFile(
    new URL("../../src/report/page/style.css", import.meta.url),
  );
  for (const [role, { light, dark }] of Object.entries(PLOT_COLOURS)) {
    const found = [...style.matchAll(new RegExp(`--plot-${role}: (#[0-9a-f]+);`, "g"))].map(([, hex]) => hex);
    deepEqual(found, [light, dark], role);
  }
  for (const role of ["train", "validation"] as const) {
    equal(PLOT_COLOURS[role].light, cssColor(PALETTES.light[role]));
    equal(PLOT_COLOURS[role].dark, cssColor(PALETTES.dark[role]));
    equal(SERIES.some((one) => PLOT_COLOURS[one].light === PLOT_COLOURS[role].light), false);
  }
});
