import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { evaluator } from "../../src/analysis/reconstruction/inference.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { sliceSplit } from "../../src/data/parts.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { assertClose } from "../support/close.ts";
import { evaluate, type EvaluateOptions } from "../../mod.ts";
import { GLYPHS, modelOf, mustRun } from "./fake_run.ts";

const MODEL = modelOf();
const PLAIN = ["mse", "bce", "pixelAccuracy", "worstWrongPixels", "withinOnePixel"];
const ends = (name: string) => [`${name}Low`, `${name}High`];
const INTERVALS = [...ends("pixelAccuracy"), ...ends("withinOnePixel")];
const BELOW = "pixelAccuracyBelowBest";
const LIMITS = ["thresholdPixelAccuracy", "bestPixelAccuracy", BELOW, ...ends(BELOW)];
/** The level goes before the end of an interval. */
const place = (name: string, level: string | number) =>
  name.replace(/^(.*?)(Low|High)?$/, (_, what, end = "") => `${what}@${level}${end}`);
const sorted = (names: Iterable<string>) => [...names].toSorted();

async function measure(options: EvaluateOptions, dataset: Dataset = GLYPHS) {
  const { result } = await mustRun(evaluate(options), { inputs: { dataset, model: MODEL } });
  return result.metrics as Record<string, number>;
}

Deno.test("evaluate adds numbers at each level of noise, with the limits", async () => {
  const metrics = await measure({ noise: [0.3, 0.5], draws: 20, splits: ["test"] });
  const at = (std: number) => [...PLAIN, ...INTERVALS, ...LIMITS].map((name) => place(name, std));
  deepEqual(sorted(Object.keys(metrics)), sorted([...PLAIN, ...at(0.3), ...at(0.5)]));
  // The published table, within the error of 20 draws.
  assertClose([metrics["thresholdPixelAccuracy@0.3"], metrics["thresholdPixelAccuracy@0.5"]], [
    0.9522,
    0.8416,
  ], {
    absolute: 0.012,
  }, "thresholds");
  assertClose([metrics["bestPixelAccuracy@0.3"], metrics["bestPixelAccuracy@0.5"]], [1, 0.9969], {
    absolute: 0.003,
  }, "best");
  ok(metrics["mse@0.5"] > metrics.mse);
});

Deno.test("evaluate omits the limits on request, and where the test images are not the train images", async () => {
  const names = async (options: EvaluateOptions, dataset: Dataset) =>
    Object.keys(await measure({ noise: [0.3], ...options }, dataset)).filter((
      name,
    ) => name.includes("@0.3")).length;
  equal(await names({}, GLYPHS), 8);
  equal(await names({ limits: false }, GLYPHS), 5);
  const half = sliceSplit(GLYPHS.train, 35, 0, 16);
  equal(await names({}, { ...GLYPHS, test: half }), 5);
});

Deno.test("evaluate gives flipped pixels with the best rule for at most one wrong pixel, and the nearest glyph", async () => {
  const metrics = await measure({ flips: [0.1, 0.2], draws: 20, splits: ["test"] });
  const within = ["bestWithinOnePixel", "withinOnePixelBelowBest", ...ends("withinOnePixelBelowBest")];
  const nearest = ["nearestGlyphExact", "nearestGlyphWithinOnePixel", "posteriorMeanWithinOnePixel"];
  const names = [...PLAIN, ...INTERVALS, ...LIMITS, ...within, ...nearest];
  const at = (share: number) => names.map((name) => place(name, `flips${share}`));
  deepEqual(sorted(Object.keys(metrics)), sorted([...PLAIN, ...at(0.1), ...at(0.2)]));
  // Published: 98.0 and 85.2 % exactly right; 640 letters are drawn.
  assertClose([metrics["nearestGlyphExact@flips0.1"], metrics["nearestGlyphExact@flips0.2"]], [0.98, 0.852], {
    absolute: 0.05,
  }, "nearest");
  assertClose([metrics["thresholdPixelAccuracy@flips0.2"]], [0.8], { absolute: 0.015 }, "untouched pixels");
  const gap = metrics["bestWithinOnePixel@flips0.1"] - metrics["withinOnePixel@flips0.1"];
  assertClose([metrics["withinOnePixelBelowBest@flips0.1"]], [gap], { absolute: 1e-12 }, "gap");
});

Deno.test("evaluate leaves limits out for flipped pixels of grey images, which are recognisable as flipped", async () => {
  const grey = { ...GLYPHS.train, values: GLYPHS.train.values.map((byte) => byte === 0 ? 10 : byte) };
  const metrics = await measure({ flips: [0.1] }, { ...GLYPHS, train: grey, test: grey });
  deepEqual(Object.keys(metrics).filter((name) => /nearest|best/i.test(name)), []);
});

Deno.test("evaluate measures values within their intervals", async () => {
  const metrics = await measure({ noise: [0.5], draws: 10 });
  for (const name of ["pixelAccuracy@0.5", "withinOnePixel@0.5", "pixelAccuracyBelowBest@0.5"]) {
    ok(metrics[`${name}Low`] <= metrics[name] && metrics[name] < metrics[`${name}High`], name);
  }
});

Deno.test("evaluate passes images through the model again on request, and keeps the first numbers", async () => {
  const once = await measure({ flips: [0.1], draws: 4, splits: ["test"] });
  const twice = await measure({ flips: [0.1], draws: 4, passes: 2, splits: ["test"] });
  for (const [name, value] of Object.entries(once)) equal(twice[name], value, name);
  // By hand: the mean of the noisy images and of what the model makes of them, through the model.
  const engine = await loadEngine("wasm");
  const key = { seed: 1, stream: "evaluation", epoch: 1 } as const;
  const evaluation = evaluator(engine, MODEL, GLYPHS.test);
  const corruption = { kind: "flips", share: 0.1 } as const;
  const { program, pixels } = evaluation;
  let right = 0;
  evaluation.forEachBatch({ samples: 128, noise: { corruption, key } }, (_start, rows) => {
    const target = program.input("target"), output = program.output("output");
    const input = program.input("input");
    for (let at = 0; at < rows * pixels; at++) input[at] = (input[at] + output[at]) / 2;
    program.run(rows);
    for (let at = 0; at < rows * pixels; at++) if ((output[at] > 0.5) === (target[at] > 0.5)) right++;
  });
  program.dispose();
  assertClose([twice["repeated.pixelAccuracy@flips0.1"]], [right / (128 * 35)], { absolute: 1e-12 }, "twice");
});

Deno.test("evaluate counts pixels in colour by draws of noise, without the limits, which are those of grey pixels", async () => {
  // 36 values as 12 pixels in colour.
  const values = Uint8Array.from({ length: 5 * 36 }, (_, at) => at % 7 < 3 ? 255 : 0);
  const split = { count: 5, values }, shape = [3, 4, 3];
  const model = { ...modelOf({ encoder: [36, 8], input: shape }), shape };
  const dataset = { name: "colour", shape, train: split, test: split };
  const { result } = await mustRun(evaluate({ noise: [0.3], draws: 3, splits: ["test"] }), {
    inputs: { dataset, model },
  });
  const metrics = result.metrics as Record<string, number>;
  deepEqual(
    sorted(Object.keys(metrics)),
    sorted([...PLAIN, ...[...PLAIN, ...INTERVALS].map((name) => place(name, 0.3))]),
  );
  // Both count whole pixels of the same draws.
  const twelfths = 12 * 15 * (1 - metrics["pixelAccuracy@0.3"]);
  assertClose([twelfths], [Math.round(twelfths)], { absolute: 1e-9 }, "wrong pixels of 15 draws");
});
