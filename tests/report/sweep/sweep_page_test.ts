import {
  deepStrictEqual as deepEqual,
  doesNotMatch,
  match,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { parseCondition } from "../../../src/core/condition.ts";
import { axisScale } from "../../../src/report/sweep/axis_scale.ts";
import { sweepMarkdown } from "../../../src/report/sweep/sweep_markdown.ts";
import { sweepPage } from "../../../src/report/sweep/sweep_page.ts";
import { writeSweepReport } from "../../../src/report/report.ts";
import { evenly } from "../../../src/sweep/evenly.ts";
import { type ResultOptions, type SweepResults, sweepResults } from "../../../src/sweep/results.ts";
import type { SweepView } from "../../../src/sweep/view.ts";
import { completeTrial, curvesOf, fakeTrial, fakeView, searchView } from "../../sweep/fake_sweep.ts";
import { fixturePlan, fixtureResult, writeShard } from "../../support/sweep_fixture.ts";
import { glyphRun } from "../../ui/fake_run.ts";

const RULE = "evaluate.mse <= 0.03";
const SUCCESS = { text: RULE, condition: parseCondition(RULE)! };

function resultsOf(view: SweepView, options: ResultOptions = {}): SweepResults {
  return { ...sweepResults(view, options), curves: curvesOf(view) };
}
/** The text of a section. */
function section(page: string, id: string): string {
  const from = page.indexOf(`id="${id}"`);
  return from < 0 ? "" : page.slice(from, page.indexOf("</section>", from));
}

/** How many marks of lines have the colour and the width of the best. */
function boldLines(section: string): number {
  const marks = section.match(/<g [^>]*>/g) ?? [];
  return marks.filter((mark) => mark.includes("--plot-second") && mark.includes('stroke-width="3"')).length;
}

Deno.test("sweepPage() ranks settings with intervals and the user's rule, and has the command of the best", async () => {
  const results = resultsOf(searchView(20), {
    success: SUCCESS,
    commandOf: ({ seed }) => `run x --seed ${seed}`,
  });
  const page = await sweepPage(results), settings = section(page, "settings");
  match(settings, /By evaluate\.mse \(squared error\/pixel\), ↓ lower is better/);
  match(settings, /Success is evaluate\.mse &lt;= 0\.03/);
  equal(settings.match(/<tr>/g)!.length, 1 + 20);
  match(
    settings,
    /<td class="number" data-value="1">1<\/td><td class="number" data-value="0\.02269\d*">0\.02\d+ ± 0\.0055<\/td>/,
  );
  match(settings, /100 % \(34 % to 100 %\)/);
  match(section(page, "best"), new RegExp(`<code>run x --seed ${results.best!.seed}</code>`));
});

Deno.test("sweepPage() has importance, parallel coordinates with a logarithmic axis, and curves with the best one bold", async () => {
  const page = await sweepPage(resultsOf(searchView(20)));
  match(section(page, "importance"), /aria-label="[^"]*train\.optimizer\.learningRate 8\d\.\d+ %/);
  match(section(page, "importance"), /random forest \(Hutter, Hoos and Leyton-Brown 2014\)/);
  const parallel = section(page, "parallel");
  for (const tick of ["0.0003", "0.001", "0.01", "momentum", "32"]) {
    match(parallel, new RegExp(`>${tick}</text>`));
  }
  equal(boldLines(parallel), 2, "the best, wide and narrow");
  const curves = section(page, "curves");
  equal(boldLines(curves), 2);
  match(curves, /Loss of the validation split, nats\/sample/);
});

Deno.test("sweepPage() of 10,000 trials stays below a megabyte, and says what is left out", async () => {
  const page = await sweepPage(resultsOf(searchView(5000), { success: SUCCESS }));
  ok(page.length < 1e6, `${page.length} bytes`);
  match(page, /The best 200 of 5,000 settings; table\.csv has every trial/);
  match(page, /400 of 4,922 settings are drawn, evenly chosen by rank/);
  match(page, /300 curves of 10,000 trials/);
  match(page, /156 trials failed \([^)]* and 153 more\)<\/strong>: the loss is not finite in epoch 3/);
});

Deno.test("sweepPage() works before anything is complete, for one trial, for one setting, and for a list of settings", async () => {
  const waiting = { ...fakeView([fakeTrial(1), fakeTrial(2, { seed: 2 })]), metric: null };
  match(await sweepPage(resultsOf(waiting)), /0 of 2 trials complete, 2 waiting/);
  const one = await sweepPage(resultsOf(fakeView([completeTrial(1, 0.5)])));
  match(one, /1 of 1 trial complete/);
  deepEqual(["importance", "parallel"].map((id) => section(one, id)), ["", ""]);
  const listed = fakeView([
    completeTrial(1, 0.5, { label: "plain" }),
    completeTrial(2, 0.4, { label: "deep", settings: { a: 1 } }),
  ]);
  match(section(await sweepPage(resultsOf(listed)), "settings"), /as in the file/);
});

