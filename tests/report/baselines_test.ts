import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { baselines, publishedBaseline, publishedFor, verdictText } from "../../src/report/baselines.ts";
import { namedMetric } from "../../src/report/metric_names.ts";
import { protocolDifferences, protocolOf } from "../../src/report/protocol.ts";
import { PUBLISHED_RESULTS } from "../../src/report/published_results.ts";
import { markdownReport } from "../../src/report/markdown.ts";
import { infoFor } from "../support/metrics.ts";
import { dataOf, RECORD } from "./fake_run_folder.ts";

/** A run of a pipeline on the digits under some options; its name has no effect. */
function digitRun(
  { epochs = 10, load = {}, train = {}, evaluate = {}, elbo = -104.9, half = 0.5, name = "p" } = {},
) {
  const stages = [
    {
      name: "load",
      kind: "load",
      version: 1,
      options: { source: { source: "mnist", offset: 0 }, binarise: "grey", ...load },
    },
    {
      name: "train",
      kind: "train",
      version: 2,
      options: {
        model: { kind: "vae", loss: "bce" },
        repeats: 1,
        validationShare: 0,
        schedule: { kind: "constant", warmupEpochs: 0 },
        ...train,
      },
    },
    {
      name: "evaluate",
      kind: "evaluate",
      version: 6,
      options: { draws: 1, importanceSamples: null, importanceImages: null, ...evaluate },
    },
  ];
  const { loss = "bce" } = (train as { model?: { loss: string } }).model ?? {};
  const gaussian = {
    ...infoFor("elbo"),
    estimator: "Gaussian pixels, one latent sample per image",
    interval: { low: elbo - half, high: elbo + half },
  };
  const interval = half === 0 ? {} : { elboLow: elbo - half, elboHigh: elbo + half };
  return dataOf({
    record: { ...RECORD, pipeline: name, spec: { name, seed: 1, stages } },
    metrics: {
      train: { epochs },
      evaluate: { elbo, ...interval },
      ...loss === "bce" ? {} : { $info: { evaluate: { elbo: gaussian } } },
    },
    events: [],
  });
}

const ELBO = new Map([["elbo", infoFor("elbo")]]);

/** The differences from the two records of PyTorch's example. */
async function differences(options: Parameters<typeof digitRun>[0] = {}): Promise<string[]> {
  const rows = baselines(await digitRun(options));
  deepEqual(rows.map(({ metric }) => metric.name), ["elbo", "elbo"]);
  return rows.map(({ difference }) => difference);
}

Deno.test("baselines gives two epochs on thresholded pixels no verdict, for any name of the pipeline", async () => {
  for (const name of ["mnist-vae-plain", "mine"]) {
    const found = await differences({ epochs: 2, load: { binarise: "threshold" }, elbo: -90, name });
    for (const difference of found) {
      match(difference, /^no verdict: pixels: grey there, threshold here; epochs: 10 there, 2 here/);
    }
  }
});

Deno.test("baselines gives a model that is given the class no verdict beside one that is not", async () => {
  const model = { kind: "vae", loss: "bce", condition: "label" };
  for (const difference of await differences({ train: { model }, elbo: -90 })) {
    match(difference, /^no verdict: the model is given: nothing there, the class here/);
  }
});

Deno.test("baselines gives a verdict where every part of the protocol is the same, the schedule of the learning rate included", async () => {
  const other = "no verdict: learning rate: times 0.1 every 9 epochs there, constant here";
  deepEqual(await differences({ elbo: -100 }), ["better by 5.59", other]);
  deepEqual(await differences({ elbo: -110 }), ["worse by 4.41", other]);
  const schedule = { kind: "step", warmupEpochs: 0, everyEpochs: 9, factor: 0.1 };
  deepEqual(await differences({ elbo: -100, train: { schedule } }), [
    "no verdict: learning rate: constant there, times 0.1 every 9 epochs here",
    "better by 4.76",
  ]);
});

Deno.test("baselines calls a difference inside the interval of the run a tie", async () => {
  // The five seeds of the other are 105.447 to 105.696.
  equal((await differences({ elbo: -105, half: 0.5 }))[0], "a tie");
  equal((await differences({ elbo: -105, half: 0.1 }))[0], "better by 0.591");
  // A value between the seeds of the other is a tie even without an interval.
  equal((await differences({ elbo: -105.5, half: 0.01 }))[0], "a tie");
});

Deno.test("baselines gives no verdict to a number without an interval", async () => {
  match(
    (await differences({ elbo: -100, half: 0 }))[0],
    /^no verdict: differs by 5\.59, without an interval$/,
  );
});

