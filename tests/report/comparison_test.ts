import { match, ok, strictEqual as equal } from "node:assert/strict";
import { comparisonMarkdown } from "../../src/report/comparison/comparison_markdown.ts";
import { comparisonPage } from "../../src/report/comparison/comparison.ts";
import { pointsOverSeconds } from "../../src/report/figures/curve_plot.ts";
import { writeComparison } from "../../src/report/report.ts";
import type { ReportData } from "../../src/report/report_data.ts";
import { dataOf, RECORD, withRun } from "./fake_run_folder.ts";

/** A run of a setting with a seed, and its result. */
function runOf(
  epochs: number,
  seed: number,
  mse: number,
  metrics: Record<string, Record<string, number>> = {},
): Promise<ReportData> {
  const [load, train] = RECORD.spec.stages;
  const stages = [load, { ...train, options: { ...train.options, epochs } }];
  return dataOf({
    record: { ...RECORD, id: `run-${epochs}-${seed}`, seed, spec: { ...RECORD.spec, seed, stages } },
    metrics: { evaluate: { mse }, ...metrics },
  });
}

/** Two settings, three seeds each; the second is far better. */
async function twoSettings(): Promise<ReportData[]> {
  return await Promise.all(
    [[10, 0.5], [20, 0.1]].flatMap(([epochs, mse]) =>
      [1, 2, 3].map((seed) => runOf(epochs, seed, mse + seed / 1000))
    ),
  );
}

Deno.test("comparisonPage() shows the losses of all settings in one picture against epochs, and in one against seconds", async () => {
  const page = await comparisonPage(await twoSettings(), ["short", "short", "short", "long", "long", "long"]);
  for (const over of ["epochs", "seconds"]) {
    match(page, new RegExp(`<figcaption>Loss of the [a-z]+ split against ${over}, `));
    match(page, new RegExp(`against ${over}, [^"]*6 trainings of 2 settings`));
  }
  match(page, /training time, s/);
  match(page, /One colour and pattern per setting, one line per seed/);
});

Deno.test("comparisonPage() puts long names below the plots and numbers at the curves, and draws a fifth setting unlike the first", async () => {
  const runs = await Promise.all([1, 2, 3, 4, 5].map((epochs) => runOf(epochs, 1, 0.5)));
  const labels = runs.map((_, at) => `optimizer adam, learningRate 0.01, beta2 0.95, try ${at + 1}`);
  const page = await comparisonPage(runs, labels);
  const from = page.search(/id="curves"\s*>/), section = page.slice(from, page.indexOf("</section>", from));
  const plots = section.match(/<div class="plot [^]*?<\/div>/g)!;
  ok(plots.every((plot) => !plot.includes("beta2")), "no plot contains a long name");
  labels.forEach((label, at) => ok(section.includes(`${at + 1}: ${label}`), label));
  const lines = section.match(/<line [^>]*>/g)!.slice(0, 5).map((line) =>
    line.replace(/ [xy][12]="\d+"/g, "")
  );
  equal(new Set(lines).size, 5, "five settings have five styles");
  ok(!(await comparisonPage(runs.slice(0, 2), ["short", "long"])).includes('<ul class="legend">'));
});

Deno.test("pointsOverSeconds() places each loss at the end of its epoch, and skips missing ones", () => {
  const epoch = (at: number, seconds: number, loss: number | null) => ({
    type: "epoch" as const,
    t: 0,
    stage: "train",
    epoch: at,
    loss,
    seconds,
    learningRate: 1,
    best: 0,
    bestEpoch: 1,
    epochsWithoutImprovement: 0,
  });
  const epochs = [epoch(1, 0.5, 9), epoch(2, 0.25, null), epoch(3, 0.25, 4)] as never;
  equal(
    JSON.stringify(pointsOverSeconds(epochs, ({ loss }) => loss)),
    '[{"epoch":0.5,"value":9},{"epoch":1,"value":4}]',
  );
});

Deno.test("comparisonMarkdown() has the numbers with intervals, the verdicts, and every run", async () => {
  const text = comparisonMarkdown(await twoSettings(), ["short", "short", "short", "long", "long", "long"]);
  match(text, /^# glyphs-dae: 6 runs in 2 groups\n/);
  match(
    text,
    /\| metric \| unit \| better \| split \| short \(n = 3\) \| long \(n = 3\) \| long vs short \|/,
  );
  match(
    text,
    /\| `mse` \| squared error\/pixel \(mean over pixels, of colour over their channels, and samples\) \| ↓ lower \| test \| 0\.502 ± 0\.0025 \| 0\.102 ± 0\.0025 \| better \|/,
  );
  equal(text.match(/\| `run-\d+-\d` \|/g)?.length, 6);
});

Deno.test("comparisonMarkdown() refuses to compare metrics of different meaning, and names the difference", async () => {
  const [first, second] = await Promise.all([runOf(10, 1, 0.5), runOf(10, 2, 0.4)]);
  const other = {
    ...second,
    record: {
      ...second.record,
      stages: second.record.stages.map((stage) =>
        stage.name === "load" ? { ...stage, options: { source: { source: "mnist" } } } : stage
      ),
    },
  };
  const text = comparisonMarkdown([first, other]);
  match(text, /\*\*These numbers are not compared: the runs differ in their images/);
  ok(!text.includes("| `mse` |"));
});

Deno.test("comparisons prefix metrics that two stages measured under one name", async () => {
  const both = { latentSpace: { explained: 0.5 }, faceSpace: { explained: 0.25 } };
  const text = comparisonMarkdown([await runOf(10, 1, 0.5, both), await runOf(10, 2, 0.5, both)]);
  match(text, /\| `latentSpace\.explained` \| share of variance \| ↑ higher \| test \| 50\.00 % /);
  match(text, /\| `faceSpace\.explained` \| share of variance \| ↑ higher \| test \| 25\.00 % /);
  match(text, /\| `mse` \|/);
});

Deno.test("writeComparison() leaves the page and its Markdown version side by side", async () => {
  await withRun({}, async (folder) => {
    await writeComparison([folder, folder], `${folder}/comparison.html`);
    match(await Deno.readTextFile(`${folder}/comparison.md`), /^# glyphs-dae: 2 runs in 1 group\n/);
    match(await Deno.readTextFile(`${folder}/comparison.html`), /<h1>glyphs-dae<\/h1>/);
  });
});
