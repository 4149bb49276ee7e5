import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { BASELINE_NAMES } from "../../src/analysis/anomaly/anomaly_baselines.ts";
import { auroc } from "../../src/analysis/anomaly/roc.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { sheet, tilesOfBytes } from "../../src/export/sheet.ts";
import { groupsOf } from "../../src/stages/anomaly/protocol.ts";
import { anomaly, type AnomalyOptions, filterClasses, train, vae } from "../../mod.ts";
import { assertClose } from "../support/close.ts";
import { modelOf, mustRun, runStage } from "./fake_run.ts";
import { pngSize } from "./fake_run.ts";

/** Images of a class: its row of seven is bright, every image a little different. */
function rowsOf(labels: readonly number[]) {
  const images = Uint8Array.from(
    labels.flatMap((label, number) =>
      Array.from(
        { length: 35 },
        (_, at) => Math.floor(at / 5) === 2 * label ? 255 - (number * 7 + at * 3) % 60 : (number + at) % 4,
      )
    ),
  );
  return { count: labels.length, values: images, labels: Uint16Array.from(labels) };
}
const LINES: Dataset = {
  name: "lines",
  shape: [7, 5, 1],
  labelNames: ["top", "upper", "lower", "bottom"],
  train: rowsOf(Array.from({ length: 80 }, (_, number) => number % 4)),
  test: rowsOf(Array.from({ length: 40 }, (_, number) => (number * 3) % 4)),
};

async function trained(choice: { labels: string[] } | { except: string[] }) {
  const { result: { outputs: narrowed } } = await mustRun(filterClasses(choice), {
    inputs: { dataset: LINES },
  });
  const model = vae({ encoder: [35, 16], latent: 2 });
  const { result } = await mustRun(train(model, { epochs: 150, batchSize: 20 }), { inputs: narrowed });
  return { ...narrowed, ...result.outputs };
}
const UPPER = await trained({ labels: ["upper"] });

async function measure(options: AnomalyOptions = {}, made: Record<string, unknown> = UPPER) {
  const ran = await mustRun(anomaly(options), { inputs: made });
  return { ...ran, metrics: ran.result.metrics as Record<string, number> };
}

Deno.test("anomaly separates the class that the model was trained on from all others", async () => {
  const { metrics, result, files } = await measure({ shown: 6 });
  ok(metrics.auroc > 0.95, String(metrics.auroc));
  deepEqual([metrics.normalImages, metrics.anomalousImages, metrics["auroc.combined"]], [
    10,
    30,
    metrics.auroc,
  ]);
  const names = [
    "combined",
    "edgeDistance",
    "edgeNeighbours",
    "elbo",
    "isolationForest",
    "latentDistance",
    "neighbours",
    "reconstruction",
    "relative",
    "smoothedIsolationForest",
    "smoothedNeighbours",
  ];
  deepEqual(
    Object.keys(metrics).filter((name) => name.startsWith("auroc.")).toSorted(),
    names.map((name) => `auroc.${name}`),
  );
  match(
    result.note!,
    /^"upper" normal, all else anomalous: AUROC [01]\.\d{4} \(95 % interval [\d.]+ to [\d.]+\) by combined; without a model: isolation forest [\d.]+, nearest neighbours [\d.]+, isolation forest on smoothed images [\d.]+, nearest neighbours on smoothed images [\d.]+, nearest neighbours of edge maps [\d.]+$/,
  );
  const raw = JSON.parse(new TextDecoder().decode(files.get("anomaly.json")));
  deepEqual([raw.protocol, raw.class, raw.score], ["oneNormal", "upper", "combined"]);
  deepEqual([raw.curves.elbo.points[0], raw.curves.elbo.points.at(-1)], [[0, 0], [1, 1]]);
  const drawn = sheet(tilesOfBytes(new Uint8Array(12 * 35), { height: 7, width: 5 }), { columns: 6 });
  deepEqual(pngSize(files.get("anomaly.png")), [drawn.width, drawn.height]);
});

Deno.test("anomaly measures its score against each baseline on the same images, with an interval", async () => {
  const { metrics } = await measure();
  for (const name of BASELINE_NAMES) {
    const difference = metrics[`aurocDifference.${name}`];
    assertClose([difference], [metrics.auroc - metrics[`auroc.${name}`]], { absolute: 1e-12 }, name);
    ok(metrics[`aurocDifference.${name}Low`] <= difference, name);
    ok(metrics[`aurocDifference.${name}High`] >= difference, name);
  }
});

Deno.test("anomaly gives its baselines all train images unless baselineImages limits them", async () => {
  // The first three train images are unlike the other ones, and unlike the normal test images.
  const lower = rowsOf([2, 2, 2]), upper = rowsOf(Array(20).fill(1));
  const train = {
    count: 23,
    values: Uint8Array.from([...lower.values, ...upper.values]),
    labels: new Uint16Array(23).fill(1),
  };
  const made = { ...UPPER, dataset: { ...UPPER.dataset as Dataset, train } };
  const [all, three] = [await measure({ k: 1 }, made), await measure({ k: 1, baselineImages: 3 }, made)];
  for (const name of ["auroc.neighbours", "auroc.smoothedNeighbours", "auroc.edgeNeighbours"]) {
    ok(all.metrics[name] > 0.6 && three.metrics[name] < 0.5, `${all.metrics[name]}, ${three.metrics[name]}`);
  }
});