Deno.test("publishedBaseline compares the means of several runs by the interval of their difference", async () => {
  const { record } = await digitRun(), { stages } = record;
  const [constant] = publishedFor({ stages }, ELBO);
  const compared = (...runs: number[]) =>
    publishedBaseline(constant, { value: runs[0], info: infoFor("elbo"), runs }, { stages, epochs: 10 })
      .difference;
  match(compared(-105.65, -105.5, -105.66, -105.6, -105.7), /^a tie \(differs by 0\.0\d+ ± 0\.\d+\)$/);
  match(compared(-104.65, -104.5, -104.66, -104.6, -104.7), /^better by 0\.9\d+ ± 0\.\d+$/);
  match(compared(-106.65, -106.5, -106.66, -106.6, -106.7), /^worse by 1\.0\d+ ± 0\.\d+$/);
  // Two runs are too few to know how they spread.
  match(compared(-104.65, -104.5), /^no verdict: .*, without an interval$/);
});

Deno.test("baselines compares the model's score with those without a model, paired by image", async () => {
  const rows = (low: number, high: number) =>
    dataOf({
      metrics: {
        anomaly: {
          auroc: 0.9895,
          aurocLow: 0.98,
          aurocHigh: 0.999,
          "auroc.smoothedNeighbours": 0.9855,
          "auroc.relative": 0.97,
          "aurocDifference.smoothedNeighbours": 0.004,
          "aurocDifference.smoothedNeighboursLow": low,
          "aurocDifference.smoothedNeighboursHigh": high,
        },
      },
      events: [],
    }).then((data) => baselines(data).filter(({ source }) => source.startsWith("without a model")));
  const [tie, ...others] = await rows(-0.001, 0.009);
  deepEqual([others.length, tie.value, tie.reference, tie.difference], [
    0,
    0.9895,
    0.9855,
    "a tie (differs by -0.10 to 0.90 points)",
  ]);
  match(tie.source, /nearest neighbours on smoothed images of unit norm/);
  equal((await rows(0.001, 0.007))[0].difference, "better by 0.40 points (0.10 to 0.70)");
});

Deno.test("baselines gives no verdict where any one part of the protocol differs, and names it", async () => {
  const table: [Parameters<typeof digitRun>[0], RegExp][] = [
    [{ epochs: 11 }, /epochs: 10 there, 11 here/],
    [{ train: { repeats: 3 } }, /epochs: 10 there, 30 here/],
    [{ train: { validationShare: 0.1 } }, /trained on: all train images there, 10 % held out here/],
    [{ train: { model: { loss: "mse" } } }, /estimator: Bernoulli .* there, Gaussian pixels/],
    [{ load: { source: { source: "mnist", limit: 3000 } } }, /trained on: .* 3,000 images here/],
    [
      { load: { source: { source: "mnist", testLimit: 500 } } },
      /measured on: .* the first 500 test images here/,
    ],
    [{ load: { binarise: "resampled" } }, /pixels: grey there, resampled here/],
  ];
  for (const [options, says] of table) {
    for (const difference of await differences(options)) {
      match(difference, /^no verdict: /);
      match(difference, says);
    }
  }
});

Deno.test("protocolOf leaves out unknown and ambiguous fields, which never match", () => {
  deepEqual(protocolOf({ stages: [] }, namedMetric("elbo")), {
    noise: "none",
    averaging: "runs of one setting",
  });
  const trains = ["a", "b"].map((name) => ({ name, kind: "train", options: { model: { loss: "bce" } } }));
  equal(protocolOf({ stages: trains }, namedMetric("elbo")).estimator, undefined);
  for (const { protocol, metric } of PUBLISHED_RESULTS) {
    ok(protocolDifferences(protocol, {}).length > 0, metric);
    ok(protocol.data !== undefined, `${metric} names its data`);
  }
  match(protocolDifferences({}, {})[0], /^not stated by the source: data, trained on, /);
  equal(protocolDifferences({ data: "mnist" }, {})[0], "data: mnist there, unknown here");
});

Deno.test("protocolOf states a schedule as sources of figures do, others by kind and options", () => {
  const of = (schedule: object) =>
    protocolOf(
      { stages: [{ name: "train", kind: "train", options: { model: { loss: "bce" }, schedule } }] },
      namedMetric("elbo"),
    ).schedule;
  equal(of({ kind: "constant", warmupEpochs: 0 }), "constant");
  equal(
    of({ kind: "step", warmupEpochs: 1, everyEpochs: 9, factor: 0.1 }),
    "times 0.1 every 9 epochs, warm-up of 1 epoch",
  );
  equal(
    of({ kind: "plateau", warmupEpochs: 0, factor: 0.5, patience: 3 }),
    "plateau, warmupEpochs 0, factor 0.5, patience 3",
  );
  equal(of({ kind: "oneCycle", maximum: null, riseShare: 0.3 }), "oneCycle, riseShare 0.3");
});

