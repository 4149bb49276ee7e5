import { AGES, copyOtherVersion, OTHER } from "../support/other_versions.ts";
import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { UsageError } from "../../src/core/errors.ts";
import { markdownReport } from "../../src/report/markdown.ts";
import { reportPage } from "../../src/report/page.ts";
import { readReportData } from "../../src/report/read_run.ts";
import { statusText } from "../../src/report/report_data.ts";
import { writeReport } from "../../src/report/report.ts";
import type { RunEvent } from "../../src/pipeline/events.ts";
import { modelOf } from "../stages/fake_run.ts";
import { digitRun, glyphRun, untilEpoch } from "../ui/fake_run.ts";
import { dataOf, type FakeRun, PIXEL, RECORD, withRun } from "./fake_run_folder.ts";

/** Missing numbers that no report may show. */
const NO_NUMBER = /\b(NaN|Infinity|undefined|null)\b/;

/** The visible text of a page: without scripts, styles, tags and attributes. */
function words(page: string): string {
  return page.replace(/<(script|style)\b[^]*?<\/\1>/g, "").replace(/<[^>]*>/g, " ");
}

const training = glyphRun().find(({ type }) => type === "training")!;
const start = glyphRun()[0];
const broken: RunEvent[] = [
  start,
  { type: "stage", t: 1, stage: "train", state: "started" },
  { ...training, patience: null } as RunEvent,
  {
    type: "epoch",
    t: 2,
    stage: "train",
    epoch: 1,
    loss: null,
    best: null,
    bestEpoch: 0,
    epochsWithoutImprovement: 0,
    learningRate: 0.001,
    seconds: 0.1,
    parts: { kl: null, reconstruction: null },
  },
  {
    type: "stage",
    t: 3,
    stage: "train",
    state: "failed",
    note: "Loss must be finite",
  },
];

/** Incomplete and damaged runs, and a text of their reports. */
const ODD: { name: string; run: FakeRun; says: RegExp }[] = [
  {
    name: "a run that was stopped in the middle",
    run: { events: untilEpoch(glyphRun(), 40) },
    says: /40 epochs of at most 3,000/,
  },
  {
    name: "a cut last line",
    run: { events: untilEpoch(glyphRun(), 40), rest: `{"type":"epoch","t":17` },
    says: /last line of events.jsonl is truncated/,
  },
  { name: "lines that are no events", run: { rest: "oh\n{}\n" }, says: /that were skipped: 2/ },
  { name: "a run without a training", run: { events: [start] }, says: /not reached/ },
  { name: "no events at all", run: { events: [] }, says: /glyphs-dae/ },
  { name: "no run.json", run: { record: null }, says: /run.json is missing/ },
  {
    name: "a run.json of other things",
    run: { record: { seed: "x", argv: 7, spec: [], status: {} } },
    says: /Unnamed run/,
  },
  { name: "a training that broke", run: { events: broken }, says: /train failed.*Loss must be finite/ },
  {
    name: "metrics that are no numbers",
    run: { metrics: { evaluate: { mse: null, bce: "x", "pixelAccuracy@0.3": null, elbo: null } } },
    says: /– none/,
  },
  {
    name: "a damaged model",
    run: { files: { "model/model.safetensors": "no model" } },
    says: /holds no model that this version can read/,
  },
  {
    name: "a damaged latent.json",
    run: { model: modelOf(), files: { "latent.json": `{"schema":"x"}` } },
    says: /latent.json is invalid/,
  },
  {
    name: "damaged metrics",
    run: { files: { "metrics.json": `{"train":` } },
    says: /&quot;artifacts\/metrics.json&quot; must hold metrics, got: Unexpected end of JSON input/,
  },
  { name: "one latent dimension", run: { model: modelOf({ latent: 1 }) }, says: /Explore the latent space/ },
];