Deno.test("anomaly states what the model and the baselines were given, and what was chosen on which data", async () => {
  const { result } = await measure({ baselineImages: 15, k: 3 });
  const { protocol, auroc, baselines, choices } = result.conditions!;
  equal(protocol, 'trained on "upper" alone; 10 normal and 30 anomalous test images');
  equal(
    auroc,
    "of the score combined; images smoothed by 1 px, 3 nearest of 20 train latents, latentWeight 0.5",
  );
  match(baselines, /^without the model, on 15 train images: the mean distance to the 3 nearest images/);
  match(choices, /^no test label and no anomaly takes part in a score/);
  equal((await measure({ baselines: false })).result.conditions!.baselines, undefined);
});

Deno.test("anomaly uses the requested score, which its AUROC is of", async () => {
  const { metrics, result } = await measure({ score: "elbo", baselines: false });
  equal(metrics.auroc, metrics["auroc.elbo"]);
  const scores = result.outputs.anomalyScores as Float64Array;
  const of = (is: boolean) => [...scores].filter((_, row) => (LINES.test.labels![row] === 1) === is);
  equal(auroc(of(true), of(false)).value, metrics.auroc);
  equal(metrics["auroc.neighbours"], undefined);
  match(result.note!, /by elbo$/);
});

Deno.test("anomaly adds the distance of edge maps to its score where it has a weight, and states it", async () => {
  const options = { latentWeight: 0, baselines: false };
  const [without, edges] = [await measure(options), await measure({ ...options, edgeWeight: 1e9 })];
  const alone = await measure({ ...options, score: "edgeDistance" });
  equal(without.metrics.auroc, without.metrics["auroc.relative"]);
  equal(edges.metrics.auroc, alone.metrics.auroc);
  equal(alone.metrics.auroc, alone.metrics["auroc.edgeDistance"]);
  equal(
    (await measure({ ...options, edgeWeight: 2 })).result.conditions!.auroc,
    "of the score combined; images smoothed by 1 px, 5 nearest of 20 train latents and edge maps, latentWeight 0, edgeWeight 2",
  );
  equal(
    without.result.conditions!.auroc,
    "of the score combined; images smoothed by 1 px, 5 nearest of 20 train latents, latentWeight 0",
  );
});

Deno.test("anomaly finds the one class that the model never saw", async () => {
  const made = await trained({ except: ["lower"] });
  const { metrics, result } = await measure({ protocol: "oneAnomalous" }, made);
  deepEqual([metrics.normalImages, metrics.anomalousImages], [30, 10]);
  ok(metrics.auroc > 0.8, String(metrics.auroc));
  match(result.note!, /^"lower" anomalous, all else normal: /);
});

Deno.test("anomaly refuses a train split that is not what the protocol says, and names the remedy", async () => {
  const errorOf = async (options: AnomalyOptions, dataset: Dataset = LINES) =>
    (await runStage(anomaly(options), { inputs: { dataset, model: modelOf() } })).error!.message;
  equal(
    await errorOf({}),
    "train split must have one class alone (put filterClasses({ labels: [...] }) before train), got top, upper, lower, bottom",
  );
  match(
    await errorOf({ class: "top" }, UPPER.dataset as Dataset),
    /must have "top" alone .*, got upper$/,
  );
  match(await errorOf({ protocol: "oneAnomalous" }), /must lack one class alone .*, got none$/);
  match(
    await errorOf({ protocol: "oneAnomalous" }, UPPER.dataset as Dataset),
    /got top, lower, bottom$/,
  );
});

Deno.test("anomaly refuses images without labels, a test split of one class, and a bound that is not there", async () => {
  const errorOf = async (options: AnomalyOptions, dataset: Dataset) =>
    (await runStage(anomaly(options), { inputs: { dataset, model: modelOf() } })).error!.message;
  const upper = UPPER.dataset as Dataset;
  match(
    await errorOf({}, { ...upper, labelNames: undefined }),
    /must have labels, got lines without any$/,
  );
  match(
    await errorOf({}, { ...upper, test: rowsOf([0, 2]) }),
    /must have samples of "upper" and of others, got 0 and 2$/,
  );
  match(
    await errorOf({ score: "elbo" }, upper),
    /model must be a vae for the score elbo, got ae/,
  );
});

Deno.test("anomaly of three images has an interval as wide as so few images allow", async () => {
  const dataset = { ...UPPER.dataset as Dataset, train: rowsOf([1]), test: rowsOf([1, 0, 3]) };
  const { metrics } = await measure({}, { ...UPPER, dataset });
  ok(Object.values(metrics).every(Number.isFinite));
  const { aurocLow, aurocHigh } = metrics;
  ok(aurocHigh - aurocLow > 0.3, `${aurocLow} to ${aurocHigh}`);
});

Deno.test("groupsOf() takes the requested class, where the train split fits", () => {
  const dataset = UPPER.dataset as Dataset;
  deepEqual(groupsOf(dataset, "oneNormal", "upper"), groupsOf(dataset, "oneNormal", null));
  equal(groupsOf(dataset, "oneNormal", null).normal.every((row) => LINES.test.labels![row] === 1), true);
});