Deno.test("protocolOf names noise, flipped pixels, selected classes and the samples of the bound", () => {
  const load = { name: "load", kind: "load", options: { source: { source: "mnist" } } };
  const train = { name: "train", kind: "train", options: { model: { loss: "bce" } } };
  const of = (stages: { name: string; kind: string; options: unknown }[], metric: string, info = {}) =>
    protocolOf(
      { stages: [load, train, ...stages], epochs: 5 },
      namedMetric(metric, { split: metric.startsWith("train.") ? "train" : "test", ...info }),
    );
  equal(
    of([{ name: "filterClasses", kind: "filterClasses", options: { labels: ["8"] } }], "elbo").training,
    "only 8",
  );
  equal(of([{ name: "noise", kind: "noise", options: { std: 0 } }], "elbo").noise, "none");
  match(
    of([{ name: "noise", kind: "noise", options: { std: 0.4 } }], "elbo").noise!,
    /^standard deviation 0\.4 in training$/,
  );
  const evaluate = { name: "evaluate", kind: "evaluate", options: { draws: 7, importanceSamples: 50 } };
  equal(of([evaluate], "pixelAccuracy@0.3").noise, "standard deviation 0.3 with 7 draws");
  equal(of([evaluate], "withinOnePixel@flips0.1").noise, "0.1 of pixels flipped with 7 draws");
  const estimator = "Bernoulli pixels, k = 50 latent samples per image";
  equal(of([evaluate], "importanceBound", { estimator }).estimator, estimator);
  equal(of([evaluate], "train.mse").split, "all train images");
});

Deno.test("publishedFor shows what was measured on the same data, and areas of the same task", () => {
  const stages = (protocol: string) => [
    { name: "load", kind: "load", options: { source: { source: "mnist" } } },
    { name: "anomaly", kind: "anomaly", options: { protocol } },
  ];
  const methods = (protocol: string) =>
    publishedFor({ stages: stages(protocol) }, areas(protocol)).map(({ values }) => values[0]);
  const areas = (protocol: string) =>
    new Map([["auroc", { estimator: `one class is ${protocol === "oneNormal" ? "normal" : "anomalous"}` }]]);
  deepEqual(methods("oneNormal"), [0.976, 0.9, 0.853]);
  deepEqual(methods("oneAnomalous"), [0.855, 0.718]);
  deepEqual(publishedFor({ stages: stages("oneNormal") }, new Map([["pixelAccuracy@0.3", {}]])), []);
  // One digit is not the mean over ten, and a mean over ten has no known split.
  const [first] = publishedFor({ stages: stages("oneNormal") }, areas("oneNormal"));
  const run = { stages: stages("oneNormal"), averaging: "10 settings" };
  match(
    publishedBaseline(first, { value: 0.99, interval: { low: 0.98, high: 1 } }, run).difference,
    /^no verdict: .*not stated by the source: .*measured on/,
  );
});

Deno.test("verdictText calls values that are equal as shown, or within the interval, a tie", () => {
  const named = (name: string) => namedMetric(name, infoFor(name));
  const accuracy = named("pixelAccuracy@0.5"), loss = named("mse");
  equal(verdictText(accuracy, 0.9955, [0.8705]), "better by 12.50 points");
  equal(verdictText(accuracy, 0.87, [0.8705]), "worse by 0.05 points");
  equal(verdictText(accuracy, 0.87, [0.8705], { low: 0.869, high: 0.871 }), "a tie");
  equal(verdictText(accuracy, 0.87, [0.8705], { low: 0.8695, high: 0.8704 }), "worse by 0.05 points");
  equal(verdictText(accuracy, 0.870501, [0.8705]), "a tie");
  equal(verdictText(loss, 0.5, [0.25]), "worse by 0.25");
  equal(verdictText(loss, 0.2, [0.25]), "better by 0.05");
  equal(verdictText(loss, null, [0.25]), "not measured");
  equal(verdictText(named("kl"), 5, [6]), "differs by 1");
});

Deno.test("baselines compares numbers with limits and references, a limit by the paired interval", async () => {
  const metrics = {
    evaluate: {
      "pixelAccuracy@0.5": 0.9955,
      "pixelAccuracy@0.5Low": 0.99,
      "pixelAccuracy@0.5High": 0.999,
      "pixelAccuracyBelowBest@0.5": 0.0014,
      "pixelAccuracyBelowBest@0.5Low": 0.0012,
      "pixelAccuracyBelowBest@0.5High": 0.0016,
      "bestPixelAccuracy@0.5": 0.9969,
      "thresholdPixelAccuracy@0.5": 0.8416,
    },
  };
  const data = await dataOf({ metrics, events: [] }), rows = baselines(data);
  deepEqual(
    rows.filter(({ source }) => /^(limit|reference)/.test(source)).map(({ reference, difference }) => [
      reference,
      difference,
    ]),
    [[0.9969, "0.14 points from it"], [0.8416, "better by 15.39 points"]],
  );
  const published = rows.filter(({ source }) => source.includes("earlier work"));
  deepEqual(published.map(({ reference }) => reference), [0.7857, 0.8705]);
  for (const { difference } of published) {
    match(difference, /^no verdict: not stated by the source: .*noise, /);
  }
  match(
    markdownReport(data),
    /## Baselines\n\n.*\n\n\| metric \| this run \| reference \| source \| difference \|/,
  );
});