for (const { name, run, says } of ODD) {
  Deno.test(`reportPage and markdownReport handle ${name}`, async () => {
    const data = await dataOf(run);
    const page = words(await reportPage(data)), markdown = markdownReport(data);
    match(page.replace(/\s+/g, " "), says);
    ok(!NO_NUMBER.test(page), NO_NUMBER.exec(page)?.[0]);
    ok(!NO_NUMBER.test(markdown), NO_NUMBER.exec(markdown)?.[0]);
    match(markdown, /^# /);
  });
}

Deno.test("statusText distinguishes a run that broke off from one that ended", async () => {
  const running = { ...RECORD, status: "running", ended: null, exitCode: null, reason: null };
  equal(statusText(await dataOf({ record: running, events: untilEpoch(glyphRun(), 40) })), "not finished");
  equal(statusText(await dataOf({ record: running })), "finished");
  equal(statusText(await dataOf({ record: { ...RECORD, status: "failed" } })), "failed");
});

Deno.test("readRun refuses a folder without a run, and names it", async () => {
  await rejects(
    () => readReportData("tests"),
    (thrown: Error) => thrown instanceof UsageError && /"tests" is not a run folder/.test(thrown.message),
  );
});

Deno.test("readRun lists pictures in the order in which they were made, and skips files outside of the run", async () => {
  const artifact = (file: string, title: string): RunEvent => ({
    type: "artifact",
    t: 1,
    stage: "draw",
    file,
    title,
  });
  const events = [
    start,
    artifact("artifacts/z.png", "first"),
    artifact("artifacts/a.png", "second"),
    artifact("../../etc/passwd.png", "outside of the run"),
  ];
  await withRun(
    { events, files: { "a.png": PIXEL, "z.png": PIXEL, "m.svg": "<svg/>", "x.bin": "?" } },
    async (folder) => {
      await Deno.symlink("/etc/hostname", `${folder}/artifacts/link.png`);
      const { pictures } = await readReportData(folder);
      deepEqual(pictures.map(({ file, title, type }) => [file, title, type]), [
        ["artifacts/z.png", "first", "image/png"],
        ["artifacts/a.png", "second", "image/png"],
        ["artifacts/m.svg", "m.svg", "image/svg+xml"],
      ]);
    },
  );
});

Deno.test("writeReport leaves report.html and report.md, and nothing else", async () => {
  await withRun({ events: digitRun() }, async (folder) => {
    const before = [...Deno.readDirSync(folder)].map(({ name }) => name);
    await writeReport(folder);
    const after = [...Deno.readDirSync(folder)].map(({ name }) => name);
    deepEqual(after.filter((name) => !before.includes(name)).sort(), ["report.html", "report.md"]);
  });
});

Deno.test("reportPage gives the same bytes for the same run, independent of earlier reports", async () => {
  const data = await dataOf();
  equal(await reportPage(data), await reportPage(data));
});

for (const age of AGES) {
  Deno.test(`readReportData refuses a run of ${age} version, with a damaged record, too, in one sentence`, async () => {
    const root = await Deno.makeTempDir();
    try {
      copyOtherVersion(root, age);
      const folder = `${root}/older/${OTHER.complete}`;
      await rejects(() => readReportData(folder), {
        name: "UsageError",
        message: /run.json" must have run schema \d+, got/,
      });
      await Deno.remove(`${folder}/run.json`);
      const events = { name: "UsageError", message: /events.jsonl" must have events schema \d+, got/ };
      await rejects(() => readReportData(folder), events);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });

  Deno.test(`readReportData leaves out metrics, the model and latent.json of ${age} version, and says so`, async () => {
    const root = await Deno.makeTempDir();
    try {
      copyOtherVersion(root, age);
      await withRun({}, async (folder) => {
        await Deno.remove(`${folder}/artifacts`, { recursive: true });
        await Deno.rename(`${root}/older/${OTHER.complete}/artifacts`, `${folder}/artifacts`);
        const { problems, metrics, model, latent } = await readReportData(folder);
        deepEqual([model, latent, metrics.evaluate?.["train.elbo"]], [undefined, undefined, undefined]);
        for (const name of ["metrics", "model", "latent"]) {
          ok(problems.some((problem) => problem.includes(`must have ${name} schema`)), name);
        }
        ok(!problems.join().includes(folder), "a report has no path of the machine");
      });
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}