Deno.test("sweepPage() and sweepMarkdown() take no text from data for markup", async () => {
  const evil = `<img src=x onerror=alert(1)>\u202e|\`](http://x)`;
  const view = fakeView(
    [1, 2, 3].map((at) =>
      at === 3
        ? fakeTrial(at, { label: evil, settings: { [evil]: evil }, state: "failed", reason: evil })
        : completeTrial(at, at, { label: evil, settings: { [evil]: `${evil}${at}` } })
    ),
  );
  const results = resultsOf({ ...view, pipeline: evil }, { notices: [evil], commandOf: () => evil });
  const page = await sweepPage(results);
  doesNotMatch(page, /<img src=x/);
  match(page, /&lt;img src=x/);
  doesNotMatch(page, /\u202e/);
  const text = sweepMarkdown(results);
  // In code, marks are no markup.
  doesNotMatch(text.replace(/(`+)[^]*?\1/g, ""), /<img|\]\(http|\u202e/);
});

Deno.test("sweepMarkdown() has the ranking, the importance, the failures and the command", () => {
  const results = resultsOf(searchView(20), {
    success: SUCCESS,
    notices: ["A notice."],
    commandOf: () => "deno task run x",
  });
  const text = sweepMarkdown(results);
  match(text, /^# Sweep of glyphs-dae: 40 of 40 trials complete\n/);
  match(text, /\| rank \| `evaluate\.mse` \| success \| trials \| `train\.optimizer\.learningRate` \|/);
  match(text, /\| 1 \| 0\.022692 ± 0\.0055 \| 100 % \(34 % to 100 %\) \| 2 \| 0\.004738 \| 16 \| adam \|/);
  match(text, /- A notice\./);
  match(text, /`deno task run x`/);
  match(text, /\| `train\.optimizer\.learningRate` \| 8\d\.\d+ % \|/);
});

Deno.test("axisScale() places numbers by size or logarithm with round ticks, grids with their own values, and names one by one", () => {
  const log = axisScale([1e-4, 1e-3, 1e-1], true);
  deepEqual([1e-4, 1e-1].map(log.place), [0, 1]);
  ok(Math.abs(log.place(1e-3) - 1 / 3) < 1e-12);
  deepEqual(log.ticks.map(({ text }) => text), ["0.0001", "0.001", "0.1"]);
  const many = axisScale(Array.from({ length: 50 }, (_, at) => 1e-4 * 1000 ** (at / 49)), true);
  deepEqual(many.ticks.map(({ text }) => text), ["0.0001", "0.001", "0.01", "0.1"]);
  const linear = axisScale(Array.from({ length: 11 }, (_, at) => at / 10), false);
  deepEqual(linear.ticks.map(({ text }) => text), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
  const names = axisScale([{ kind: "sgd" }, { kind: "adam" }, true], false);
  deepEqual(names.ticks, [{ place: 0, text: "sgd" }, { place: 0.5, text: "adam" }, {
    place: 1,
    text: "true",
  }]);
  equal(axisScale([5, 5], false).place(5), 0.5);
});

Deno.test("evenly() keeps the first and the last", () => {
  deepEqual(evenly([0, 1, 2, 3, 4, 5, 6], 3), [0, 3, 6]);
  deepEqual(evenly([0, 1], 3), [0, 1]);
});

Deno.test("writeSweepReport() reads a sweep's folder, its runs' curves, and ranks by the metric that is asked for", async () => {
  const runs = await Deno.makeTempDir({ prefix: "hourglass-sweep-" });
  try {
    const plan = fixturePlan({ options: { success: "evaluate.mse < 0.3" } });
    const results = plan.trials.map((trial, at) => {
      const { metrics: { evaluate, ...metrics }, info, ...rest } = fixtureResult(
        trial,
        [0.5, 0.4, 0.2, 0.1][at],
      );
      // The best by the error is the worst by the code length.
      const bits = { unit: "bits/sample", direction: "lower", split: "test" } as const;
      return {
        ...rest,
        metrics: { ...metrics, evaluate: { ...evaluate, bits: [1, 2, 3, 4][at] } },
        info: { ...info, evaluate: { ...info.evaluate, bits } },
      };
    });
    const other = { ...results[3], resources: { ...results[3].resources, threads: 1 } };
    const folder = await writeShard(runs, plan, [...results.slice(0, 3), other]);
    const events = glyphRun().map((event) => JSON.stringify(event) + "\n").join("");
    for (const { folder } of results.slice(2)) {
      await Deno.mkdir(`${runs}/${folder}`, { recursive: true });
      await Deno.writeTextFile(`${runs}/${folder}/events.jsonl`, events);
    }
    await writeSweepReport(folder);
    const text = await Deno.readTextFile(`${folder}/index.md`),
      page = await Deno.readTextFile(`${folder}/index.html`);
    match(text, /\| 1 \| 0\.15 ± 0\.64 \| 100 % \(34 % to 100 %\) \| 2 \| 0\.003 \|/);
    match(
      text,
      /run pipelines\/letters\.ts --single --set train\.epochs=20 --set train\.optimizer\.learningRate=0\.003 --seed 2`/,
    );
    match(text, /1 thread \(1 trial\) and 2 threads \(3 trials\)/);
    match(page, /2 curves of 4 trials/);
    await writeSweepReport(folder, { metric: "evaluate.bits" });
    const byBits = await Deno.readTextFile(`${folder}/index.md`);
    match(byBits, /## Settings\n\nBy evaluate\.bits/);
    match(byBits, /\| 1 \| 1\.5 [^|]*\| [^|]*\| 2 \| 0\.001 \|/);
    await writeSweepReport(folder, { metric: "train.seconds" });
    match(
      await Deno.readTextFile(`${folder}/index.md`),
      /## Settings\n\nBy evaluate\.mse/,
      "seconds have no direction",
    );
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
});
